package app

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"example.org/kabinet/internal/repository"
	"example.org/kabinet/internal/service/insured"
)

// ImportInsuredPersons makes a file the fund's own register of insured people, or
// changes nothing. Meanwhile it reports how many of the file's rows are stored.
// It returns how many people there are, and how many are no longer.
func (a *App) ImportInsuredPersons(
	ctx context.Context, path string, report func(done, total int),
) (stored, removed int, err error) {
	format, err := insured.FormatOf(path)
	if err != nil {
		return 0, 0, err
	}
	service := insured.New(insured.Parts{
		Tx: a.store, Persons: repository.NewInsuredPersons(a.store), Journal: a.newJournal(), Clock: a.machine,
	})
	file := insured.File{Format: format, Open: func() (io.ReadCloser, error) { return os.Open(filepath.Clean(path)) }}
	changes, err := service.Import(ctx, file, func(p insured.Progress) { report(p.Stored, p.Total) })
	if err != nil {
		return 0, 0, fmt.Errorf("%s: %w", path, err)
	}
	return changes.Stored, changes.Removed, nil
}

package app

import (
	"bytes"
	"context"
	_ "embed" // the centres of the sandbox
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"example.org/kabinet/internal/calendar"
	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/config"
	"example.org/kabinet/internal/repository"
	"example.org/kabinet/internal/service/centre"
)

// sandboxCentres are places that do not exist, in regions that do.
//
//go:embed data/sandbox-centres.csv
var sandboxCentres []byte

// buildCentres makes the service of service centres, and gives a sandbox those
// of its own if it never had any.
func (a *App) buildCentres(ctx context.Context) error {
	days, err := calendar.Default()
	if err != nil {
		return err
	}
	a.services.centre = centre.New(centre.Parts{
		Centres: repository.NewCentres(a.store), Clock: a.Clock, Calendar: days,
	})
	if !a.sandbox() {
		return nil
	}
	return a.services.centre.Seed(ctx, centre.File{
		Format: centre.FormatCSV, Content: bytes.NewReader(sandboxCentres), Synthetic: true,
	})
}

// ImportCentres makes a file the list of all service centres, or changes nothing.
// Meanwhile it reports how many of the file's rows are stored. It returns how
// many there are, and how many are no longer.
func ImportCentres(
	ctx context.Context, c config.Config, path string, report func(done, total int),
) (stored, removed int, err error) {
	format, err := centre.FormatOf(path)
	if err != nil {
		return 0, 0, err
	}
	file, err := os.Open(filepath.Clean(path))
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	a := &App{Parts: Parts{Config: c, Clock: clock.System{}, Log: slog.New(slog.DiscardHandler)}}
	defer func() { err = errors.Join(err, a.Close()) }()
	// The keys are for the row in the audit log.
	if err := a.openKeyed(ctx); err != nil {
		return 0, 0, err
	}
	service := centre.New(centre.Parts{
		Tx: a.store, Journal: repository.NewAudit(a.store), Centres: repository.NewCentres(a.store), Clock: a.Clock,
	})
	changes, err := service.Import(ctx, centre.File{
		Format: format, Content: file, Synthetic: c.Environment == config.Sandbox,
	}, func(p centre.Progress) { report(p.Stored, p.Total) })
	if err != nil {
		return 0, 0, fmt.Errorf("%s: %w", path, err)
	}
	return changes.Stored, changes.Removed, nil
}

// openKeyed opens the key set and then the database.
func (a *App) openKeyed(ctx context.Context) error {
	if err := a.openKeyset(); err != nil {
		return err
	}
	return a.openStore(ctx)
}

package centre

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// Format is the form of a file with a list of service centres.
type Format string

// The forms, which docs/service-centres.md describes.
const (
	FormatCSV  Format = "csv"
	FormatJSON Format = "json"
)

// ErrFormat is the error of a file whose name does not tell its form.
var ErrFormat = errors.New("the name of the file must end in .csv or .json")

// FormatOf is the form that the name of a file tells.
func FormatOf(name string) (Format, error) {
	switch f := Format(strings.ToLower(strings.TrimPrefix(filepath.Ext(name), "."))); f {
	case FormatCSV, FormatJSON:
		return f, nil
	default:
		return "", ErrFormat
	}
}

// File is a list of service centres.
type File struct {
	Format  Format
	Content io.Reader
	// Synthetic allows places that do not exist.
	Synthetic bool
}

// Progress is how far an import has come.
type Progress struct {
	// Stored is how many of the Total rows are stored.
	Stored, Total int
}

// RowError is what is wrong with one row of a file.
type RowError struct {
	// Line is where in the file the row begins, from 1 on.
	Line    int
	Reasons []error
}

// Error implements error.
func (e RowError) Error() string {
	reasons := make([]string, 0, len(e.Reasons))
	for _, reason := range e.Reasons {
		reasons = append(reasons, reason.Error())
	}
	return fmt.Sprintf("line %d: %s", e.Line, strings.Join(reasons, "; "))
}

// FileError is everything that is wrong with a file, none of which was imported.
type FileError struct{ Rows []RowError }

// Error implements error, with a line for each row.
func (e *FileError) Error() string {
	var text strings.Builder
	_, _ = fmt.Fprintf(&text, "nothing was imported, wrong rows: %d", len(e.Rows))
	for _, row := range e.Rows {
		text.WriteString("\n" + row.Error())
	}
	return text.String()
}

// Import makes a file the list of all service centres, or changes nothing. The
// error is a [*FileError] if the file is wrong.
func (s *Service) Import(
	ctx context.Context, file File, report func(Progress),
) (domain.CentreChanges, error) {
	centres, err := s.read(file)
	if err != nil {
		return domain.CentreChanges{}, err
	}
	list := domain.CentreReplacement{Centres: centres, Progress: func(stored int) {
		report(Progress{Stored: stored, Total: len(centres)})
	}}
	var changes domain.CentreChanges
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		now := s.Clock.Now()
		if changes, err = s.Centres.Replace(ctx, list, now); err != nil {
			return err
		}
		return s.Journal.Record(ctx, domain.NewAuditEvent("centre.import", changes.ListID, domain.Caller{}, now))
	})
	return changes, err
}

// Seed makes a file the list of all service centres if there never was one.
func (s *Service) Seed(ctx context.Context, file File) error {
	centres, err := s.read(file)
	if err != nil {
		return err
	}
	return s.Centres.Seed(ctx, domain.CentreReplacement{Centres: centres}, s.Clock.Now())
}

// read reads a file whole, and gathers all that is wrong with it.
func (s *Service) read(file File) ([]domain.ServiceCentre, error) {
	rows, err := file.rows()
	if err != nil {
		return nil, err
	}
	r := reader{zones: &s.zones, synthetic: file.Synthetic, lines: map[string]int{}, offices: map[ident.OfficeCode]int{}}
	for _, row := range rows {
		r.add(row)
	}
	if len(rows) == 0 {
		r.wrong = append(r.wrong, RowError{1, []error{errors.New("the file has no rows")}})
	}
	if len(r.wrong) > 0 {
		return nil, &FileError{r.wrong}
	}
	return r.centres, nil
}

func (f File) rows() ([]row, error) {
	content, err := io.ReadAll(f.Content)
	if err != nil {
		return nil, err
	}
	if f.Format == FormatCSV {
		return csvRows(content), nil
	}
	return jsonRows(content), nil
}

// reader makes service centres of rows.
type reader struct {
	zones     *domain.Zones
	synthetic bool
	// lines are where each code stands, offices where that of each office does.
	lines   map[string]int
	offices map[ident.OfficeCode]int
	centres []domain.ServiceCentre
	wrong   []RowError
}

func (r *reader) add(row row) {
	if row.fields == nil {
		r.wrong = append(r.wrong, RowError{row.line, row.wrong})
		return
	}
	c, wrong := row.fields.centre(r.zones)
	wrong = append(row.wrong, wrong...)
	if first, twice := r.lines[c.Code]; twice {
		wrong = append(wrong, fmt.Errorf("code: stands in line %d already", first))
	} else if c.Code != "" {
		r.lines[c.Code] = row.line
	}
	if first, twice := r.offices[c.Office]; twice {
		wrong = append(wrong, fmt.Errorf("office_code: stands in line %d already", first))
	} else if !c.Office.IsZero() {
		r.offices[c.Office] = row.line
	}
	if c.Synthetic && !r.synthetic {
		wrong = append(wrong, errors.New("synthetic: only a sandbox takes places that do not exist"))
	}
	if len(wrong) > 0 {
		r.wrong = append(r.wrong, RowError{row.line, wrong})
		return
	}
	r.centres = append(r.centres, c)
}

package insured

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"strings"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/table"
)

// Format is the form of a file with the register.
type Format string

// The forms, which docs/insured-persons.md describes.
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

// File is a file with the whole register. It is read twice and never held in
// memory as a whole.
type File struct {
	Format Format
	Open   func() (io.ReadCloser, error)
}

// Progress is how far an import has come.
type Progress struct {
	// Stored is how many of the Total rows are stored.
	Stored, Total int
}

// maxWrong is how many wrong rows are told.
const maxWrong = 1000

// FileError is what is wrong with a file, none of which was imported.
type FileError struct {
	// Wrong is how many rows are wrong; Rows are the first of them.
	Wrong int
	Rows  []table.RowError
}

// Error implements error, with a line for each row.
func (e *FileError) Error() string {
	var text strings.Builder
	_, _ = fmt.Fprintf(&text, "nothing was imported, wrong rows: %d", e.Wrong)
	for _, row := range e.Rows {
		text.WriteString("\n" + row.Error())
	}
	if more := e.Wrong - len(e.Rows); more > 0 {
		_, _ = fmt.Fprintf(&text, "\nand %d more", more)
	}
	return text.String()
}

func (e *FileError) add(line int, reasons ...error) {
	if e.Wrong++; len(e.Rows) < maxWrong {
		e.Rows = append(e.Rows, table.RowError{Line: line, Reasons: reasons})
	}
}

// errChanged is the error of a file that was right when it was read first.
var errChanged = errors.New("the file changed while it was read; nothing was imported")

// Import makes a file the register, or changes nothing. The error is a
// [*FileError] if the file is wrong.
func (s *Service) Import(ctx context.Context, file File, report func(Progress)) (domain.InsuredChanges, error) {
	today := ident.DateOf(s.Clock.Now())
	total, err := check(ctx, file, today)
	if err != nil {
		return domain.InsuredChanges{}, err
	}
	list := domain.InsuredList{
		ID: domain.NewID(), People: people(ctx, file, today),
		Progress: func(stored int) { report(Progress{Stored: stored, Total: total}) },
	}
	var changes domain.InsuredChanges
	err = s.Tx.InTx(ctx, func(ctx context.Context) (err error) {
		if changes, err = s.Persons.Replace(ctx, list); err != nil {
			return err
		}
		return s.Journal.Record(ctx, domain.NewAuditEvent("insured_person.import", list.ID, domain.Caller{}, s.Clock.Now()))
	})
	return changes, err
}

// check reads a file and gathers all that is wrong with it. It returns how many
// rows there are.
func check(ctx context.Context, file File, today ident.Date) (total int, err error) {
	failure, told := &FileError{}, numbers{}
	rows, err := file.each(func(row row) error {
		p, wrong := row.person(today)
		if len(wrong) == 0 && !told.add(p.SNILS) {
			wrong = append(wrong, errors.New("snils: stands in the file twice"))
		}
		if len(wrong) > 0 {
			failure.add(row.line, wrong...)
		}
		return ctx.Err()
	})
	if err != nil {
		return 0, err
	}
	if rows == 0 {
		failure.add(1, errors.New("the file has no rows"))
	}
	if failure.Wrong > 0 {
		return 0, failure
	}
	return rows, nil
}

// people reads a file that was checked.
func people(ctx context.Context, file File, today ident.Date) iter.Seq2[domain.InsuredPerson, error] {
	return func(yield func(domain.InsuredPerson, error) bool) {
		_, err := file.each(func(row row) error {
			p, wrong := row.person(today)
			if len(wrong) > 0 {
				return errChanged
			}
			if !yield(p, nil) {
				return errStopped
			}
			return ctx.Err()
		})
		if err != nil && !errors.Is(err, errStopped) {
			yield(domain.InsuredPerson{}, err)
		}
	}
}

// errStopped ends the reading for a reader who has enough.
var errStopped = errors.New("stopped")

// each reads the rows one after another, until fn fails.
func (f File) each(fn func(row) error) (rows int, err error) {
	content, err := f.Open()
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, content.Close()) }()
	read := readCSV
	if f.Format == FormatJSON {
		read = readJSON
	}
	return rows, read(content, func(r row) error {
		rows++
		return fn(r)
	})
}

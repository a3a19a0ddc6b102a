package payerregister

import (
	"context"
	"errors"
	"fmt"
	"io"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/table"
)

// File is a file with the whole register. It is read once and never held in memory
// as a whole.
type File struct {
	Content io.Reader
	// Rejects gets what is wrong with rows, as CSV; nothing where nothing is.
	Rejects io.Writer
	// Strict refuses the whole file for a single wrong row.
	Strict bool
}

// Result is what an import came to.
type Result struct {
	domain.PayerChanges
	// Rejected is how many rows were wrong.
	Rejected int
}

// Rows is how many rows the file has.
func (r Result) Rows() int { return r.Added + r.Changed + r.Unchanged + r.Rejected }

// WrongError is the error of a file that was refused for its wrong rows.
type WrongError struct{ Wrong int }

// Error implements error.
func (e WrongError) Error() string {
	return fmt.Sprintf("nothing was imported, wrong rows: %d", e.Wrong)
}

// errEmpty is the error of a file that would leave the register without a payer.
var errEmpty = errors.New("nothing was imported: the file has no rows")

// Import makes the right rows of a file the register, or changes nothing. The
// result counts the wrong rows also where the error is a [WrongError].
func (s *Service) Import(ctx context.Context, file File) (result Result, err error) {
	rejects := newRejects(file.Rejects)
	list := (&reading{content: file.Content, reject: rejects.add}).list(ctx)
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		changes, err := s.Payers.Replace(ctx, list)
		if err != nil {
			return err
		}
		if err := rejects.end(changes.Twice); err != nil {
			return err
		}
		result = Result{PayerChanges: changes, Rejected: rejects.count}
		if err := judge(result, file.Strict); err != nil {
			return err
		}
		if err := s.Payers.Revoke(ctx); err != nil {
			return err
		}
		return s.Journal.Record(ctx, domain.NewAuditEvent("payer.import", list.ID, domain.Caller{}, s.Clock.Now()))
	})
	if wrong, ok := errors.AsType[table.RowError](err); ok {
		err = fmt.Errorf("nothing was imported: %w", wrong)
	}
	return result, err
}

// judge tells whether a file may become the register.
func judge(r Result, strict bool) error {
	switch {
	case r.Rows() == 0:
		return errEmpty
	case r.Rejected == r.Rows(), strict && r.Rejected > 0:
		return WrongError{r.Rejected}
	}
	return nil
}

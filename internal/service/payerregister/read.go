package payerregister

import (
	"context"
	"errors"
	"io"
	"iter"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/table"
)

// errStopped ends the reading for a reader who has enough.
var errStopped = errors.New("stopped")

// reading is a file that is being read, once.
type reading struct {
	content io.Reader
	// reject is told what is wrong with a row, which is then left out.
	reject func(table.RowError) error
	// kept are the numbers of rows that were left out, where they can be read.
	kept []ident.PFRRegNumber
}

// list is the file as it is to become the register.
func (r *reading) list(ctx context.Context) domain.PayerList {
	return domain.PayerList{
		ID: domain.NewID(), Rows: r.rows(ctx), Kept: func() []ident.PFRRegNumber { return r.kept },
	}
}

// rows are the right rows of the file, one after another.
func (r *reading) rows(ctx context.Context) iter.Seq2[domain.PayerRow, error] {
	return func(yield func(domain.PayerRow, error) bool) {
		err := table.Read(r.content, columns(), func(row table.Row) error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			p, wrong := payer(row)
			if len(wrong) > 0 {
				return r.leaveOut(p, table.RowError{Line: row.Line, Reasons: wrong})
			}
			if !yield(domain.PayerRow{Line: row.Line, Payer: p}, nil) {
				return errStopped
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStopped) {
			yield(domain.PayerRow{}, err)
		}
	}
}

// leaveOut rejects a row, and keeps what the register has of its payer.
func (r *reading) leaveOut(p domain.Payer, wrong table.RowError) error {
	if !p.Number.IsZero() {
		r.kept = append(r.kept, p.Number)
	}
	return r.reject(wrong)
}

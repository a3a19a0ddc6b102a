package payerregister

import (
	"encoding/csv"
	"errors"
	"io"
	"strconv"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/table"
)

// rejects writes what is wrong with rows, under a header that is written with the
// first of them.
type rejects struct {
	out   *csv.Writer
	count int
}

func newRejects(out io.Writer) *rejects { return &rejects{out: csv.NewWriter(out)} }

func (r *rejects) add(wrong table.RowError) error {
	if r.count == 0 {
		if err := r.out.Write([]string{"line", "reasons"}); err != nil {
			return err
		}
	}
	r.count++
	return r.out.Write([]string{strconv.Itoa(wrong.Line), wrong.Text()})
}

// end adds the lines with numbers of earlier ones, and is over when all is
// written.
func (r *rejects) end(all []domain.PayerTwice) error {
	for _, twice := range all {
		wrong := table.RowError{Line: twice.Line}
		if twice.Number {
			wrong.Reasons = append(wrong.Reasons, errors.New("registration_number: stands in an earlier line"))
		}
		if twice.Unified {
			wrong.Reasons = append(wrong.Reasons, errors.New("unified_number: stands in an earlier line"))
		}
		if err := r.add(wrong); err != nil {
			return err
		}
	}
	r.out.Flush()
	return r.out.Error()
}

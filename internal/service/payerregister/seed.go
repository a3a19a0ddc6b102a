package payerregister

import (
	"context"
	"fmt"
	"io"

	"example.org/kabinet/internal/table"
)

// Seed makes a file the register if there is none. Every row of it has to be
// right.
func (s *Service) Seed(ctx context.Context, content io.Reader) error {
	listed, err := s.Payers.Listed(ctx)
	if listed || err != nil {
		return err
	}
	file := &reading{content: content, reject: func(wrong table.RowError) error { return wrong }}
	return s.Tx.InTx(ctx, func(ctx context.Context) error {
		changes, err := s.Payers.Replace(ctx, file.list(ctx))
		if err == nil && len(changes.Twice) > 0 {
			return fmt.Errorf("line %d: its number stands in the file before", changes.Twice[0].Line)
		}
		return err
	})
}

// Package payers is the fund's register of payers: it knows a payer by the
// registration number.
package payers

import (
	"context"
	"errors"
	"fmt"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// List is the register in the own database.
type List interface {
	// Find and FindUnified find a payer; [apperr.NotFound] where there is none.
	Find(ctx context.Context, number ident.PFRRegNumber) (domain.Payer, error)
	FindUnified(ctx context.Context, number ident.UnifiedRegNumber) (domain.Payer, error)
	// Listed tells whether there is a register at all.
	Listed(ctx context.Context) (bool, error)
}

// Own is the register for an installation of the fund itself: its list is in the
// database. It is safe for concurrent use.
type Own struct{ list List }

// NewOwn returns the register over a list of payers.
func NewOwn(l List) *Own { return &Own{l} }

// errNoList keeps everybody waiting rather than unknown.
var errNoList = errors.New("no register was imported yet")

// Find implements [registry.Payers].
func (o *Own) Find(ctx context.Context, number domain.PayerNumber) (domain.Payer, error) {
	payer, err := o.find(ctx, number)
	if err == nil {
		return payer, nil
	}
	if !errors.Is(err, apperr.New(apperr.NotFound)) {
		return domain.Payer{}, wrap(err)
	}
	listed, failed := o.list.Listed(ctx)
	switch {
	case failed != nil:
		return domain.Payer{}, wrap(failed)
	case !listed:
		return domain.Payer{}, wrap(errNoList)
	}
	return domain.Payer{}, err
}

func (o *Own) find(ctx context.Context, number domain.PayerNumber) (domain.Payer, error) {
	if number.PFR.IsZero() {
		return o.list.FindUnified(ctx, number.Unified)
	}
	return o.list.Find(ctx, number.PFR)
}

func wrap(err error) error { return fmt.Errorf("register payers: %w", err) }

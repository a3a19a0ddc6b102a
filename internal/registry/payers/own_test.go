package payers_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/registry/payers"
)

// list is a register that has one payer, at most.
type list struct {
	payer       *domain.Payer
	found, read error
	empty       bool
}

func (l list) Find(context.Context, ident.PFRRegNumber) (domain.Payer, error) {
	switch {
	case l.found != nil:
		return domain.Payer{}, l.found
	case l.payer == nil:
		return domain.Payer{}, apperr.New(apperr.NotFound)
	}
	return *l.payer, nil
}

func (l list) FindUnified(ctx context.Context, _ ident.UnifiedRegNumber) (domain.Payer, error) {
	return l.Find(ctx, ident.PFRRegNumber{})
}

func (l list) Listed(context.Context) (bool, error) { return !l.empty, l.read }

// Nobody is unknown because the register is missing or cannot be read.
func TestOwnRegister(t *testing.T) {
	t.Parallel()
	known := domain.Payer{Name: "ООО «Пример»"}
	got, err := payers.NewOwn(list{payer: &known}).Find(t.Context(), number(t))
	require.NoError(t, err)
	require.Equal(t, known, got)
	unified := domain.PayerNumber{Unified: value(t, ident.ParseUnifiedRegNumber, "1000000009")}
	got, err = payers.NewOwn(list{payer: &known}).Find(t.Context(), unified)
	require.NoError(t, err)
	require.Equal(t, known, got)
	_, err = payers.NewOwn(list{}).Find(t.Context(), number(t))
	require.Equal(t, apperr.NotFound, apperr.CodeOf(err))
	for want, l := range map[string]list{
		"register payers: no register was imported yet": {empty: true},
		"register payers: the disk is gone":             {found: errors.New("the disk is gone")},
		"register payers: the net is gone":              {read: errors.New("the net is gone")},
	} {
		err := requireNoAnswer(t.Context(), t, payers.NewOwn(l))
		require.EqualError(t, err, want)
	}
}

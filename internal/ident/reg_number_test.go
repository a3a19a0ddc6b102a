package ident_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"example.org/kabinet/internal/ident"
)

func TestParsePFRRegNumber(t *testing.T) {
	t.Parallel()
	parses(t, ident.ParsePFRRegNumber, ident.PFRRegNumber.Formatted, []row{
		{"087-214-012345", "087-214-012345"},
		{"087214012345", "087-214-012345"},
		{" 087 214–012345 ", "087-214-012345"},

		{"", ident.ErrPFRRegNumber},
		{"087-214-01234", ident.ErrPFRRegNumber},
		{"087-214-0123456", ident.ErrPFRRegNumber},
		{"087-214-01234О", ident.ErrPFRRegNumber},
		{"087/214/012345", ident.ErrPFRRegNumber},
		{"０８７２１４０１２３４５", ident.ErrPFRRegNumber},
	})
}

func TestPFRRegNumberNamesItsOffice(t *testing.T) {
	t.Parallel()
	got, err := ident.ParsePFRRegNumber("087214012345")
	require.NoError(t, err)
	require.Equal(t, "087-214", got.Office().String())
	require.Equal(t, "087214", got.Office().Digits())
	require.Equal(t, "***45", got.String())
	zeroIsEmpty(t, ident.PFRRegNumber.Digits, ident.PFRRegNumber.Formatted, func(n ident.PFRRegNumber) string { return n.Office().String() })
}

func TestPFRRegNumberRoundTrips(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		number := numberOf(t, 12)
		got, err := ident.ParsePFRRegNumber(grouped(t, number))
		require.NoError(t, err)
		require.Equal(t, number, got.Digits())
		roundTrips(t, ident.ParsePFRRegNumber, ident.PFRRegNumber.Digits, got)
		roundTrips(t, ident.ParsePFRRegNumber, ident.PFRRegNumber.Formatted, got)
	})
}

func TestParseUnifiedRegNumber(t *testing.T) {
	t.Parallel()
	parses(t, ident.ParseUnifiedRegNumber, ident.UnifiedRegNumber.Digits, []row{
		{"1234567890", "1234567890"},
		{" 12345-678 90 ", "1234567890"},

		{"", ident.ErrUnifiedRegNumber},
		{"123456789", ident.ErrUnifiedRegNumber},
		{"12345678901", ident.ErrUnifiedRegNumber},
		{"123456789O", ident.ErrUnifiedRegNumber},
		{"087-214-012345", ident.ErrUnifiedRegNumber},
		{"１２３４５６７８９０", ident.ErrUnifiedRegNumber},
	})
}

func TestUnifiedRegNumberRoundTrips(t *testing.T) {
	t.Parallel()
	zeroIsEmpty(t, ident.UnifiedRegNumber.Digits)
	rapid.Check(t, func(t *rapid.T) {
		number := numberOf(t, 10)
		got, err := ident.ParseUnifiedRegNumber(grouped(t, number))
		require.NoError(t, err)
		require.Equal(t, number, got.Digits())
		require.Equal(t, "***"+number[8:], got.String())
		roundTrips(t, ident.ParseUnifiedRegNumber, ident.UnifiedRegNumber.Digits, got)
	})
}

func FuzzParsePFRRegNumber(f *testing.F) {
	fuzzes(f, ident.ParsePFRRegNumber, ident.PFRRegNumber.Formatted, "087-214-012345", "087214012345")
}

func FuzzParseUnifiedRegNumber(f *testing.F) {
	fuzzes(f, ident.ParseUnifiedRegNumber, ident.UnifiedRegNumber.Digits, "1234567890", "12345 67890")
}

package ident_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"example.org/kabinet/internal/ident"
)

func TestParsePostalItemID(t *testing.T) {
	t.Parallel()
	parses(t, ident.ParsePostalItemID, ident.PostalItemID.Digits, []row{
		{"23600016000011", "23600016000011"},
		{"21400016000019", "21400016000019"},
		{"80082710646101", "80082710646101"},
		{"236000 16 00001 1", "23600016000011"},

		{"23600016000012", ident.ErrPostalItemIDCheckDigit},
		{"23600016000101", ident.ErrPostalItemIDCheckDigit},
		{"2360001600001", ident.ErrPostalItemID},
		{"2360001600001X", ident.ErrPostalItemID},
		{"236000160000111", ident.ErrPostalItemID},
		{"RA644000001RU", ident.ErrPostalItemID},
		{"", ident.ErrPostalItemID},
		{"２３６０００１６００００１１", ident.ErrPostalItemID},
	})
}

func TestPostalItemIDRoundTrips(t *testing.T) {
	t.Parallel()
	zeroIsEmpty(t, ident.PostalItemID.Digits)
	rapid.Check(t, func(t *rapid.T) {
		number := only(t, ident.ParsePostalItemID, numberOf(t, 13), 1)
		got, err := ident.ParsePostalItemID(grouped(t, number))
		require.NoError(t, err)
		require.Equal(t, number, got.Digits())
		require.Equal(t, "***"+number[12:], got.String())
		roundTrips(t, ident.ParsePostalItemID, ident.PostalItemID.Digits, got)
	})
}

// Neither weight shares a factor with ten, so every changed digit is noticed.
func TestPostalItemIDDetectsEveryChangedDigit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		other, _ := changed(t, only(t, ident.ParsePostalItemID, numberOf(t, 13), 1))
		_, err := ident.ParsePostalItemID(other)
		require.ErrorIs(t, err, ident.ErrPostalItemIDCheckDigit)
	})
}

func TestParsePostalIndex(t *testing.T) {
	t.Parallel()
	parses(t, ident.ParsePostalIndex, ident.PostalIndex.Digits, []row{
		{"236000", "236000"},
		{"101000", "101000"},
		{"694923", "694923"},
		{" 236 000 ", "236000"},

		{"036000", ident.ErrPostalIndex},
		{"736000", ident.ErrPostalIndex},
		{"936000", ident.ErrPostalIndex},
		{"23600", ident.ErrPostalIndex},
		{"2360000", ident.ErrPostalIndex},
		{"23600O", ident.ErrPostalIndex},
		{"", ident.ErrPostalIndex},
		{"２３６０００", ident.ErrPostalIndex},
	})
}

func TestPostalIndexRoundTrips(t *testing.T) {
	t.Parallel()
	zeroIsEmpty(t, ident.PostalIndex.Digits)
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.StringMatching("[1-6][0-9]{5}").Draw(t, "index")
		got, err := ident.ParsePostalIndex(grouped(t, number))
		require.NoError(t, err)
		require.Equal(t, number, got.Digits())
		require.Equal(t, number[:3]+"***", got.String())
		roundTrips(t, ident.ParsePostalIndex, ident.PostalIndex.Digits, got)
	})
}

func FuzzParsePostalItemID(f *testing.F) {
	fuzzes(f, ident.ParsePostalItemID, ident.PostalItemID.Digits, "23600016000011", "80082710646101", "RA644000001RU")
}

func FuzzParsePostalIndex(f *testing.F) {
	fuzzes(f, ident.ParsePostalIndex, ident.PostalIndex.Digits, "236000", "936000")
}

package ident_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"example.org/kabinet/internal/ident"
)

func TestParseINN(t *testing.T) {
	t.Parallel()
	parses(t, ident.ParseINN, ident.INN.Digits, []row{
		{"7706016118", "7706016118"},
		{"7707083893", "7707083893"},
		{"7724490000", "7724490000"}, // the remainder is 10
		{"6732028037", "6732028037"},
		{"500100732259", "500100732259"},
		{"123456789047", "123456789047"},
		{"390000000609", "390000000609"},
		{" 7706 016-118 ", "7706016118"},

		{"7706016119", ident.ErrINNCheckDigits},
		{"7736050030", ident.ErrINNCheckDigits},
		{"500100732258", ident.ErrINNCheckDigits},
		{"123456789037", ident.ErrINNCheckDigits},
		{"123456789057", ident.ErrINNCheckDigits},
		{"0000000000", ident.ErrINN},
		{"000000000000", ident.ErrINN},
		{"77O6016118", ident.ErrINN},
		{"７７０６０１６１１８", ident.ErrINN},
		{"", ident.ErrINN},
		{"-7706016118", ident.ErrINN},
		{"770601611", ident.ErrINNLength},
		{"77060161181", ident.ErrINNLength},
		{"5001007322590", ident.ErrINNLength},
		{"0", ident.ErrINNLength},
	})
}

func TestINNTellsItsOwner(t *testing.T) {
	t.Parallel()
	organisation, err := ident.ParseINN("7706016118")
	require.NoError(t, err)
	require.True(t, organisation.OfOrganisation())
	person, err := ident.ParseINN("500100732259")
	require.NoError(t, err)
	require.False(t, person.OfOrganisation())
	require.Equal(t, "***18 ***59", organisation.String()+" "+person.String())
	zeroIsEmpty(t, ident.INN.Digits)
}

// anyINN draws a number of an organisation or of a person, with the only check
// digits that fit.
func anyINN(t *rapid.T) string {
	region := rapid.StringMatching("0[1-9]|[1-9][0-9]").Draw(t, "region")
	if rapid.Bool().Draw(t, "of an organisation") {
		return only(t, ident.ParseINN, region+numberOf(t, 7), 1)
	}
	return only(t, ident.ParseINN, region+numberOf(t, 8), 2)
}

func TestINNRoundTrips(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		number := anyINN(t)
		got, err := ident.ParseINN(grouped(t, number))
		require.NoError(t, err)
		require.Equal(t, number, got.Digits())
		roundTrips(t, ident.ParseINN, ident.INN.Digits, got)
	})
}

// One changed digit is refused, unless each remainder that it has a part in
// moves between 0 and 10, which give the same check digit.
func TestINNDetectsAChangedDigit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		number := anyINN(t)
		other, place := changed(t, number)
		_, err := ident.ParseINN(other)
		switch {
		case other[:2] == "00":
			require.ErrorIs(t, err, ident.ErrINN)
		case innMissesChange(number, other, place):
			require.NoError(t, err)
		default:
			require.ErrorIs(t, err, ident.ErrINNCheckDigits)
		}
	})
}

func innMissesChange(number, other string, place int) bool {
	same := func(weights ...int) bool {
		a, b := sum(number, weights...)%11, sum(other, weights...)%11
		return a == b || a+b == 10 && a*b == 0
	}
	if len(number) == 10 {
		return place < 9 && same(2, 4, 10, 3, 5, 9, 4, 6, 8)
	}
	return place < 10 && same(7, 2, 4, 10, 3, 5, 9, 4, 6, 8) && same(3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
}

func FuzzParseINN(f *testing.F) {
	fuzzes(f, ident.ParseINN, ident.INN.Digits, "7706016118", "500100732259", "0000000000", "77O6016118")
}

package ident_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"example.org/kabinet/internal/ident"
)

func TestParseOGRN(t *testing.T) {
	t.Parallel()
	parses(t, ident.ParseOGRN, ident.OGRN.Digits, []row{
		{"1027700220624", "1027700220624"},
		{"1116732014673", "1116732014673"},
		{"304500116000157", "304500116000157"},
		{"316390000000070", "316390000000070"}, // the remainder is 10
		{"1-02-77-00-220624", "1027700220624"},
		{" 1027700 220624\n", "1027700220624"},

		{"1027700220625", ident.ErrOGRNCheckDigit},
		{"385768585948948", ident.ErrOGRNCheckDigit},
		{"316390000000071", ident.ErrOGRNCheckDigit},
		{"2027700220623", ident.ErrOGRN},
		{"3027700220622", ident.ErrOGRN},
		{"104500116000151", ident.ErrOGRN},
		{"504500116000156", ident.ErrOGRN},
		{"", ident.ErrOGRN},
		{"102770022062X", ident.ErrOGRN},
		{"１０２７７００２２０６２４", ident.ErrOGRN},
		{"102770022062", ident.ErrOGRNLength},
		{"10277002206244", ident.ErrOGRNLength},
		{"3045001160001577", ident.ErrOGRNLength},
	})
}

func TestOGRNTellsItsOwner(t *testing.T) {
	t.Parallel()
	organisation, err := ident.ParseOGRN("1027700220624")
	require.NoError(t, err)
	require.True(t, organisation.OfOrganisation())
	trader, err := ident.ParseOGRN("304500116000157")
	require.NoError(t, err)
	require.False(t, trader.OfOrganisation())
	require.Equal(t, "***24 ***57", organisation.String()+" "+trader.String())
	zeroIsEmpty(t, ident.OGRN.Digits)
}

func anyOGRN(t *rapid.T) string {
	if rapid.Bool().Draw(t, "of an organisation") {
		return only(t, ident.ParseOGRN, rapid.SampledFrom([]string{"1", "5"}).Draw(t, "kind")+numberOf(t, 11), 1)
	}
	return only(t, ident.ParseOGRN, "3"+numberOf(t, 13), 1)
}

func TestOGRNRoundTrips(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		number := anyOGRN(t)
		got, err := ident.ParseOGRN(grouped(t, number))
		require.NoError(t, err)
		require.Equal(t, number, got.Digits())
		roundTrips(t, ident.ParseOGRN, ident.OGRN.Digits, got)
	})
}

// One changed digit is refused, unless the remainder moves to one that ends in
// the same digit: between 0 and 10, and for sole traders 1 and 11, 2 and 12.
func TestOGRNDetectsAChangedDigit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		number := anyOGRN(t)
		other, place := changed(t, number)
		last, divisor, kinds := len(number)-1, 11, "15"
		if len(number) == 15 {
			divisor, kinds = 13, "3"
		}
		a, b := digitsMod(number[:last], divisor), digitsMod(other[:last], divisor)
		_, err := ident.ParseOGRN(other)
		switch {
		case place == 0 && other[0] != kinds[0] && other[0] != kinds[len(kinds)-1]:
			require.ErrorIs(t, err, ident.ErrOGRN)
		case place < last && (a-b == 10 || b-a == 10):
			require.NoError(t, err)
		default:
			require.ErrorIs(t, err, ident.ErrOGRNCheckDigit)
		}
	})
}

func FuzzParseOGRN(f *testing.F) {
	fuzzes(f, ident.ParseOGRN, ident.OGRN.Digits, "1027700220624", "304500116000157", "316390000000070", "385768585948948")
}

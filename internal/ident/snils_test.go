package ident_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"example.org/kabinet/internal/ident"
)

func TestParseSNILS(t *testing.T) {
	t.Parallel()
	parses(t, ident.ParseSNILS, ident.SNILS.Formatted, []row{
		{"112-233-445 95", "112-233-445 95"},
		{"110-725-115 99", "110-725-115 99"},
		{"253-101-140 00", "253-101-140 00"}, // the sum is 100
		{"212-213-638 00", "212-213-638 00"}, // 101
		{"510-061-209 01", "510-061-209 01"}, // 102
		{"001-001-999 65", "001-001-999 65"}, // the first that is checked
		{"001-001-998 00", "001-001-998 00"}, // the last that is not
		{"001-001-998 99", "001-001-998 99"},
		{"000-000-000 31", "000-000-000 31"},
		{"11223344595", "112-233-445 95"},
		{" 112 233 445-95\t", "112-233-445 95"},
		{"112–233—445\u00a095", "112-233-445 95"},

		{"112-233-445 96", ident.ErrSNILSCheckDigits},
		{"112-233-454 95", ident.ErrSNILSCheckDigits},
		{"001-001-999 00", ident.ErrSNILSCheckDigits},
		{"212-213-638 01", ident.ErrSNILSCheckDigits},
		{"", ident.ErrSNILS},
		{"112-233-44 95", ident.ErrSNILS},
		{"112-233-4455 95", ident.ErrSNILS},
		{"112-233-445 9S", ident.ErrSNILS},
		{"１１２-２３３-４４５ ９５", ident.ErrSNILS},
		{"1122334459５", ident.ErrSNILS},
		{"-112-233-445 95", ident.ErrSNILS},
		{"112-233-445 95-", ident.ErrSNILS},
		{"112.233.445 95", ident.ErrSNILS},
		{"112_233_445 95", ident.ErrSNILS},
		{"112\n233 445 95", ident.ErrSNILS},
		{"+112233445 95", ident.ErrSNILS},
	})
}

// anySNILS draws a number whose check digits are checked, with the only pair
// that fits.
func anySNILS(t *rapid.T) string {
	number := fmt.Sprintf("%09d", rapid.IntRange(1_001_999, 999_999_999).Draw(t, "number"))
	return only(t, ident.ParseSNILS, number, 2)
}

func TestSNILSRoundTrips(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		number := anySNILS(t)
		got, err := ident.ParseSNILS(grouped(t, number))
		require.NoError(t, err)
		require.Equal(t, number, got.Digits())
		roundTrips(t, ident.ParseSNILS, ident.SNILS.Digits, got)
		roundTrips(t, ident.ParseSNILS, ident.SNILS.Formatted, got)
	})
}

// One changed digit is refused, unless the number becomes one that has no check
// digits, or the sum moves between 0 and 100, which are both spelled 00.
func TestSNILSDetectsAChangedDigit(t *testing.T) {
	t.Parallel()
	rest := func(number string) int { return sum(number, 9, 8, 7, 6, 5, 4, 3, 2, 1) % 101 }
	rapid.Check(t, func(t *rapid.T) {
		number := anySNILS(t)
		other, place := changed(t, number)
		unseen := other[:9] <= "001001998" || place < 9 && rest(number)+rest(other) == 100 && rest(number)*rest(other) == 0
		_, err := ident.ParseSNILS(other)
		if unseen {
			require.NoError(t, err)
			return
		}
		require.ErrorIs(t, err, ident.ErrSNILSCheckDigits)
	})
}

// Numbers up to 001-001-998 are taken with any check digits.
func TestOldSNILSAreNotChecked(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		number := fmt.Sprintf("%09d%02d", rapid.IntRange(0, 1_001_998).Draw(t, "number"), rapid.IntRange(0, 99).Draw(t, "check"))
		got, err := ident.ParseSNILS(number)
		require.NoError(t, err)
		require.Equal(t, number, got.Digits())
	})
}

func TestSNILSIsMasked(t *testing.T) {
	t.Parallel()
	got, err := ident.ParseSNILS("112-233-445 95")
	require.NoError(t, err)
	require.Equal(t, "***95", got.String())
	zeroIsEmpty(t, ident.SNILS.Digits, ident.SNILS.Formatted)
}

func FuzzParseSNILS(f *testing.F) {
	fuzzes(f, ident.ParseSNILS, ident.SNILS.Digits, "112-233-445 95", "001-001-998 00", "112-233-445 96", "112–233—445 95")
}

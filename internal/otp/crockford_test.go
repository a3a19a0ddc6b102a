package otp_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"example.org/kabinet/internal/otp"
)

const crockfordAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

func TestCrockford(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	counts := map[rune]int{}
	const codes, length = 3200, 10
	for range codes {
		code, err := otp.Crockford(length)
		require.NoError(t, err)
		require.Len(t, code, length)
		require.False(t, seen[code], "50 random bits came twice")
		seen[code] = true
		for _, r := range code {
			counts[r]++
		}
	}
	require.Len(t, counts, len(crockfordAlphabet))
	for r, n := range counts {
		require.Contains(t, crockfordAlphabet, string(r))
		// 1000 are expected, with a deviation of 31: ten of them are beyond chance.
		require.InDelta(t, 1000, n, 310, "%c", r)
	}
}

func TestCrockfordLengths(t *testing.T) {
	t.Parallel()
	for n, fine := range map[int]bool{-1: false, 0: false, 1: true, 8: true, 64: true, 65: false} {
		code, err := otp.Crockford(n)
		require.Equal(t, fine, err == nil, "%d", n)
		if fine {
			require.Len(t, code, n)
		}
	}
}

// A code is typed from paper, forgivingly (promise M09).
func TestParseCrockford(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"01AZH-KMNPQ":           "01AZHKMNPQ",
		"01azh-kmnpq":           "01AZHKMNPQ",
		"oLaZh kMnPq":           "01AZHKMNPQ",
		"OIAZHKMNPQ":            "01AZHKMNPQ",
		"O-l-A-Z-H-K-M-N-P-Q":   "01AZHKMNPQ",
		"  01AZH \u2013 KMNPQ ": "01AZHKMNPQ",
		"01AZH\u00a0KMNPQ":      "01AZHKMNPQ",
		"iIlLoO0011":            "1111000011",
	} {
		got, err := otp.ParseCrockford(text, 10)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
}

func TestParseCrockfordRefuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"nothing":          "",
		"separators only":  "-- - --",
		"too short":        "01AZH-KMNP",
		"too long":         "01AZH-KMNPQ0",
		"U, no letter":     "01AZH-KMNPU",
		"Cyrillic":         "01АZH-KMNPQ",
		"Cyrillic O":       "О1AZH-KMNPQ",
		"full-width digit": "\uff101AZH-KMNPQ",
		"a dotless i":      "0\u0131AZH-KMNPQ",
		"the Kelvin sign":  "01AZH-\u212aMNPQ",
		"a line break":     "01AZH\nKMNPQ",
		"a null":           "01AZH\x00KMNPQ",
		"half a character": "01AZHKMNP\xd0",
		"an underscore":    "01AZH_KMNPQ",
	} {
		_, err := otp.ParseCrockford(text, 10)
		require.ErrorIs(t, err, otp.ErrCrockford, name)
		if text != "" {
			require.NotContains(t, err.Error(), text)
		}
	}
}

// Whatever a person does to a code on the way from the paper, it stays the code.
func TestParseCrockfordForgives(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 20).Draw(t, "length")
		code := rapid.StringOfN(rapid.SampledFrom([]rune(crockfordAlphabet)), n, n, n).Draw(t, "code")
		var typed strings.Builder
		for _, r := range code {
			typed.WriteString(rapid.SampledFrom([]string{"", "", " ", "-", "\u2014"}).Draw(t, "separator"))
			spellings := []string{string(r), strings.ToLower(string(r))}
			switch r {
			case '0':
				spellings = append(spellings, "O", "o")
			case '1':
				spellings = append(spellings, "I", "i", "L", "l")
			}
			typed.WriteString(rapid.SampledFrom(spellings).Draw(t, "spelling"))
		}
		got, err := otp.ParseCrockford(typed.String(), n)
		require.NoError(t, err)
		require.Equal(t, code, got)
	})
}

func FuzzParseCrockford(f *testing.F) {
	for _, text := range []string{"", "01AZH-KMNPQ", "oiazhkmnpq", "01AZH\xff", "ſſſſſſſſſſ"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		code, err := otp.ParseCrockford(text, 10)
		if err != nil {
			require.ErrorIs(t, err, otp.ErrCrockford)
			require.Empty(t, code)
			return
		}
		require.Len(t, code, 10)
		again, err := otp.ParseCrockford(code, 10)
		require.NoError(t, err)
		require.Equal(t, code, again)
	})
}

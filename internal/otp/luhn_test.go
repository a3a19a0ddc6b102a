package otp_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/otp"
)

func TestLuhnDigits(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 200 {
		code, err := otp.LuhnDigits(20)
		require.NoError(t, err)
		require.Len(t, code, 20)
		require.False(t, seen[code])
		seen[code] = true
		got, err := otp.ParseLuhn(code, 20)
		require.NoError(t, err)
		require.Equal(t, code, got)
	}
	_, err := otp.LuhnDigits(1)
	require.Error(t, err)
}

// The example of ISO/IEC 7812-1, and how people type.
func TestParseLuhn(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]error{
		"79927398713":         nil,
		" 79927-398713 ":      nil,
		"7992 7398 713":       nil,
		"79927\u2013398713":   nil,
		"79927398710":         otp.ErrCheckDigit,
		"79927389713":         otp.ErrCheckDigit,
		"7992739871":          otp.ErrDigits,
		"799273987133":        otp.ErrDigits,
		"7992739871O":         otp.ErrDigits,
		"７９９２７３９８７１３":         otp.ErrDigits,
		"":                    otp.ErrDigits,
		"79927398713; DROP--": otp.ErrDigits,
	} {
		code, err := otp.ParseLuhn(text, 11)
		require.ErrorIs(t, err, want, text)
		if want == nil {
			require.Equal(t, "79927398713", code)
		}
	}
}

// Every single wrong digit is noticed, and so are two digits that changed
// places, but for 09 and 90.
func TestLuhnNoticesSlips(t *testing.T) {
	t.Parallel()
	code, err := otp.LuhnDigits(20)
	require.NoError(t, err)
	for i := range len(code) {
		for d := byte('0'); d <= '9'; d++ {
			if d != code[i] {
				_, err := otp.ParseLuhn(code[:i]+string(d)+code[i+1:], 20)
				require.ErrorIs(t, err, otp.ErrCheckDigit)
			}
		}
	}
	for i := range len(code) - 1 {
		pair := code[i : i+2]
		if pair[0] == pair[1] || slices.Contains([]string{"09", "90"}, pair) {
			continue
		}
		_, err := otp.ParseLuhn(code[:i]+string(pair[1])+string(pair[0])+code[i+2:], 20)
		require.ErrorIs(t, err, otp.ErrCheckDigit)
	}
}

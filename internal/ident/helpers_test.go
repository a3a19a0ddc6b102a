package ident_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"example.org/kabinet/internal/ident"
)

// value is what all types of the package are.
type value interface {
	comparable
	fmt.Stringer
	IsZero() bool
}

// row is a text and its clear form, or why it is refused.
type row struct {
	text string
	want any
}

// parses runs the table of one parser.
func parses[T value](t *testing.T, parse func(string) (T, error), plain func(T) string, table []row) {
	t.Helper()
	for _, r := range table {
		got, err := parse(r.text)
		if reason, refused := r.want.(ident.FormatError); refused {
			require.ErrorIs(t, err, reason, "%q", r.text)
			require.True(t, got.IsZero(), "%q", r.text)
			continue
		}
		require.NoError(t, err, "%q", r.text)
		require.Equal(t, r.want, plain(got), "%q", r.text)
		require.False(t, got.IsZero(), "%q", r.text)
	}
}

// numberOf draws so many digits.
func numberOf(t *rapid.T, digits int) string {
	return rapid.StringMatching(fmt.Sprintf("[0-9]{%d}", digits)).Draw(t, "number")
}

// grouped draws a spelling of a number, with separators of all kinds inside and
// spaces around.
func grouped(t *rapid.T, number string) string {
	separator := rapid.SampledFrom([]string{"", "", "", " ", "-", "\u00a0", "\u202f", "\u2010", "\u2011", "\u2013", "\u2014", " - "})
	space := rapid.SampledFrom([]string{"", " ", "\t", "\u00a0", "\r\n"})
	var text strings.Builder
	text.WriteString(space.Draw(t, "before"))
	for i, r := range number {
		if i > 0 {
			text.WriteString(separator.Draw(t, "separator"))
		}
		text.WriteRune(r)
	}
	text.WriteString(space.Draw(t, "after"))
	return text.String()
}

// changed draws a number that differs in one digit, and the digit's place.
func changed(t *rapid.T, number string) (string, int) {
	place := rapid.IntRange(0, len(number)-1).Draw(t, "place")
	step := rapid.IntRange(1, 9).Draw(t, "step")
	digit := byte('0' + (int(number[place]-'0')+step)%10)
	return number[:place] + string(digit) + number[place+1:], place
}

// only finds the one text among all with this start and so many digits after it
// that a parser takes; it fails the test if there are none or several.
func only[T value](t *rapid.T, parse func(string) (T, error), start string, digits int) (found string) {
	last := 1
	for range digits {
		last *= 10
	}
	for check := range last {
		text := fmt.Sprintf("%s%0*d", start, digits, check)
		if _, err := parse(text); err == nil {
			require.Empty(t, found, "%s is taken as well", text)
			found = text
		}
	}
	require.NotEmpty(t, found, "nothing that starts with %s is taken", start)
	return found
}

// roundTrips says that the clear form gives the same value again, and that the
// printed form hides it.
func roundTrips[T value](t require.TestingT, parse func(string) (T, error), plain func(T) string, got T) {
	again, err := parse(plain(got))
	require.NoError(t, err)
	require.Equal(t, got, again)
	hidden(t, got, plain(got))
}

// hidden says that no way of printing a value shows its clear form (M27).
func hidden[T value](t require.TestingT, got T, plain string) {
	for _, verb := range []string{"%v", "%s", "%+v", "%q"} {
		require.NotContains(t, fmt.Sprintf(verb, got), plain)
	}
	require.Contains(t, got.String(), "***")
}

// fuzzes runs a parser on anything. Whatever it refuses it refuses with a code
// and without a value; whatever it takes keeps its clear form.
func fuzzes[T value](f *testing.F, parse func(string) (T, error), plain func(T) string, seeds ...string) {
	f.Helper()
	for _, seed := range append(seeds, "", " ", "-", "\xff", "\x00", "０１２３４５６７８９", strings.Repeat("9", 300)) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := parse(text)
		if err != nil {
			_, coded := errors.AsType[ident.FormatError](err)
			require.True(t, coded, "%v is not a code", err)
			require.True(t, got.IsZero())
			return
		}
		require.False(t, got.IsZero())
		roundTrips(t, parse, plain, got)
	})
}

// digitsMod is the number that the digits make, modulo a divisor, in another
// way than the parsers'.
func digitsMod(number string, divisor int) int {
	rest, power := 0, 1
	for i := len(number) - 1; i >= 0; i-- {
		rest = (rest + power*int(number[i]-'0')) % divisor
		power = power * 10 % divisor
	}
	return rest
}

// sum is the weighted sum of the first digits.
func sum(number string, weights ...int) (total int) {
	for i, weight := range weights {
		total += weight * int(number[i]-'0')
	}
	return total
}

// zeroIsEmpty says that no value prints as nothing, in each of its forms.
func zeroIsEmpty[T value](t *testing.T, forms ...func(T) string) {
	t.Helper()
	var zero T
	require.True(t, zero.IsZero())
	require.Empty(t, zero.String())
	for _, form := range forms {
		require.Empty(t, form(zero))
	}
}

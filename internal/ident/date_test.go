package ident_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"example.org/kabinet/internal/ident"
)

func date(t require.TestingT, text string) ident.Date {
	d, err := ident.ParseDate(text)
	require.NoError(t, err, text)
	return d
}

func TestParseDate(t *testing.T) {
	t.Parallel()
	parses(t, ident.ParseDate, ident.Date.ISO, []row{
		{"1990-05-31", "1990-05-31"},
		{"2024-02-29", "2024-02-29"},
		{"2000-02-29", "2000-02-29"},
		{"0001-01-01", "0001-01-01"},
		{"9999-12-31", "9999-12-31"},

		{"", ident.ErrDate},
		{"2025-02-29", ident.ErrDate},
		{"1900-02-29", ident.ErrDate},
		{"2025-04-31", ident.ErrDate},
		{"2025-13-01", ident.ErrDate},
		{"2025-00-01", ident.ErrDate},
		{"2025-01-00", ident.ErrDate},
		{"0000-01-01", ident.ErrDate},
		{"25-01-01", ident.ErrDate},
		{"2025-1-1", ident.ErrDate},
		{"20250101", ident.ErrDate},
		{"2025/01/01", ident.ErrDate},
		{"31.05.1990", ident.ErrDate},
		{" 1990-05-31", ident.ErrDate},
		{"1990-05-31 ", ident.ErrDate},
		{"1990-05-31T00:00:00Z", ident.ErrDate},
		{"+1990-05-31", ident.ErrDate},
		{"-990-05-31", ident.ErrDate},
		{"10000-01-01", ident.ErrDate},
		{"1990–05–31", ident.ErrDate},
		{"１９９０-05-31", ident.ErrDate},
	})
}

func TestDateIsMaskedToItsYear(t *testing.T) {
	t.Parallel()
	require.Equal(t, "1990***", date(t, "1990-05-31").String())
	zeroIsEmpty(t, ident.Date.ISO)
}

// The day of a moment depends on the zone that the moment is in.
func TestDateOf(t *testing.T) {
	t.Parallel()
	late := time.Date(2026, time.December, 31, 22, 30, 0, 0, time.UTC)
	require.Equal(t, "2026-12-31", ident.DateOf(late).ISO())
	require.Equal(t, "2027-01-01", ident.DateOf(late.In(time.FixedZone("MSK", 3*60*60))).ISO())
	require.Equal(t, "2026-12-31", ident.DateOf(late.In(time.FixedZone("AZOT", -60*60))).ISO())
}

func TestDateArithmetic(t *testing.T) {
	t.Parallel()
	require.Equal(t, "2026-03-01", date(t, "2026-02-28").AddDays(1).ISO())
	require.Equal(t, "2024-02-29", date(t, "2024-03-01").AddDays(-1).ISO())
	require.Equal(t, "2027-01-01", date(t, "2026-12-31").AddDays(1).ISO())
	require.Equal(t, "2014-05-31", date(t, "2000-05-31").AddYears(14).ISO())
	require.Equal(t, "2014-03-01", date(t, "2000-02-29").AddYears(14).ISO())
	require.Equal(t, "2016-02-29", date(t, "2000-02-29").AddYears(16).ISO())
	require.Equal(t, 2026, date(t, "2026-12-31").Year())
	require.Equal(t, time.Thursday, date(t, "2026-12-31").Weekday())
}

func TestDatesAreOrderedAsTheirTexts(t *testing.T) {
	t.Parallel()
	first := date(t, "1900-01-01")
	rapid.Check(t, func(t *rapid.T) {
		days := rapid.IntRange(-60_000, 60_000)
		a, b := first.AddDays(days.Draw(t, "a")), first.AddDays(days.Draw(t, "b"))
		require.Equal(t, a.ISO() < b.ISO(), a.Before(b))
		require.Equal(t, a.ISO() > b.ISO(), a.After(b))
		require.Equal(t, a == b, a.Compare(b) == 0)
		roundTrips(t, ident.ParseDate, ident.Date.ISO, a)
	})
}

func FuzzParseDate(f *testing.F) {
	fuzzes(f, ident.ParseDate, ident.Date.ISO, "1990-05-31", "2024-02-29", "2025-02-29", "0000-01-01")
}

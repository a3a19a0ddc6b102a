package domain_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/calendar"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

func day(t *testing.T, text string) ident.Date {
	t.Helper()
	d, err := ident.ParseDate(text)
	require.NoError(t, err)
	return d
}

func dayHours(t *testing.T, text string) domain.DayHours {
	t.Helper()
	h, err := domain.ParseDayHours(text)
	require.NoError(t, err)
	return h
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := new(domain.Zones).Load(name)
	require.NoError(t, err)
	return z
}

func TestDayHours(t *testing.T) {
	t.Parallel()
	h := dayHours(t, " 09:00-13:00  13:45-18:00 19:00-24:00")
	require.Equal(t, "09:00-13:00 13:45-18:00 19:00-24:00", h.String())
	require.Equal(t, domain.Interval{From: 9 * 60, To: 24 * 60}, h.Span())
	require.Equal(t, []domain.Interval{{From: 13 * 60, To: 13*60 + 45}, {From: 18 * 60, To: 19 * 60}}, h.Breaks())
	require.Empty(t, dayHours(t, "closed"))
	require.Equal(t, "closed", dayHours(t, "closed").String())
	require.Empty(t, dayHours(t, "00:00-24:00").Breaks())
}

func TestWrongDayHours(t *testing.T) {
	t.Parallel()
	tests := map[string]error{
		"":                        domain.ErrHoursForm,
		"  ":                      domain.ErrHoursForm,
		"CLOSED":                  domain.ErrHoursForm,
		"closed 09:00-10:00":      domain.ErrHoursForm,
		"09:00":                   domain.ErrHoursForm,
		"09:00–10:00":             domain.ErrHoursForm,
		"9:00-10:00":              domain.ErrTimeOfDay,
		"09:00-25:00":             domain.ErrTimeOfDay,
		"09:00-24:01":             domain.ErrTimeOfDay,
		"09:60-10:00":             domain.ErrTimeOfDay,
		"09:00:00-10:00":          domain.ErrTimeOfDay,
		"-":                       domain.ErrTimeOfDay,
		"09:00-09:00":             domain.ErrPastMidnight,
		"22:00-02:00":             domain.ErrPastMidnight,
		"22:00-00:00":             domain.ErrPastMidnight,
		"24:00-24:00":             domain.ErrPastMidnight,
		"09:00-13:00 13:00-18:00": domain.ErrHoursOrder,
		"09:00-13:00 12:00-18:00": domain.ErrHoursOrder,
		"14:00-18:00 09:00-13:00": domain.ErrHoursOrder,
	}
	for text, want := range tests {
		_, err := domain.ParseDayHours(text)
		require.ErrorIs(t, err, want, "%q", text)
	}
}

// What is written in the usual form is read back as the same.
func TestDayHoursRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var h domain.DayHours
		for at := rapid.IntRange(0, 1440).Draw(t, "first"); at < 1440; {
			to := rapid.IntRange(at+1, 1440).Draw(t, "to")
			h = append(h, domain.Interval{From: domain.TimeOfDay(at), To: domain.TimeOfDay(to)})
			at = to + rapid.IntRange(1, 300).Draw(t, "break")
		}
		got, err := domain.ParseDayHours(h.String())
		require.NoError(t, err)
		require.Equal(t, h, got)
	})
}

// hours are those of a place that is open from Monday to Saturday, and on some
// days otherwise.
func hours(t *testing.T) domain.OpeningHours {
	t.Helper()
	usual := dayHours(t, "09:00-13:00 14:00-18:00")
	return domain.OpeningHours{
		Week: domain.Week{nil, usual, usual, usual, usual, dayHours(t, "09:00-17:00"), dayHours(t, "10:00-14:00")},
		Exceptions: []domain.HoursException{
			{Date: day(t, "2026-03-05")},
			{Date: day(t, "2026-05-09"), Hours: dayHours(t, "10:00-12:00")},
			{Date: day(t, "2026-12-31"), Hours: dayHours(t, "09:00-13:00")},
			{Date: day(t, "2031-01-01"), Hours: dayHours(t, "09:00-13:00")},
		},
	}
}

// M08: hours go by the clocks of the place, with breaks, days of their own and
// public holidays.
func TestOpenAt(t *testing.T) {
	t.Parallel()
	const kaliningrad, smolensk, kamchatka = "Europe/Kaliningrad", "Europe/Moscow", "Asia/Kamchatka"
	tests := []struct {
		at, zone string
		open     bool
		why      string
	}{
		{"2026-03-04T07:00:00Z", kaliningrad, true, "opens at 9:00 at UTC+2"},
		{"2026-03-04T06:59:59Z", kaliningrad, false, "a second before"},
		{"2026-03-04T06:00:00Z", smolensk, true, "an hour earlier at UTC+3"},
		{"2026-03-04T11:00:00Z", kaliningrad, false, "the break begins at 13:00"},
		{"2026-03-04T10:59:59Z", kaliningrad, true, "a second before the break"},
		{"2026-03-04T12:00:00Z", kaliningrad, true, "the break has ended"},
		{"2026-03-04T11:00:00Z", smolensk, true, "the break has ended further east"},
		{"2026-03-04T15:59:59Z", kaliningrad, true, "a second before closing"},
		{"2026-03-04T16:00:00Z", kaliningrad, false, "closed at 18:00"},
		{"2026-03-04T18:00:00+02:00", kaliningrad, false, "the same moment, otherwise written"},
		{"2026-03-03T21:30:00Z", kamchatka, true, "already the next day there"},
		{"2026-03-01T22:00:00Z", kamchatka, true, "Monday there, Sunday in Greenwich"},
		{"2026-03-07T08:00:00Z", kaliningrad, true, "Saturday"},
		{"2026-03-01T08:00:00Z", kaliningrad, false, "Sunday"},
		{"2026-03-05T08:00:00Z", kaliningrad, false, "an exception closes it"},
		{"2026-05-09T08:30:00Z", kaliningrad, true, "an exception opens it on a holiday"},
		{"2026-12-31T08:30:00Z", kaliningrad, true, "an exception on a day off"},
		{"2026-12-31T12:30:00Z", kaliningrad, false, "an exception ends it early"},
		{"2026-06-12T08:00:00Z", kaliningrad, false, "public holiday"},
		{"2026-01-03T09:00:00Z", kaliningrad, false, "public holiday on a Saturday"},
		{"2026-03-09T08:00:00Z", kaliningrad, false, "Monday made a day off for 8 March"},
		{"2026-06-11T21:30:00Z", kamchatka, false, "public holiday there already"},
		{"2025-11-01T08:30:00Z", kaliningrad, true, "a working Saturday is a Saturday"},
		{"2031-01-01T08:30:00Z", kaliningrad, true, "an exception needs no calendar"},
		{"2031-01-05T08:30:00Z", kaliningrad, false, "nor does a day without hours"},
	}
	days, err := calendar.Default()
	require.NoError(t, err)
	for _, test := range tests {
		at, err := time.Parse(time.RFC3339, test.at)
		require.NoError(t, err)
		open, err := hours(t).OpenAt(at, zone(t, test.zone), days)
		require.NoError(t, err, test.why)
		require.Equal(t, test.open, open, "%s: %s", test.at, test.why)
	}
	_, err = hours(t).OpenAt(time.Date(2031, 3, 4, 9, 0, 0, 0, time.UTC), zone(t, smolensk), days)
	require.Equal(t, apperr.CalendarYearUnknown, apperr.CodeOf(err))
}

// A place is open at a moment if and only if its clock then shows a time in one
// of the intervals of that day.
func TestOpenAtFollowsTheDay(t *testing.T) {
	t.Parallel()
	days, err := calendar.Default()
	require.NoError(t, err)
	place, o := zone(t, "Europe/Kaliningrad"), hours(t)
	rapid.Check(t, func(t *rapid.T) {
		at := time.Date(2025, 1, 2, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.Int64Range(0, 2*365*24*3600).Draw(t, "second")) * time.Second)
		local := at.In(place)
		of, err := o.On(ident.DateOf(local), days)
		require.NoError(t, err)
		want := false
		for _, part := range of {
			clock := local.Format("15:04")
			want = want || part.From.String() <= clock && clock < part.To.String()
		}
		open, err := o.OpenAt(at, place, days)
		require.NoError(t, err)
		require.Equal(t, want, open)
	})
}

func TestZones(t *testing.T) {
	t.Parallel()
	var zones domain.Zones
	for _, name := range []string{"", "Local", "UTC", "MSK", "Europe/Smolensk", "../etc/passwd", "/etc/localtime"} {
		_, err := zones.Load(name)
		require.ErrorIs(t, err, domain.ErrZone, name)
	}
	first, err := zones.Load("Europe/Kaliningrad")
	require.NoError(t, err)
	again, err := zones.Load("Europe/Kaliningrad")
	require.NoError(t, err)
	require.Same(t, first, again)
	require.True(t, strings.HasSuffix(first.String(), "Kaliningrad"))
}

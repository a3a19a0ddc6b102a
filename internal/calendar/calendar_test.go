package calendar_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/calendar"
	"example.org/kabinet/internal/ident"
)

func standard(t *testing.T) *calendar.Calendar {
	t.Helper()
	c, err := calendar.Default()
	require.NoError(t, err)
	return c
}

func date(t require.TestingT, text string) ident.Date {
	d, err := ident.ParseDate(text)
	require.NoError(t, err, text)
	return d
}

func TestEveryYearHas247WorkingDays(t *testing.T) {
	t.Parallel()
	c := standard(t)
	for _, year := range []string{"2025", "2026", "2027"} {
		first := date(t, year+"-01-01")
		working := 0
		for d := first; d.Year() == first.Year(); d = d.AddDays(1) {
			is, err := c.IsWorking(d)
			require.NoError(t, err)
			if is {
				working++
			}
		}
		require.Equal(t, 247, working, year)
	}
}

func TestIsWorking(t *testing.T) {
	t.Parallel()
	c := standard(t)
	for text, want := range map[string]bool{
		"2025-01-01": false, "2025-01-08": false, "2025-01-09": true,
		"2025-05-02": false, "2025-05-08": false, "2025-06-13": false, "2025-11-03": false, "2025-12-31": false,
		"2025-11-01": true, "2025-11-02": false, "2025-11-04": false, "2025-12-30": true,
		"2026-01-09": false, "2026-01-12": true, "2026-03-09": false, "2026-05-11": false, "2026-12-31": false,
		"2026-05-08": true, "2026-11-03": true, "2026-02-23": false, "2026-02-24": true,
		"2027-02-20": true, "2027-02-21": false, "2027-02-22": false, "2027-02-23": false,
		"2027-05-03": false, "2027-05-10": false, "2027-06-14": false, "2027-11-05": false, "2027-12-31": false,
		"2027-03-08": false, "2027-12-30": true,
	} {
		got, err := c.IsWorking(date(t, text))
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
}

func TestIsShortened(t *testing.T) {
	t.Parallel()
	c := standard(t)
	want := map[string]bool{}
	for _, text := range []string{
		"2025-03-07", "2025-04-30", "2025-06-11", "2025-11-01",
		"2026-04-30", "2026-05-08", "2026-06-11", "2026-11-03",
		"2027-02-20", "2027-04-30", "2027-06-11", "2027-11-03",
	} {
		want[text] = true
	}
	for d := date(t, "2025-01-01"); d.Year() < 2028; d = d.AddDays(1) {
		got, err := c.IsShortened(d)
		require.NoError(t, err)
		require.Equal(t, want[d.ISO()], got, d.ISO())
		working, err := c.IsWorking(d)
		require.NoError(t, err)
		require.True(t, working || !got, "%s is shortened and off", d.ISO())
	}
}

func TestIsHoliday(t *testing.T) {
	t.Parallel()
	c := standard(t)
	for text, want := range map[string]bool{
		"2025-01-01": true, "2026-01-08": true, "2027-02-23": true, "2025-03-08": true, "2026-05-01": true,
		"2026-05-09": true, "2025-06-12": true, "2027-11-04": true,
		"2026-01-09": false, // a day off, and no public holiday
		"2026-01-10": false, // a Saturday
		"2026-12-31": false,
		"2026-07-15": false,
	} {
		got, err := c.IsHoliday(date(t, text))
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
}

func TestAddWorkingDays(t *testing.T) {
	t.Parallel()
	c := standard(t)
	for _, test := range []struct {
		from string
		days int
		want string
	}{
		// Five working days after the day of an application (M16, M17).
		{"2025-10-31", 5, "2025-11-10"},
		{"2026-04-30", 5, "2026-05-08"},
		{"2026-10-30", 5, "2026-11-09"},
		{"2027-04-30", 5, "2027-05-11"},
		// A working Saturday counts.
		{"2025-10-31", 1, "2025-11-01"},
		{"2027-02-19", 1, "2027-02-20"},
		{"2027-02-20", 1, "2027-02-24"},
		// The day itself never counts, whether it is a working day or not.
		{"2026-07-13", 1, "2026-07-14"},
		{"2026-07-18", 1, "2026-07-20"},
		{"2026-07-19", 1, "2026-07-20"},
		// From one year into the next.
		{"2025-12-30", 1, "2026-01-12"},
		{"2025-12-31", 1, "2026-01-12"},
		{"2026-12-30", 1, "2027-01-11"},
		{"2025-12-29", 3, "2026-01-13"},
		// A whole year, from its first day off to its last working day.
		{"2025-01-01", 247, "2025-12-30"},
	} {
		got, err := c.AddWorkingDays(date(t, test.from), test.days)
		require.NoError(t, err, "%v", test)
		require.Equal(t, test.want, got.ISO(), "%v", test)
	}
}

// The term is the number of working days that lie in it, and ends on one.
func TestATermHasItsWorkingDays(t *testing.T) {
	t.Parallel()
	c := standard(t)
	first := date(t, "2025-01-01")
	rapid.Check(t, func(t *rapid.T) {
		from := first.AddDays(rapid.IntRange(0, 1000).Draw(t, "from"))
		days := rapid.IntRange(1, 40).Draw(t, "days")
		end, err := c.AddWorkingDays(from, days)
		require.NoError(t, err)
		count := 0
		for d := from.AddDays(1); !d.After(end); d = d.AddDays(1) {
			working, err := c.IsWorking(d)
			require.NoError(t, err)
			if working {
				count++
			}
		}
		require.Equal(t, days, count)
		working, err := c.IsWorking(end)
		require.NoError(t, err)
		require.True(t, working)
	})
}

func TestAnUnknownYearIsNamedAndNeverGuessed(t *testing.T) {
	t.Parallel()
	c := standard(t)
	unknown := func(err error, year string) {
		t.Helper()
		var public *apperr.Error
		require.ErrorAs(t, err, &public)
		require.Equal(t, apperr.CalendarYearUnknown, public.Code)
		require.Equal(t, map[string]string{"year": year}, public.Params)
		require.ErrorContains(t, err, "no working calendar for "+year)
	}
	for text, year := range map[string]string{
		"2024-12-31": "2024", "2028-01-01": "2028", "0001-01-01": "1", "9999-12-31": "9999",
	} {
		d := date(t, text)
		for _, question := range []func(ident.Date) (bool, error){c.IsWorking, c.IsShortened, c.IsHoliday} {
			got, err := question(d)
			unknown(err, year)
			require.False(t, got)
		}
		got, err := c.AddWorkingDays(d, 1)
		unknown(err, year)
		require.True(t, got.IsZero())
	}
	_, err := c.IsWorking(ident.Date{})
	unknown(err, "0")
	_, err = c.AddWorkingDays(date(t, "2027-12-30"), 1)
	unknown(err, "2028")
	_, err = c.AddWorkingDays(date(t, "2027-06-01"), 1000)
	unknown(err, "2028")
}

func TestATermHasADayAtLeast(t *testing.T) {
	t.Parallel()
	c := standard(t)
	for _, days := range []int{0, -1} {
		_, err := c.AddWorkingDays(date(t, "2026-07-13"), days)
		require.ErrorContains(t, err, "one working day at least")
	}
}

// The day is that of the person's region: at 22:30 UTC it is the next day in
// Moscow and Kaliningrad, at 21:30 in Moscow alone.
func TestDateIn(t *testing.T) {
	t.Parallel()
	moscow, err := time.LoadLocation("Europe/Moscow")
	require.NoError(t, err)
	kaliningrad, err := time.LoadLocation("Europe/Kaliningrad")
	require.NoError(t, err)
	late := time.Date(2026, time.December, 31, 22, 30, 0, 0, time.UTC)
	require.Equal(t, "2026-12-31", calendar.DateIn(late, time.UTC).ISO())
	require.Equal(t, "2027-01-01", calendar.DateIn(late, moscow).ISO())
	require.Equal(t, "2027-01-01", calendar.DateIn(late, kaliningrad).ISO())
	earlier := late.Add(-time.Hour)
	require.Equal(t, "2027-01-01", calendar.DateIn(earlier, moscow).ISO())
	require.Equal(t, "2026-12-31", calendar.DateIn(earlier, kaliningrad).ISO())
}

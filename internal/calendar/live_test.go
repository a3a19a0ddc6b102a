package calendar_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/calendar"
)

func load(t *testing.T, text string) *calendar.Calendar {
	t.Helper()
	c, err := calendar.Load(strings.NewReader(text))
	require.NoError(t, err)
	return c
}

func TestYears(t *testing.T) {
	t.Parallel()
	years := standard(t).Years()
	require.Len(t, years, 3)
	for i, decree := range []string{"No 1335 of 04.10.2024", "No 1466 of 24.09.2025", "No 1187 of 17.09.2026"} {
		require.Equal(t, 2025+i, years[i].Year)
		require.Contains(t, years[i].Source, decree)
		// What is said of a year alone loads as that year.
		require.Equal(t, years[i:i+1], load(t, years[i].Document).Years())
	}
}

// A year is the same however its file is laid out, and another one with any other
// day or source.
func TestTheDocumentOfAYear(t *testing.T) {
	t.Parallel()
	was := load(t, small).Years()
	other := strings.NewReplacer("\n", " ", `["01-01", "02-29"]`, `["02-29", "01-01"]`,
		`["2028-01-08", "2028-12-29"]`, `["2028-12-29","2028-01-08"]`).Replace(small)
	require.NotEqual(t, small, other)
	require.Equal(t, was, load(t, other).Years())
	for old, text := range map[string]string{
		`, "2028-12-29"]`: `]`, `"a decree"`: `"another decree"`, `"article 112"`: `"article 113"`,
	} {
		require.NotEqual(t, was, load(t, strings.Replace(small, old, text, 1)).Years(), text)
	}
}

// The years of another calendar take the place of the same ones; the others keep
// the public holidays that they came with.
func TestWith(t *testing.T) {
	t.Parallel()
	base := standard(t)
	with := base.With(load(t, small))
	require.Len(t, base.Years(), 3, "the calendar itself never changes")
	require.Equal(t, append(base.Years(), load(t, small).Years()...), with.Years())
	for text, want := range map[string]bool{
		"2027-01-04": false, "2028-01-04": true, "2027-11-04": false, "2028-11-03": true, "2028-02-29": false, "2028-02-28": true,
	} {
		got, err := with.IsWorking(date(t, text))
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	moved := strings.ReplaceAll(with.Years()[2].Document, "decree No 1187", "decree No 1")
	again := with.With(load(t, moved)).Years()
	require.Len(t, again, 4)
	require.Contains(t, again[2].Source, "decree No 1 ")
	end, err := with.AddWorkingDays(date(t, "2027-12-30"), 1)
	require.NoError(t, err)
	require.Equal(t, "2028-01-04", end.ISO())
}

func TestLive(t *testing.T) {
	t.Parallel()
	live := calendar.NewLive(standard(t))
	d := date(t, "2027-12-30")
	_, err := live.AddWorkingDays(d, 1)
	require.ErrorContains(t, err, "2028")
	live.Replace(standard(t).With(load(t, small)))
	end, err := live.AddWorkingDays(d, 1)
	require.NoError(t, err)
	require.Equal(t, "2028-01-04", end.ISO())
	working, err := live.IsWorking(date(t, "2028-01-08"))
	require.NoError(t, err)
	require.True(t, working)
	shortened, err := live.IsShortened(date(t, "2028-01-08"))
	require.NoError(t, err)
	require.True(t, shortened)
	holiday, err := live.IsHoliday(date(t, "2028-02-29"))
	require.NoError(t, err)
	require.True(t, holiday)
}

// Who asks while the calendar is replaced gets the answer of the one or of the
// other.
func TestLiveWhileItIsReplaced(t *testing.T) {
	t.Parallel()
	before, after := standard(t), standard(t).With(load(t, small))
	live := calendar.NewLive(before)
	d, got := date(t, "2027-12-30"), map[string]int{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 500 {
				end, err := live.AddWorkingDays(d, 1)
				mu.Lock()
				got[end.ISO()]++
				mu.Unlock()
				if err != nil {
					live.Replace(after)
				} else {
					live.Replace(before)
				}
			}
		})
	}
	wg.Wait()
	require.Equal(t, 2000, got[""]+got["2028-01-04"])
}

package workingcalendar_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/calendar"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/service/workingcalendar"
)

// next is a file for 2028, as it could be written when the decree is out.
const next = `{
  "public_holidays": {"source": "article 112", "days": [
    "01-01", "01-02", "01-03", "01-04", "01-05", "01-06", "01-07", "01-08", "02-23", "03-08", "05-01", "05-09", "06-12", "11-04"
  ]},
  "years": [{
    "year": 2028, "source": "a decree for 2028", "working_days": 250,
    "days_off": [], "working_weekends": [], "shortened": ["2028-11-03"]
  }]
}`

// shelf is what the service keeps things in.
type shelf struct {
	kept   map[int]domain.CalendarYear
	events []domain.AuditEvent
	fail   error
}

func (s *shelf) InTx(ctx context.Context, fn func(context.Context) error) error { return fn(ctx) }

func (s *shelf) Now() time.Time { return time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC) }

func (s *shelf) All(context.Context) ([]domain.CalendarYear, error) {
	return slices.Collect(maps.Values(s.kept)), s.fail
}

func (s *shelf) Put(_ context.Context, years []domain.CalendarYear) error {
	for _, y := range years {
		s.kept[y.Year] = y
	}
	return s.fail
}

func (s *shelf) Record(_ context.Context, e domain.AuditEvent) error {
	s.events = append(s.events, e)
	return nil
}

func newService(t *testing.T) (*workingcalendar.Service, *shelf) {
	t.Helper()
	builtIn, err := calendar.Default()
	require.NoError(t, err)
	s := &shelf{kept: map[int]domain.CalendarYear{}}
	return workingcalendar.New(workingcalendar.Parts{
		Tx: s, Years: s, Journal: s, Clock: s, BuiltIn: builtIn, Live: calendar.NewLive(builtIn),
	}), s
}

func numbers(known []calendar.Year) []int {
	all := []int{}
	for _, y := range known {
		all = append(all, y.Year)
	}
	return all
}

func TestImport(t *testing.T) {
	t.Parallel()
	s, kept := newService(t)
	out, err := s.Import(t.Context(), strings.NewReader(next))
	require.NoError(t, err)
	require.Equal(t, []int{2028}, out.Changed)
	require.Equal(t, []int{2025, 2026, 2027, 2028}, numbers(out.Known))
	require.Equal(t, "a decree for 2028", out.Known[3].Source)
	require.Len(t, kept.events, 1)
	require.Equal(t, "working_calendar.import", kept.events[0].Action)
	require.Equal(t, "2028", kept.events[0].Reason)
	require.Equal(t, kept.events[0].SubjectID, kept.kept[2028].ImportID)
	require.Equal(t, kept.Now(), kept.events[0].At)

	// The same again changes nothing, in whatever layout.
	for range 2 {
		again, err := s.Import(t.Context(), strings.NewReader(strings.ReplaceAll(next, "\n", "")))
		require.NoError(t, err)
		require.Empty(t, again.Changed)
		require.Equal(t, out.Known, again.Known)
		require.Len(t, kept.events, 1)
	}
}

// A year is replaced, others stay, built-in ones included.
func TestImportReplacesAYear(t *testing.T) {
	t.Parallel()
	s, kept := newService(t)
	_, err := s.Import(t.Context(), strings.NewReader(next))
	require.NoError(t, err)
	third := strings.NewReplacer("2028-11-03", "2029-11-02", "2028", "2029").Replace(next)
	out, err := s.Import(t.Context(), strings.NewReader(third))
	require.NoError(t, err)
	require.Equal(t, []int{2029}, out.Changed)
	corrected := strings.NewReplacer("a decree for 2028", "a corrected decree", `"days_off": []`, `"days_off": ["2028-01-10"]`, "250", "249").Replace(next)
	out, err = s.Import(t.Context(), strings.NewReader(corrected))
	require.NoError(t, err)
	require.Equal(t, []int{2028}, out.Changed)
	require.Equal(t, []int{2025, 2026, 2027, 2028, 2029}, numbers(out.Known))
	require.Equal(t, "a corrected decree", out.Known[3].Source)
	require.NotEqual(t, kept.kept[2028].ImportID, kept.kept[2029].ImportID)
	require.Len(t, kept.events, 3)
}

// What the program brings along is no news.
func TestImportOfTheBuiltInYears(t *testing.T) {
	t.Parallel()
	s, kept := newService(t)
	for _, y := range s.BuiltIn.Years() {
		out, err := s.Import(t.Context(), strings.NewReader(y.Document))
		require.NoError(t, err)
		require.Empty(t, out.Changed)
	}
	require.Empty(t, kept.kept)
	require.Empty(t, kept.events)
}

// Everything that is wrong is told at once, and nothing is imported.
func TestImportOfAWrongFile(t *testing.T) {
	t.Parallel()
	s, kept := newService(t)
	wrong := strings.NewReplacer("2028-11-03", "2028-11-04", "a decree for 2028", "", `"01-02"`, `"01-01"`).Replace(next)
	_, err := s.Import(t.Context(), strings.NewReader(wrong))
	for _, want := range []string{"2028-11-04 is shortened but no working day", "2028 has no source", `"01-01" stands twice`} {
		require.ErrorContains(t, err, want)
	}
	require.Empty(t, kept.kept)
	require.Empty(t, kept.events)
}

// Processes go by what was imported once they look, and keep what they have when
// they cannot.
func TestFollow(t *testing.T) {
	t.Parallel()
	s, kept := newService(t)
	d, err := ident.ParseDate("2027-12-30")
	require.NoError(t, err)
	end := func() string {
		end, err := s.Live.AddWorkingDays(d, 1)
		if err != nil {
			require.Equal(t, apperr.CalendarYearUnknown, apperr.CodeOf(err))
		}
		return end.ISO()
	}
	require.NoError(t, s.Follow(t.Context()))
	require.Empty(t, end())
	_, err = s.Import(t.Context(), strings.NewReader(next))
	require.NoError(t, err)
	require.Empty(t, end(), "nobody has looked yet")
	require.NoError(t, s.Follow(t.Context()))
	require.Equal(t, "2028-01-10", end())

	kept.fail = errors.New("the database is away")
	require.ErrorIs(t, s.Follow(t.Context()), kept.fail)
	_, err = s.Import(t.Context(), strings.NewReader(next))
	require.ErrorIs(t, err, kept.fail)
	kept.fail = nil
	kept.kept[2029] = domain.CalendarYear{Year: 2029, Content: "{}"}
	require.ErrorContains(t, s.Follow(t.Context()), "imported year 2029: ")
	require.Equal(t, "2028-01-10", end())
}

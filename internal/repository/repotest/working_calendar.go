package repotest

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/repository"
)

func calendarTests() map[string]func(*testing.T, *world) {
	return map[string]func(*testing.T, *world){
		"working calendars/years are added and replaced": calendarYears,
		"working calendars/they follow the transaction":  calendarRolledBack,
	}
}

func calendarYears(t *testing.T, w *world) {
	t.Helper()
	calendars := repository.NewWorkingCalendars(w.store)
	all := func() []domain.CalendarYear {
		years, err := calendars.All(t.Context())
		require.NoError(t, err)
		return years
	}
	require.Empty(t, all())
	first, second := domain.NewID(), domain.NewID()
	require.NoError(t, calendars.Put(t.Context(), []domain.CalendarYear{{Year: 2029, Content: `{"год":2029}`, ImportID: first}, {Year: 2028, Content: "{}", ImportID: first}}))
	require.Equal(t, []domain.CalendarYear{{Year: 2028, Content: "{}", ImportID: first}, {Year: 2029, Content: `{"год":2029}`, ImportID: first}}, all())
	require.NoError(t, calendars.Put(t.Context(), []domain.CalendarYear{{Year: 2028, Content: `{"a":1}`, ImportID: second}, {Year: 2030, Content: "{}", ImportID: second}}))
	require.Equal(t, []domain.CalendarYear{{Year: 2028, Content: `{"a":1}`, ImportID: second}, {Year: 2029, Content: `{"год":2029}`, ImportID: first}, {Year: 2030, Content: "{}", ImportID: second}}, all())
}

func calendarRolledBack(t *testing.T, w *world) {
	t.Helper()
	calendars, no := repository.NewWorkingCalendars(w.store), errors.New("no")
	err := w.store.InTx(t.Context(), func(ctx context.Context) error {
		require.NoError(t, calendars.Put(ctx, []domain.CalendarYear{{Year: 2028, Content: "{}", ImportID: domain.NewID()}}))
		return no
	})
	require.ErrorIs(t, err, no)
	years, err := calendars.All(t.Context())
	require.NoError(t, err)
	require.Empty(t, years)
}

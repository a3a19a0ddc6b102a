package repotest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

func limitTests() map[string]func(*testing.T, *world) {
	return map[string]func(*testing.T, *world){
		"limit/counts down":               limitCountsDown,
		"limit/window begins anew":        limitWindow,
		"limit/is one per name and owner": limitApart,
		"limit/at once":                   limitAtOnce,
		"limit/lowered while it runs":     limitLowered,
		"limit/peek counts nothing":       limitPeek,
	}
}

func someLimit() domain.Limit { return domain.Limit{Name: "codes", Max: 5, Window: time.Hour} }

func limitCountsDown(t *testing.T, w *world) {
	t.Helper()
	l := someLimit()
	for i := range l.Max {
		passed := time.Duration(i) * time.Minute
		got, err := w.limits.Take(t.Context(), l, "someone", w.now.Add(passed))
		require.NoError(t, err)
		require.Equal(t, apperr.Quota{
			Name: "codes", Limit: 5, Window: time.Hour, Remaining: 4 - i, Reset: time.Hour - passed,
		}, got)
	}
	later := w.now.Add(30 * time.Minute)
	for range 3 {
		_, err := w.limits.Take(t.Context(), l, "someone", later)
		var failure *apperr.Error
		require.ErrorAs(t, err, &failure)
		require.Equal(t, apperr.RateLimited, failure.Code)
		require.Equal(t, w.now.Add(time.Hour), failure.RetryAt)
		require.Equal(t, &apperr.Quota{Name: "codes", Limit: 5, Window: time.Hour, Reset: 30 * time.Minute}, failure.Quota)
	}
}

func limitWindow(t *testing.T, w *world) {
	t.Helper()
	l := someLimit()
	for range l.Max {
		_, err := w.limits.Take(t.Context(), l, "someone", w.now)
		require.NoError(t, err)
	}
	_, err := w.limits.Take(t.Context(), l, "someone", w.now.Add(l.Window-time.Microsecond))
	requireCode(t, apperr.RateLimited, err)
	got, err := w.limits.Take(t.Context(), l, "someone", w.now.Add(l.Window))
	require.NoError(t, err)
	require.Equal(t, 4, got.Remaining)
	require.Equal(t, l.Window, got.Reset)
}

func limitApart(t *testing.T, w *world) {
	t.Helper()
	l := someLimit()
	l.Max = 1
	other := l
	other.Name = "attempts"
	for _, take := range []struct {
		limit   domain.Limit
		subject string
	}{{l, "someone"}, {l, "somebody"}, {other, "someone"}} {
		_, err := w.limits.Take(t.Context(), take.limit, take.subject, w.now)
		require.NoError(t, err)
		_, err = w.limits.Take(t.Context(), take.limit, take.subject, w.now)
		requireCode(t, apperr.RateLimited, err)
	}
}

func limitAtOnce(t *testing.T, w *world) {
	t.Helper()
	codes := atOnce(50, func(int) error {
		_, err := w.limits.Take(t.Context(), someLimit(), "someone", w.now)
		return err
	})
	require.Equal(t, map[apperr.Code]int{"": 5, apperr.RateLimited: 45}, codes)
}

func limitLowered(t *testing.T, w *world) {
	t.Helper()
	l := someLimit()
	for range 3 {
		_, err := w.limits.Take(t.Context(), l, "someone", w.now)
		require.NoError(t, err)
	}
	l.Max = 2
	got, err := w.limits.Take(t.Context(), l, "someone", w.now)
	requireCode(t, apperr.RateLimited, err)
	require.Zero(t, got.Remaining)
}

func limitPeek(t *testing.T, w *world) {
	t.Helper()
	l := someLimit()
	remaining := func(at time.Time) int {
		q, err := w.limits.Peek(t.Context(), l, "someone", at)
		require.NoError(t, err)
		require.Positive(t, q.Reset)
		return q.Remaining
	}
	require.Equal(t, l.Max, remaining(w.now))
	_, err := w.limits.Take(t.Context(), l, "someone", w.now)
	require.NoError(t, err)
	for range 3 {
		require.Equal(t, l.Max-1, remaining(w.now))
	}
	require.Equal(t, l.Max, remaining(w.now.Add(l.Window)), "a window that is over counts no more")
}

package repotest

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

func throttleTests() map[string]func(*testing.T, *world) {
	return map[string]func(*testing.T, *world){
		"throttle/begins empty and is kept": throttleKept,
		"throttle/is one per pair":          throttlePerPair,
		"throttle/update that fails":        throttleFails,
		"throttle/updates at once":          throttleAtOnce,
	}
}

// throttle reads what is kept for a pair.
func (w *world) throttle(t *testing.T, login, address string) (got domain.Throttle) {
	t.Helper()
	require.NoError(t, w.throttles.Update(t.Context(), login, address, func(v *domain.Throttle) error {
		got = *v
		return nil
	}))
	return got
}

func throttleKept(t *testing.T, w *world) {
	t.Helper()
	require.Equal(t, domain.Throttle{}, w.throttle(t, "a", "b"))
	want := domain.Throttle{Failures: 6, LastAt: w.now, BlockedUntil: w.now.Add(time.Minute)}
	require.NoError(t, w.throttles.Update(t.Context(), "a", "b", func(v *domain.Throttle) error {
		*v = want
		return nil
	}))
	require.Equal(t, want, w.throttle(t, "a", "b"))
	require.NoError(t, w.throttles.Update(t.Context(), "a", "b", func(v *domain.Throttle) error {
		v.Reset()
		return nil
	}))
	require.Equal(t, domain.Throttle{}, w.throttle(t, "a", "b"))
}

func throttlePerPair(t *testing.T, w *world) {
	t.Helper()
	require.NoError(t, w.throttles.Update(t.Context(), "ab", "c", func(v *domain.Throttle) error {
		v.Failures = 1
		return nil
	}))
	require.Zero(t, w.throttle(t, "a", "bc").Failures)
	require.Zero(t, w.throttle(t, "ab", "d").Failures)
	require.Equal(t, 1, w.throttle(t, "ab", "c").Failures)
}

func throttleFails(t *testing.T, w *world) {
	t.Helper()
	wanted := errors.New("no")
	err := w.throttles.Update(t.Context(), "a", "b", func(v *domain.Throttle) error {
		v.Failures = 3
		return wanted
	})
	require.Same(t, wanted, err, "the error comes back as it is")
	require.Zero(t, w.throttle(t, "a", "b").Failures)
}

// throttleAtOnce shows that of tries made at once all are counted, and that no
// more come through than one after the other.
func throttleAtOnce(t *testing.T, w *world) {
	t.Helper()
	policies := domain.DefaultPolicies()
	codes := atOnce(40, func(int) error {
		return w.throttles.Update(t.Context(), "a", "b", func(v *domain.Throttle) error {
			return v.Attempt(w.now, policies)
		})
	})
	var alone domain.Throttle
	free := 0
	for alone.Attempt(w.now, policies) == nil {
		free++
	}
	require.Positive(t, free)
	require.Equal(t, map[apperr.Code]int{"": free, apperr.SignInDelayed: 40 - free}, codes)
	require.Equal(t, free, w.throttle(t, "a", "b").Failures)
}

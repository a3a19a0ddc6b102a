package breaker_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/breaker"
	"example.org/kabinet/internal/testkit"
)

var (
	errDown    = errors.New("down")
	errRefused = errors.New("refused")
)

func newBreaker() (*breaker.Breaker, *testkit.Clock) {
	clock := testkit.NewClock()
	return breaker.New(clock, func(err error) bool { return errors.Is(err, errRefused) }), clock
}

// call makes a call that ends with an error, or with 1.
func call(ctx context.Context, b *breaker.Breaker, err error) error {
	answer, failed := breaker.Do(ctx, b, func() (int, error) { return 1, err })
	if failed == nil && answer != 1 {
		return errors.New("another answer")
	}
	return failed
}

func TestDownIsForHalfAMinuteAfterFiveFailures(t *testing.T) {
	t.Parallel()
	b, clock := newBreaker()
	for range 5 {
		require.False(t, b.Down())
		require.ErrorIs(t, call(t.Context(), b, errDown), errDown)
	}
	require.True(t, b.Down())
	require.ErrorIs(t, call(t.Context(), b, nil), breaker.ErrOpen)
	clock.Advance(30*time.Second - time.Microsecond)
	require.True(t, b.Down())
	clock.Advance(time.Microsecond)
	require.False(t, b.Down())
	require.ErrorIs(t, call(t.Context(), b, errDown), errDown)
	require.True(t, b.Down())
	clock.Advance(30 * time.Second)
	require.NoError(t, call(t.Context(), b, nil))
	require.False(t, b.Down())
}

func TestDownWhileASingleCallTries(t *testing.T) {
	t.Parallel()
	b, clock := newBreaker()
	for range 5 {
		require.ErrorIs(t, call(t.Context(), b, errDown), errDown)
	}
	clock.Advance(30 * time.Second)
	_, err := breaker.Do(t.Context(), b, func() (int, error) {
		require.True(t, b.Down())
		require.ErrorIs(t, call(t.Context(), b, nil), breaker.ErrOpen)
		return 1, nil
	})
	require.NoError(t, err)
	require.False(t, b.Down())
}

func TestAnswersAndCallersThatGoAreNoFailures(t *testing.T) {
	t.Parallel()
	b, _ := newBreaker()
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for range 10 {
		require.ErrorIs(t, call(t.Context(), b, errRefused), errRefused)
		require.ErrorIs(t, call(gone, b, context.Canceled), context.Canceled)
	}
	require.False(t, b.Down())
}

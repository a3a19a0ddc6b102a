package repotest

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/repository"
)

func sandboxClockTests() map[string]func(*testing.T, *world) {
	return map[string]func(*testing.T, *world){
		"SandboxClockMoves":  testSandboxClockMoves,
		"SandboxClockAtOnce": testSandboxClockAtOnce,
	}
}

func testSandboxClockMoves(t *testing.T, w *world) {
	t.Helper()
	const most = 10 * time.Hour
	clocks := repository.NewSandboxClocks(w.store)
	advanced := func() time.Duration {
		by, err := clocks.AdvancedBy(t.Context())
		require.NoError(t, err)
		return by
	}
	require.Zero(t, advanced())
	_, err := clocks.Advance(t.Context(), most+time.Microsecond, most)
	requireCode(t, apperr.DurationInvalid, err)
	require.Zero(t, advanced())
	for _, step := range []struct{ by, all time.Duration }{
		{time.Microsecond, time.Microsecond}, {time.Hour, time.Hour + time.Microsecond}, {most - time.Hour - time.Microsecond, most},
	} {
		all, err := clocks.Advance(t.Context(), step.by, most)
		require.NoError(t, err)
		require.Equal(t, step.all, all)
		require.Equal(t, step.all, advanced())
	}
	_, err = clocks.Advance(t.Context(), time.Microsecond, most)
	requireCode(t, apperr.DurationInvalid, err)
	require.Equal(t, most, advanced())
}

// Moves at the same moment add up, and never beyond the bound.
func testSandboxClockAtOnce(t *testing.T, w *world) {
	t.Helper()
	const moves, room = 20, 15
	clocks := repository.NewSandboxClocks(w.store)
	var wg sync.WaitGroup
	reached, failed := make([]time.Duration, moves), make([]error, moves)
	for i := range moves {
		wg.Go(func() { reached[i], failed[i] = clocks.Advance(t.Context(), time.Minute, room*time.Minute) })
	}
	wg.Wait()
	seen := map[time.Duration]bool{}
	for i, err := range failed {
		if err == nil {
			require.False(t, seen[reached[i]], "two moves reached the same")
			seen[reached[i]] = true
			continue
		}
		require.ErrorIs(t, err, apperr.New(apperr.DurationInvalid))
	}
	require.Len(t, seen, room)
	by, err := clocks.AdvancedBy(t.Context())
	require.NoError(t, err)
	require.Equal(t, room*time.Minute, by)
}

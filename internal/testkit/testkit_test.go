package testkit_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/repository"
	"example.org/kabinet/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

var _ clock.Clock = (*testkit.Clock)(nil)

func TestClock(t *testing.T) {
	t.Parallel()
	c := testkit.NewClock()
	start := c.Now()
	require.Equal(t, start, c.Now(), "it stands still")
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() { c.Advance(time.Second) })
	}
	wg.Wait()
	require.Equal(t, start.Add(50*time.Second), c.Now())
	c.Set(time.Date(2027, 1, 2, 3, 4, 5, 6789, time.FixedZone("", 3600)))
	require.Equal(t, time.Date(2027, 1, 2, 2, 4, 5, 6000, time.UTC), c.Now())
}

// Every test has a database of its own, with all tables.
func TestDatabasesAreApart(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		for range 2 {
			at := testkit.DatabaseURL(t, e)
			audit := repository.NewAudit(testkit.Open(t, at))
			event := domain.AuditEvent{ID: domain.NewID(), Action: "found.in.dump", At: testkit.NewClock().Now()}
			require.NoError(t, audit.Record(t.Context(), event))
			require.Contains(t, string(testkit.Dump(t, e, at)), "found.in.dump")
			require.NotContains(t, string(testkit.Dump(t, e, testkit.DatabaseURL(t, e))), "found.in.dump")
		}
	})
}

func TestEmptyDatabase(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s := testkit.Open(t, testkit.EmptyURL(t, e))
		_, err := repository.NewRegistrations(s).Get(t.Context(), domain.NewID())
		require.Error(t, err)
		require.NoError(t, s.Migrate(t.Context()))
		require.NoError(t, s.Ping(t.Context()))
	})
}

// The keys are the same for all stores of a test.
func TestKeysetIsShared(t *testing.T) {
	t.Parallel()
	once := testkit.Keyset(t)
	require.Same(t, once, testkit.Keyset(t))
}

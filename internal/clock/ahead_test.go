package clock_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/clock"
)

// noon is a clock that stands still.
type noon struct{}

func (noon) Now() time.Time { return time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC) }

func TestAhead(t *testing.T) {
	t.Parallel()
	c := clock.NewAhead(noon{})
	require.Equal(t, noon{}.Now(), c.Now())
	require.Zero(t, c.By())
	c.Reach(time.Hour)
	require.Equal(t, noon{}.Now().Add(time.Hour), c.Now())
	c.Reach(time.Minute)
	c.Reach(-time.Minute)
	require.Equal(t, time.Hour, c.By(), "time does not run back")
}

// Of all who move it at once, the furthest counts, and nobody ever sees it go
// back.
func TestAheadAtOnce(t *testing.T) {
	t.Parallel()
	const moves = 200
	c := clock.NewAhead(noon{})
	var wg sync.WaitGroup
	for n := range moves {
		wg.Go(func() { c.Reach(time.Duration(n) * time.Second) })
		wg.Go(func() {
			before := c.Now()
			require.False(t, c.Now().Before(before))
		})
	}
	wg.Wait()
	require.Equal(t, (moves-1)*time.Second, c.By())
}

package housekeeping_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/service/housekeeping"
)

// attic is a database with leftovers of each kind, all of them old enough.
type attic struct {
	left  map[domain.Leftover]int
	asked map[domain.Leftover]time.Time
	fails map[domain.Leftover]error
	most  int
}

func (a *attic) Destroy(_ context.Context, kind domain.Leftover, at time.Time, most int) (map[string]int, error) {
	a.asked[kind], a.most = at, most
	if err := a.fails[kind]; err != nil {
		return nil, err
	}
	gone := min(a.left[kind], most)
	a.left[kind] -= gone
	return map[string]int{string(kind): gone, "parts": gone}, nil
}

type moment struct{ time.Time }

func (m moment) Now() time.Time { return m.Time }

func noon() moment { return moment{time.Date(2026, time.March, 4, 12, 0, 0, 0, time.UTC)} }

func (a *attic) tidy(t *testing.T) (domain.Tidied, error) {
	t.Helper()
	a.asked = map[domain.Leftover]time.Time{}
	ahead := moment{noon().Add(1000 * time.Hour)}
	return housekeeping.New(housekeeping.Parts{Leftovers: a, Clock: ahead, Machine: noon()}).Tidy(t.Context())
}

// Each kind is kept for its time, by the clock that it was kept by: personal data
// less than the thirty days that the law leaves.
func TestKeptFor(t *testing.T) {
	t.Parallel()
	a := &attic{left: map[domain.Leftover]int{}}
	done, err := a.tidy(t)
	require.NoError(t, err)
	require.False(t, done.More)
	const day = 24 * time.Hour
	ahead := noon().Add(1000 * time.Hour)
	require.Equal(t, map[domain.Leftover]time.Time{
		domain.LeftoverRegistrations: ahead.Add(-29 * day),
		domain.LeftoverApplications:  ahead.Add(-29 * day),
		domain.LeftoverChallenges:    ahead.Add(-29 * day),
		domain.LeftoverSessions:      ahead.Add(-29 * day),
		domain.LeftoverMessages:      ahead.Add(-90 * day),
		domain.LeftoverAttempts:      ahead.Add(-90 * day),
		domain.LeftoverThrottles:     ahead.Add(-25 * time.Hour),
		domain.LeftoverLimits:        ahead.Add(-time.Hour),
		domain.LeftoverAnswers:       noon().Add(-time.Hour),
	}, a.asked)
	for _, kind := range domain.Leftovers() {
		require.Contains(t, done.Rows, string(kind), "nothing is told, too")
	}
}

// One go ends after so many batches, and says that there is more.
func TestGoesOnLater(t *testing.T) {
	t.Parallel()
	a := &attic{left: map[domain.Leftover]int{domain.LeftoverSessions: 12_345, domain.LeftoverAnswers: 501}}
	done, err := a.tidy(t)
	require.NoError(t, err)
	require.True(t, done.More)
	require.Equal(t, 500, a.most)
	require.Equal(t, 10_000, done.Rows["sessions"])
	require.Equal(t, 501, done.Rows["answers"])
	require.Equal(t, 10_501, done.Rows["parts"])
	done, err = a.tidy(t)
	require.NoError(t, err)
	require.False(t, done.More)
	require.Equal(t, 2_345, done.Rows["sessions"])
	require.Zero(t, done.Rows["answers"])
}

// What fails for one kind is done for the others.
func TestOneKindFails(t *testing.T) {
	t.Parallel()
	down := errors.New("no database")
	a := &attic{left: map[domain.Leftover]int{}, fails: map[domain.Leftover]error{domain.LeftoverRegistrations: down}}
	for _, kind := range domain.Leftovers() {
		a.left[kind] = 3
	}
	done, err := a.tidy(t)
	require.ErrorIs(t, err, down)
	require.NotContains(t, done.Rows, "registrations")
	require.Equal(t, 3, done.Rows["messages"])
	require.Equal(t, 3*(len(domain.Leftovers())-1), done.Rows["parts"])
}

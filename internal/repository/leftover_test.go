package repository_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/repository"
	"example.org/kabinet/internal/testkit"
)

// Leftovers that somebody works on are left for the next time, and the others are
// not waited for. SQLite has one lock for all.
func TestLockedLeftoversAreLeft(t *testing.T) {
	t.Parallel()
	s := testkit.Open(t, testkit.DatabaseURL(t, testkit.PostgreSQL))
	leftovers, registrations := repository.NewLeftovers(s), repository.NewRegistrations(s)
	held, other := canary().registration(t), canary().registration(t)
	require.NoError(t, registrations.Create(t.Context(), held))
	require.NoError(t, registrations.Create(t.Context(), other))
	destroy := func() int {
		gone, err := leftovers.Destroy(t.Context(), domain.LeftoverRegistrations, held.ExpiresAt, 1)
		require.NoError(t, err)
		return gone["registrations"]
	}
	require.NoError(t, s.InTx(t.Context(), func(ctx context.Context) error {
		_, err := registrations.Update(ctx, held.ID, func(*domain.Registration) error { return nil })
		require.Equal(t, []int{1, 0}, []int{destroy(), destroy()})
		return err
	}))
	_, err := registrations.Get(t.Context(), held.ID)
	require.NoError(t, err)
	require.Equal(t, 1, destroy())
	_, err = registrations.Get(t.Context(), held.ID)
	require.Equal(t, apperr.NotFound, apperr.CodeOf(err))
}

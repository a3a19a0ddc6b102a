package repotest

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/repository"
)

func claimTests() map[string]func(*testing.T, *world) {
	return map[string]func(*testing.T, *world){
		"claim/one SNILS, one account": claimOnce,
		"claim/race":                   claimRace,
		"claim/released":               claimReleased,
		"claim/rolled back":            claimRolledBack,
		"claim/others":                 claimOthers,
	}
}

func (w *world) claims() *repository.Claims { return repository.NewClaims(w.store) }

func snilsOf(t *testing.T, text string) ident.SNILS {
	t.Helper()
	return parsed(t, ident.ParseSNILS, text)
}

func claimOnce(t *testing.T, w *world) {
	t.Helper()
	claims, number, other := w.claims(), snilsOf(t, "112-233-445 95"), snilsOf(t, "110-725-115 99")
	first, second := w.person(t).ID, w.person(t).ID
	holder, err := claims.Holder(t.Context(), number)
	require.NoError(t, err)
	require.Equal(t, uuid.Nil, holder)
	for _, account := range []uuid.UUID{first, first, second} {
		holder, err = claims.Claim(t.Context(), number, account, w.now)
		require.NoError(t, err)
		require.Equal(t, first, holder)
	}
	holder, err = claims.Holder(t.Context(), number)
	require.NoError(t, err)
	require.Equal(t, first, holder)
	_, err = claims.Claim(t.Context(), other, first, w.now)
	require.Error(t, err, "an account has one SNILS")
	holder, err = claims.Claim(t.Context(), other, second, w.now)
	require.NoError(t, err)
	require.Equal(t, second, holder)
}

// Of two accounts that race for one SNILS one wins, and the transaction of the
// other goes on. // M12
func claimRace(t *testing.T, w *world) {
	t.Helper()
	claims, number := w.claims(), snilsOf(t, "112-233-445 95")
	const rivals = 12
	accounts := make([]uuid.UUID, rivals)
	for i := range accounts {
		accounts[i] = w.person(t).ID
	}
	holders, failed := make([]uuid.UUID, rivals), make([]error, rivals)
	var all sync.WaitGroup
	for i, account := range accounts {
		all.Go(func() {
			failed[i] = w.store.InTx(t.Context(), func(ctx context.Context) (err error) {
				if holders[i], err = claims.Claim(ctx, number, account, w.now); err != nil {
					return err
				}
				// The work of a loser is not lost.
				_, err = w.accounts.Update(ctx, account, (*domain.Account).PassChecks)
				return err
			})
		})
	}
	all.Wait()
	require.NoError(t, errors.Join(failed...))
	for i, account := range accounts {
		require.Equal(t, holders[0], holders[i])
		got, err := w.accounts.Get(t.Context(), account)
		require.NoError(t, err)
		require.Equal(t, domain.LevelStandard, got.Level)
	}
	require.Contains(t, accounts, holders[0])
}

func claimReleased(t *testing.T, w *world) {
	t.Helper()
	claims, number := w.claims(), snilsOf(t, "112-233-445 95")
	first, second := w.person(t).ID, w.person(t).ID
	_, err := claims.Claim(t.Context(), number, first, w.now)
	require.NoError(t, err)
	require.NoError(t, claims.Release(t.Context(), second), "nothing to give up")
	require.NoError(t, claims.Release(t.Context(), first))
	holder, err := claims.Claim(t.Context(), number, second, w.now)
	require.NoError(t, err)
	require.Equal(t, second, holder)
}

func claimRolledBack(t *testing.T, w *world) {
	t.Helper()
	claims, number, wanted := w.claims(), snilsOf(t, "112-233-445 95"), errors.New("no")
	account := w.person(t).ID
	require.Same(t, wanted, w.store.InTx(t.Context(), func(ctx context.Context) error {
		_, err := claims.Claim(ctx, number, account, w.now)
		require.NoError(t, err)
		return wanted
	}))
	holder, err := claims.Holder(t.Context(), number)
	require.NoError(t, err)
	require.Equal(t, uuid.Nil, holder)
}

func claimOthers(t *testing.T, w *world) {
	t.Helper()
	claims, number := w.claims(), snilsOf(t, "112-233-445 95") // that of Papers
	told := map[uuid.UUID]bool{}
	for range 3 {
		account := w.person(t).ID
		require.NoError(t, w.personalData.Put(t.Context(), Papers(t, account, w.verification(t, account).ID, w.now)))
		told[account] = true
	}
	for account := range told {
		others, err := claims.Others(t.Context(), number, account)
		require.NoError(t, err)
		require.Len(t, others, 2)
		for _, other := range others {
			require.NotEqual(t, account, other)
			require.True(t, told[other])
		}
	}
	others, err := claims.Others(t.Context(), snilsOf(t, "110-725-115 99"), uuid.Nil)
	require.NoError(t, err)
	require.Empty(t, others)
}

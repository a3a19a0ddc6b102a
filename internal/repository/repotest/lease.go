package repotest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

func leaseTests() map[string]func(*testing.T, *world) {
	return map[string]func(*testing.T, *world){
		"lease/answer is kept with the work":      leaseKept,
		"lease/without one nothing is kept":       leaseNone,
		"lease/answer goes with work rolled back": leaseRolledBack,
		"lease/lost one rolls the work back":      leaseLost,
		"lease/outcome that has no answer":        leaseNoAnswer,
	}
}

// leased is a context with the lease on a request.
func (w *world) leased(t *testing.T, q domain.AnswerRequest) (context.Context, *domain.Lease) {
	t.Helper()
	lease := w.begin(t, q)
	lease.Encode = func(outcome any) (domain.Answer, error) {
		body, ok := outcome.(string)
		if !ok {
			return domain.Answer{}, errors.New("no such outcome")
		}
		return domain.Answer{Status: 200, Body: []byte(body)}, nil
	}
	return domain.WithLease(t.Context(), lease), lease
}

// complete is some work that keeps its answer.
func (w *world) complete(ctx context.Context, r domain.Registration, outcome any) error {
	return w.store.InTx(ctx, func(ctx context.Context) error {
		if err := w.registrations.Create(ctx, r); err != nil {
			return err
		}
		return w.answers.Keep(ctx, outcome)
	})
}

func leaseKept(t *testing.T, w *world) {
	t.Helper()
	q, r := w.request("key"), w.registration(t, w.contact(t))
	ctx, lease := w.leased(t, q)
	require.NoError(t, w.complete(ctx, r, "done"))
	require.True(t, lease.Kept)
	_, err := w.registrations.Get(t.Context(), r.ID)
	require.NoError(t, err)
	require.Equal(t, &domain.Answer{Status: 200, Body: []byte("done")}, w.known(t, later(q, time.Minute)).Answer)
}

func leaseNone(t *testing.T, w *world) {
	t.Helper()
	r := w.registration(t, w.contact(t))
	require.NoError(t, w.complete(t.Context(), r, "done"))
	_, err := w.registrations.Get(t.Context(), r.ID)
	require.NoError(t, err)
}

func leaseRolledBack(t *testing.T, w *world) {
	t.Helper()
	q := w.request("key")
	ctx, lease := w.leased(t, q)
	err := w.store.InTx(ctx, func(ctx context.Context) error {
		require.NoError(t, w.answers.Keep(ctx, "done"))
		require.False(t, lease.Kept, "nothing is committed yet")
		return errors.New("no")
	})
	require.Error(t, err)
	require.False(t, lease.Kept)
	require.Nil(t, w.known(t, later(q, 0)).Answer)
	require.NoError(t, w.complete(ctx, w.registration(t, w.contact(t)), "done"), "the lease still holds")
}

// leaseLost is a request whose owner was given up for dead and comes back: what
// it does must not be done twice.
func leaseLost(t *testing.T, w *world) {
	t.Helper()
	q, r := w.request("key"), w.registration(t, w.contact(t))
	ctx, lease := w.leased(t, q)
	again := later(q, time.Minute)
	w.begin(t, again)
	requireCode(t, apperr.IdempotencyKeyInUse, w.complete(ctx, r, "done"))
	require.False(t, lease.Kept)
	_, err := w.registrations.Get(t.Context(), r.ID)
	requireCode(t, apperr.NotFound, err)
	require.Nil(t, w.known(t, later(again, 0)).Answer)
}

func leaseNoAnswer(t *testing.T, w *world) {
	t.Helper()
	r := w.registration(t, w.contact(t))
	ctx, _ := w.leased(t, w.request("key"))
	require.EqualError(t, w.complete(ctx, r, 42), "no such outcome")
	_, err := w.registrations.Get(t.Context(), r.ID)
	requireCode(t, apperr.NotFound, err)
}

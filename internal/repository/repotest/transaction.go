package repotest

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

func transactionTests() map[string]func(*testing.T, *world) {
	return map[string]func(*testing.T, *world){
		"transaction/error rolls all back":   errorRollsBack,
		"transaction/panic rolls all back":   panicRollsBack,
		"transaction/nested joins the outer": nestedJoins,
		"transaction/ended context passes":   endedContext,
	}
}

func errorRollsBack(t *testing.T, w *world) {
	t.Helper()
	r, m, wanted := w.registration(t, w.contact(t)), w.message(t, domain.MessageRegistrationCode), errors.New("no")
	err := w.store.InTx(t.Context(), func(ctx context.Context) error {
		require.NoError(t, w.registrations.Create(ctx, r))
		require.NoError(t, w.messages.Enqueue(ctx, m))
		_, err := w.registrations.Get(ctx, r.ID)
		require.NoError(t, err, "a transaction sees what it did")
		return wanted
	})
	require.Same(t, wanted, err, "the error comes back as it is")
	_, err = w.registrations.Get(t.Context(), r.ID)
	requireCode(t, apperr.NotFound, err)
	_, err = w.messages.Get(t.Context(), m.ID)
	requireCode(t, apperr.NotFound, err)
}

func panicRollsBack(t *testing.T, w *world) {
	t.Helper()
	r := w.registration(t, w.contact(t))
	require.Panics(t, func() {
		_ = w.store.InTx(t.Context(), func(ctx context.Context) error {
			require.NoError(t, w.registrations.Create(ctx, r))
			panic("on purpose")
		})
	})
	_, err := w.registrations.Get(t.Context(), r.ID)
	requireCode(t, apperr.NotFound, err)
}

func nestedJoins(t *testing.T, w *world) {
	t.Helper()
	r := w.registration(t, w.contact(t))
	err := w.store.InTx(t.Context(), func(ctx context.Context) error {
		err := w.store.InTx(ctx, func(ctx context.Context) error { return w.registrations.Create(ctx, r) })
		require.NoError(t, err)
		return errors.New("no")
	})
	require.Error(t, err)
	_, err = w.registrations.Get(t.Context(), r.ID)
	requireCode(t, apperr.NotFound, err)
}

func endedContext(t *testing.T, w *world) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := w.registrations.Get(ctx, domain.NewID())
	require.ErrorIs(t, err, context.Canceled)
	err = w.store.InTx(ctx, func(context.Context) error { return nil })
	require.ErrorIs(t, err, context.Canceled)
	require.NoError(t, w.store.Ping(t.Context()))
}

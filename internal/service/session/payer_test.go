package session_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// payers has the one payer of a world; their login is the account's.
type payers struct{ *world }

func (p payers) FindByNumber(_ context.Context, n domain.PayerNumber) (domain.PayerAccount, error) {
	a, found := p.accounts[n.Digits()]
	if !found {
		return domain.PayerAccount{}, apperr.New(apperr.NotFound)
	}
	return *a.Payer, nil
}

func (p payers) Update(
	ctx context.Context, account uuid.UUID, fn func(*domain.PayerAccount) error,
) (domain.PayerAccount, error) {
	a, err := p.Get(ctx, account)
	if err != nil {
		return domain.PayerAccount{}, err
	}
	changed := *a.Payer
	if err := fn(&changed); err != nil {
		return changed, err
	}
	a.Payer = &changed
	p.accounts[changed.Number.Digits()] = a
	return changed, nil
}

// Current implements [session.Terms].
func (w *world) Current(document string) (domain.Terms, error) {
	return domain.Terms{Document: document, Version: "2026-01-01"}, nil
}

// The password of a card is hashed anew as it stands on the card, however it was
// typed: the change that follows compares it again.
func TestStaleHashOfCardIsReplaced(t *testing.T) {
	t.Parallel()
	const printed = "0123456789ABCDEF"
	number, err := ident.ParsePFRRegNumber("087-214-000001")
	require.NoError(t, err)
	w := newWorld(t)
	w.stale = true
	id := domain.NewID()
	w.accounts[number.Digits()] = domain.Account{
		ID: id, Type: domain.AccountPayer, Status: domain.AccountActive,
		Payer: &domain.PayerAccount{AccountID: id, Number: number, Credential: domain.PayerCredential{
			Status: domain.CredentialInitial, OneTime: true, ExpiresAt: noon().Add(time.Hour),
		}},
	}
	w.hashes[id] = "hash of " + printed
	in := signIn("087-214-000001", "o123-4567-89ab-cdef")
	in.AccountType = domain.AccountPayer
	out, err := w.service().SignIn(t.Context(), in)
	require.NoError(t, err)
	require.Equal(t, "new hash of "+printed, w.hashes[id])
	require.Equal(t, domain.ScopePasswordChange, out.Session.Scope)
	require.Equal(t, domain.CredentialMustChange, out.Account.Payer.Credential.Status)
}

package repotest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/repository"
)

func payerAccountTests() map[string]func(*testing.T, *world) {
	return map[string]func(*testing.T, *world){
		"payer account/comes back as it was":      payerAccountComesBack,
		"payer account/found by either number":    payerAccountFound,
		"payer account/one of a payer":            payerAccountOnce,
		"payer account/one of a payer at once":    payerAccountAtOnce,
		"payer account/changes":                   payerAccountChanges,
		"payer account/unified number goes over":  payerAccountRelease,
		"payer account/is an account":             payerAccountIsAccount,
		"payer account/passwords remembered":      payerPasswords,
		"payer account/passwords forgotten":       payerPasswordsForgotten,
		"payer account/passwords to be warned of": payerAccountsToWarn,
		"payer account/passwords that are over":   payerAccountsToLapse,
		"payer account/payers who are no more":    payerAccountsLiquidated,
	}
}

func (w *world) payerAccounts() *repository.PayerAccounts {
	return repository.NewPayerAccounts(w.store)
}

// payerAccount is a stored account of a payer.
func (w *world) payerAccount(t *testing.T, p domain.Payer) domain.PayerAccount {
	t.Helper()
	a, account := domain.NewPayerAccount(p, domain.LocaleEnglish, w.now)
	got, err := w.payerAccounts().Ensure(t.Context(), a, account)
	require.NoError(t, err)
	require.Equal(t, account, got)
	return got
}

// withCredential is a stored account of a payer whose password is in a state.
func (w *world) withCredential(t *testing.T, i int, c domain.PayerCredential) uuid.UUID {
	t.Helper()
	id := w.payerAccount(t, Payer(t, payerNumber(i))).AccountID
	_, err := w.payerAccounts().Update(t.Context(), id, func(p *domain.PayerAccount) error {
		p.Credential = c
		return nil
	})
	require.NoError(t, err)
	return id
}

func payerAccountComesBack(t *testing.T, w *world) {
	t.Helper()
	for i, p := range []domain.Payer{Payer(t, payerNumber(1)), trader(t, payerNumber(2)), trader(t, payerNumber(3))} {
		want := w.payerAccount(t, p)
		got, err := w.payerAccounts().Get(t.Context(), want.AccountID)
		require.NoError(t, err)
		require.Equal(t, want, got, i)
	}
	_, err := w.payerAccounts().Get(t.Context(), domain.NewID())
	requireCode(t, apperr.NotFound, err)
}

func payerAccountFound(t *testing.T, w *world) {
	t.Helper()
	want := w.payerAccount(t, Payer(t, payerNumber(1)))
	w.payerAccount(t, trader(t, payerNumber(2)))
	for _, n := range []domain.PayerNumber{{PFR: want.Number}, {Unified: want.Unified}} {
		got, err := w.payerAccounts().FindByNumber(t.Context(), n)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for _, text := range []string{payerNumber(3), payerNumber(2)[2:]} {
		_, err := w.payerAccounts().FindByNumber(t.Context(), parsed(t, domain.ParsePayerNumber, text))
		requireCode(t, apperr.NotFound, err)
	}
}

// payerAccountOnce finds the account that there is, whatever the register says of
// the payer by now.
func payerAccountOnce(t *testing.T, w *world) {
	t.Helper()
	p := Payer(t, payerNumber(1))
	want := w.payerAccount(t, p)
	p.Name = "ООО «Образец»"
	a, again := domain.NewPayerAccount(p, domain.LocaleRussian, w.now.Add(time.Hour))
	got, err := w.payerAccounts().Ensure(t.Context(), a, again)
	require.NoError(t, err)
	require.Equal(t, want, got)
	_, err = w.accounts.Get(t.Context(), a.ID)
	requireCode(t, apperr.NotFound, err)
}

func payerAccountAtOnce(t *testing.T, w *world) {
	t.Helper()
	const many = 20
	p := Payer(t, payerNumber(1))
	var mu sync.Mutex
	found, made := map[uuid.UUID]int{}, []uuid.UUID{}
	codes := atOnce(many, func(int) error {
		a, account := domain.NewPayerAccount(p, domain.LocaleRussian, w.now)
		got, err := w.payerAccounts().Ensure(t.Context(), a, account)
		mu.Lock()
		defer mu.Unlock()
		found[got.AccountID]++
		made = append(made, a.ID)
		return err
	})
	require.Equal(t, map[apperr.Code]int{"": many}, codes)
	require.Len(t, found, 1, "all get the same")
	left := 0
	for _, id := range made {
		if _, err := w.accounts.Get(t.Context(), id); err == nil {
			left++
			require.Equal(t, many, found[id])
		}
	}
	require.Equal(t, 1, left, "and the accounts of the others are gone")
}

func payerAccountChanges(t *testing.T, w *world) {
	t.Helper()
	want := w.payerAccount(t, Payer(t, payerNumber(1)))
	change := func(p *domain.PayerAccount) error {
		p.Name, p.Email, p.TermsVersion = "ООО «Образец»", contactOf(t, "other@example.org"), "2026-11-01"
		p.Unified, p.ConnectedAt = ident.UnifiedRegNumber{}, w.now.Add(time.Second)
		p.Credential = domain.PayerCredential{Status: domain.CredentialInitial, OneTime: true, ExpiresAt: w.now.Add(time.Hour), Warnings: 2}
		return nil
	}
	require.NoError(t, change(&want))
	got, err := w.payerAccounts().Update(t.Context(), want.AccountID, change)
	require.NoError(t, err)
	require.Equal(t, want, got)
	_, err = w.payerAccounts().Update(t.Context(), want.AccountID, func(p *domain.PayerAccount) error {
		p.Name = "ООО «Пример»"
		return apperr.New(apperr.InvalidTransition)
	})
	requireCode(t, apperr.InvalidTransition, err)
	got, err = w.payerAccounts().Get(t.Context(), want.AccountID)
	require.NoError(t, err)
	require.Equal(t, want, got)
	_, err = w.payerAccounts().Update(t.Context(), domain.NewID(), change)
	requireCode(t, apperr.NotFound, err)
	for i, status := range domain.PayerCredentialStatuses() {
		id := w.withCredential(t, 10+i, domain.PayerCredential{Status: status})
		got, err := w.payerAccounts().Get(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, status, got.Credential.Status)
	}
}

// payerAccountIsAccount reads a payer as one reads all accounts: it is written to
// by the address on record.
func payerAccountIsAccount(t *testing.T, w *world) {
	t.Helper()
	p := w.payerAccount(t, Payer(t, payerNumber(1)))
	a, err := w.accounts.Get(t.Context(), p.AccountID)
	require.NoError(t, err)
	require.Equal(t, &p, a.Payer)
	require.Equal(t, domain.AccountPayer, a.Type)
	require.Equal(t, p.OnRecord, a.Contacts[0].Value)
	proven, err := w.payerAccounts().Update(t.Context(), p.AccountID, func(p *domain.PayerAccount) error {
		p.Email, p.EmailProvenAt = contactOf(t, "other@example.org"), w.now
		return nil
	})
	require.NoError(t, err)
	a, err = w.accounts.Get(t.Context(), p.AccountID)
	require.NoError(t, err)
	require.Equal(t, &proven, a.Payer)
	require.Equal(t, []domain.Contact{
		{ID: p.AccountID, Value: proven.Email, ConfirmedAt: w.now}, {ID: p.AccountID, Value: p.OnRecord, ConfirmedAt: a.CreatedAt},
	}, a.Contacts)
	silent := w.payerAccount(t, trader(t, payerNumber(2)))
	a, err = w.accounts.Get(t.Context(), silent.AccountID)
	require.NoError(t, err)
	require.Empty(t, a.Contacts)
}

func (w *world) remembered(t *testing.T, account uuid.UUID, most int) []string {
	t.Helper()
	hashes, err := w.payerAccounts().Remembered(t.Context(), account, most)
	require.NoError(t, err)
	return hashes
}

// payerPasswords keeps the newest of one payer, and leaves those of another one
// alone.
func payerPasswords(t *testing.T, w *world) {
	t.Helper()
	mine, other := w.payerAccount(t, Payer(t, payerNumber(1))), w.payerAccount(t, Payer(t, payerNumber(2)))
	require.Empty(t, w.remembered(t, mine.AccountID, 5))
	remember := func(p domain.PayerAccount, i int) {
		old := domain.Credential{AccountID: p.AccountID, Hash: fmt.Sprintf("$argon2id$%d", i)}
		require.NoError(t, w.payerAccounts().Remember(t.Context(), old, w.now.Add(time.Duration(i)*time.Second), 4))
	}
	remember(other, 0)
	for i := range 6 {
		remember(mine, i)
	}
	require.Equal(t, []string{"$argon2id$5", "$argon2id$4", "$argon2id$3", "$argon2id$2"}, w.remembered(t, mine.AccountID, 10))
	require.Equal(t, []string{"$argon2id$5"}, w.remembered(t, mine.AccountID, 1))
	require.Equal(t, []string{"$argon2id$0"}, w.remembered(t, other.AccountID, 10))
}

// payerPasswordsForgotten destroys all that a payer has and had.
func payerPasswordsForgotten(t *testing.T, w *world) {
	t.Helper()
	mine, other := w.payerAccount(t, Payer(t, payerNumber(1))), w.payerAccount(t, Payer(t, payerNumber(2)))
	for _, p := range []domain.PayerAccount{mine, other} {
		c := domain.Credential{AccountID: p.AccountID, Hash: "$argon2id$now", ChangedAt: w.now}
		require.NoError(t, w.accounts.SetCredential(t.Context(), c))
		require.NoError(t, w.payerAccounts().Remember(t.Context(), c, w.now, 4))
	}
	w.in(t, func(ctx context.Context) { require.NoError(t, w.payerAccounts().Forget(ctx, mine.AccountID)) })
	require.Empty(t, w.remembered(t, mine.AccountID, 5))
	_, err := w.accounts.Credential(t.Context(), mine.AccountID)
	requireCode(t, apperr.NotFound, err)
	require.Len(t, w.remembered(t, other.AccountID, 5), 1)
	_, err = w.accounts.Credential(t.Context(), other.AccountID)
	require.NoError(t, err)
}

// payerAccountsToWarn finds those whose next warning is due, to the moment.
func payerAccountsToWarn(t *testing.T, w *world) {
	t.Helper()
	const day = 24 * time.Hour
	active := func(i int, left time.Duration, warnings int) uuid.UUID {
		c := domain.PayerCredential{Status: domain.CredentialActive, ExpiresAt: w.now.Add(left), Warnings: warnings}
		if warnings > 0 {
			c.Status = domain.CredentialExpiring
		}
		return w.withCredential(t, i, c)
	}
	want := []uuid.UUID{
		active(1, 14*day, 0), active(2, 7*day, 1), active(3, day, 2), active(4, time.Microsecond, 0), active(5, 2*day, 1),
	}
	active(11, 14*day+time.Microsecond, 0)
	active(12, 7*day+time.Microsecond, 1)
	active(13, day, 3)
	active(14, 0, 0)
	active(15, -day, 1)
	w.withCredential(t, 16, domain.PayerCredential{Status: domain.CredentialActive})
	for i, status := range []domain.PayerCredentialStatus{
		domain.CredentialNone, domain.CredentialInitial, domain.CredentialMustChange, domain.CredentialExpired, domain.CredentialRevoked,
	} {
		w.withCredential(t, 20+i, domain.PayerCredential{Status: status, ExpiresAt: w.now.Add(time.Hour)})
	}
	got, err := w.payerAccounts().ToWarn(t.Context(), w.now, uuid.Nil)
	require.NoError(t, err)
	require.Equal(t, want, got)
	for _, id := range got {
		_, err := w.payerAccounts().Update(t.Context(), id, func(p *domain.PayerAccount) error {
			require.True(t, p.Credential.Warn(w.now), "who is found is warned")
			return nil
		})
		require.NoError(t, err)
	}
	got, err = w.payerAccounts().ToWarn(t.Context(), w.now, uuid.Nil)
	require.NoError(t, err)
	require.Empty(t, got, "and is not found again")
	got, err = w.payerAccounts().ToWarn(t.Context(), w.now.Add(time.Microsecond), want[4])
	require.NoError(t, err)
	require.Len(t, got, 2, "a page begins after an id")
}

func payerAccountsToLapse(t *testing.T, w *world) {
	t.Helper()
	over := func(i int, status domain.PayerCredentialStatus, left time.Duration) uuid.UUID {
		return w.withCredential(t, i, domain.PayerCredential{Status: status, ExpiresAt: w.now.Add(left)})
	}
	first, second := over(1, domain.CredentialActive, 0), over(2, domain.CredentialExpiring, -time.Hour)
	over(3, domain.CredentialActive, time.Microsecond)
	w.withCredential(t, 4, domain.PayerCredential{Status: domain.CredentialActive})
	for i, status := range []domain.PayerCredentialStatus{
		domain.CredentialNone, domain.CredentialInitial, domain.CredentialMustChange, domain.CredentialExpired, domain.CredentialRevoked,
	} {
		over(10+i, status, -time.Hour)
	}
	got, err := w.payerAccounts().ToLapse(t.Context(), w.now, uuid.Nil)
	require.NoError(t, err)
	require.Equal(t, []uuid.UUID{first, second}, got)
	got, err = w.payerAccounts().ToLapse(t.Context(), w.now, first)
	require.NoError(t, err)
	require.Equal(t, []uuid.UUID{second}, got)
}

// payerAccountsLiquidated finds whom the register calls liquidated, not whom it
// does not name.
func payerAccountsLiquidated(t *testing.T, w *world) {
	t.Helper()
	alive, gone, revoked, unlisted := Payer(t, payerNumber(1)), Payer(t, payerNumber(2)), Payer(t, payerNumber(3)), Payer(t, payerNumber(4))
	liquidated := func() []uuid.UUID {
		ids, err := w.payerAccounts().Liquidated(t.Context(), uuid.Nil)
		require.NoError(t, err)
		return ids
	}
	w.payerAccount(t, alive)
	want := w.payerAccount(t, gone).AccountID
	w.payerAccount(t, unlisted)
	w.withCredential(t, 3, domain.PayerCredential{Status: domain.CredentialRevoked})
	require.Empty(t, liquidated(), "without a register")
	w.replacePayers(t, alive, gone, revoked)
	require.Empty(t, liquidated())
	gone.State, revoked.State = domain.PayerLiquidated, domain.PayerLiquidated
	w.replacePayers(t, alive, gone, revoked, trader(t, payerNumber(5)))
	require.Equal(t, []uuid.UUID{want}, liquidated())
	ids, err := w.payerAccounts().Liquidated(t.Context(), want)
	require.NoError(t, err)
	require.Empty(t, ids, "a page begins after an id")
}

// payerAccountRelease takes a unified number from the payer who had it before.
func payerAccountRelease(t *testing.T, w *world) {
	t.Helper()
	before, now, bare := Payer(t, payerNumber(1)), Payer(t, payerNumber(2)), trader(t, payerNumber(3))
	now.Unified = before.Unified
	unified, err := domain.ParsePayerNumber(before.Unified.Digits())
	require.NoError(t, err)
	owner := func() uuid.UUID {
		found, err := w.payerAccounts().FindByNumber(t.Context(), unified)
		require.NoError(t, err)
		return found.AccountID
	}
	first := w.payerAccount(t, before).AccountID
	require.NoError(t, w.payerAccounts().Release(t.Context(), before), "it is its own")
	require.NoError(t, w.payerAccounts().Release(t.Context(), bare), "it has none")
	require.Equal(t, first, owner())
	require.NoError(t, w.payerAccounts().Release(t.Context(), now))
	_, err = w.payerAccounts().FindByNumber(t.Context(), unified)
	requireCode(t, apperr.NotFound, err)
	require.Equal(t, w.payerAccount(t, now).AccountID, owner())
}

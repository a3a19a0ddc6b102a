package repotest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

func accountTests() map[string]func(*testing.T, *world) {
	return map[string]func(*testing.T, *world){
		"account/comes back as it was":           accountComesBack,
		"account/unknown":                        accountUnknown,
		"account/contact is taken":               accountContactTaken,
		"account/of many at once one is made":    accountsAtOnce,
		"account/replace hash":                   accountReplaceHash,
		"account/replace hash at once":           accountReplaceHashAtOnce,
		"account/found by any spelling of login": accountFoundByContact,
	}
}

func accountComesBack(t *testing.T, w *world) {
	t.Helper()
	a, c := w.account(t, w.contact(t))
	a.Contacts = append(a.Contacts, domain.Contact{
		ID: domain.NewID(), Value: contactOf(t, "Person@example.org"), ConfirmedAt: w.now,
	})
	require.NoError(t, w.accounts.Create(t.Context(), a, c))
	got, err := w.accounts.Get(t.Context(), a.ID)
	require.NoError(t, err)
	require.Equal(t, a, got)
	credential, err := w.accounts.Credential(t.Context(), a.ID)
	require.NoError(t, err)
	require.Equal(t, c, credential)
}

func accountFoundByContact(t *testing.T, w *world) {
	t.Helper()
	a, c := w.account(t, contactOf(t, "Person@Example.org"))
	require.NoError(t, w.accounts.Create(t.Context(), a, c))
	other, c := w.account(t, w.contact(t))
	require.NoError(t, w.accounts.Create(t.Context(), other, c))
	got, err := w.accounts.FindByContact(t.Context(), contactOf(t, "PERSON@EXAMPLE.ORG"))
	require.NoError(t, err)
	require.Equal(t, a, got)
}

func accountUnknown(t *testing.T, w *world) {
	t.Helper()
	_, err := w.accounts.Get(t.Context(), domain.NewID())
	requireCode(t, apperr.NotFound, err)
	_, err = w.accounts.FindByContact(t.Context(), w.contact(t))
	requireCode(t, apperr.NotFound, err)
	_, err = w.accounts.Credential(t.Context(), domain.NewID())
	requireCode(t, apperr.NotFound, err)
	requireCode(t, apperr.NotFound, w.accounts.ReplaceHash(t.Context(), domain.NewID(), "a", "b"))
}

func accountContactTaken(t *testing.T, w *world) {
	t.Helper()
	first, c := w.account(t, contactOf(t, "person@example.org"))
	require.NoError(t, w.accounts.Create(t.Context(), first, c))
	second, c := w.account(t, contactOf(t, "Person@example.org"))
	requireCode(t, apperr.ContactTaken, w.accounts.Create(t.Context(), second, c))
	_, err := w.accounts.Get(t.Context(), second.ID)
	requireCode(t, apperr.NotFound, err)
	_, err = w.accounts.Credential(t.Context(), second.ID)
	requireCode(t, apperr.NotFound, err)
}

func accountsAtOnce(t *testing.T, w *world) {
	t.Helper()
	contact := w.contact(t)
	codes := atOnce(50, func(int) error {
		a, c := w.account(t, contact)
		return w.accounts.Create(t.Context(), a, c)
	})
	require.Equal(t, map[apperr.Code]int{"": 1, apperr.ContactTaken: 49}, codes)
}

func accountReplaceHash(t *testing.T, w *world) {
	t.Helper()
	a, c := w.account(t, w.contact(t))
	require.NoError(t, w.accounts.Create(t.Context(), a, c))
	require.NoError(t, w.accounts.ReplaceHash(t.Context(), a.ID, c.Hash, "$argon2id$new"))
	require.NoError(t, w.accounts.ReplaceHash(t.Context(), a.ID, c.Hash, "$argon2id$late"), "the old one is gone")
	got, err := w.accounts.Credential(t.Context(), a.ID)
	require.NoError(t, err)
	require.Equal(t, domain.Credential{AccountID: a.ID, Hash: "$argon2id$new", ChangedAt: w.now}, got)
}

func accountReplaceHashAtOnce(t *testing.T, w *world) {
	t.Helper()
	a, c := w.account(t, w.contact(t))
	require.NoError(t, w.accounts.Create(t.Context(), a, c))
	codes := atOnce(20, func(int) error {
		return w.accounts.ReplaceHash(t.Context(), a.ID, c.Hash, c.Hash+"+")
	})
	require.Equal(t, map[apperr.Code]int{"": 20}, codes)
	got, err := w.accounts.Credential(t.Context(), a.ID)
	require.NoError(t, err)
	require.Equal(t, c.Hash+"+", got.Hash, "replaced once")
}

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

func registrationTests() map[string]func(*testing.T, *world) {
	return map[string]func(*testing.T, *world){
		"registration/comes back as it was":           registrationComesBack,
		"registration/every state can be kept":        registrationStates,
		"registration/unknown":                        registrationUnknown,
		"registration/update":                         registrationUpdate,
		"registration/update that fails":              registrationUpdateFails,
		"registration/updates at once":                registrationUpdatesAtOnce,
		"registration/close others":                   registrationCloseOthers,
		"registration/completions at once: one takes": registrationCompletionsAtOnce,
	}
}

func registrationComesBack(t *testing.T, w *world) {
	t.Helper()
	for _, login := range []string{"+79001234567", "Person@Example.ORG", "person@пример.рф"} {
		want := w.registration(t, contactOf(t, login))
		require.NoError(t, w.registrations.Create(t.Context(), want))
		got, err := w.registrations.Get(t.Context(), want.ID)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

func registrationStates(t *testing.T, w *world) {
	t.Helper()
	for _, status := range domain.RegistrationStatuses() {
		r := w.registration(t, w.contact(t))
		r.Status = status
		require.NoError(t, w.registrations.Create(t.Context(), r))
	}
}

func registrationUnknown(t *testing.T, w *world) {
	t.Helper()
	_, err := w.registrations.Get(t.Context(), domain.NewID())
	requireCode(t, apperr.NotFound, err)
	_, err = w.registrations.Update(t.Context(), domain.NewID(), func(*domain.Registration) error {
		t.Error("there is nothing to change")
		return nil
	})
	requireCode(t, apperr.NotFound, err)
}

func registrationUpdate(t *testing.T, w *world) {
	t.Helper()
	r, other := w.registration(t, w.contact(t)), w.registration(t, w.contact(t))
	require.NoError(t, w.registrations.Create(t.Context(), r))
	require.NoError(t, w.registrations.Create(t.Context(), other))
	got, err := w.registrations.Update(t.Context(), r.ID, func(r *domain.Registration) error {
		r.CodesSent, r.Locale = 0, domain.LocaleEnglish
		return r.ConfirmContact(w.now, time.Minute)
	})
	require.NoError(t, err)
	require.Equal(t, domain.RegistrationContactConfirmed, got.Status)
	stored, err := w.registrations.Get(t.Context(), r.ID)
	require.NoError(t, err)
	require.Equal(t, got, stored)
	require.Zero(t, stored.CodesSent, "zero values are written too")
	untouched, err := w.registrations.Get(t.Context(), other.ID)
	require.NoError(t, err)
	require.Equal(t, other, untouched)
}

func registrationUpdateFails(t *testing.T, w *world) {
	t.Helper()
	r, wanted := w.registration(t, w.contact(t)), errors.New("no")
	require.NoError(t, w.registrations.Create(t.Context(), r))
	_, err := w.registrations.Update(t.Context(), r.ID, func(r *domain.Registration) error {
		r.CodesSent = 9
		return wanted
	})
	require.Same(t, wanted, err, "the error comes back as it is")
	stored, err := w.registrations.Get(t.Context(), r.ID)
	require.NoError(t, err)
	require.Equal(t, r, stored)
}

func registrationUpdatesAtOnce(t *testing.T, w *world) {
	t.Helper()
	r := w.registration(t, w.contact(t))
	r.CodesSent = 0
	require.NoError(t, w.registrations.Create(t.Context(), r))
	codes := atOnce(40, func(int) error {
		_, err := w.registrations.Update(t.Context(), r.ID, func(r *domain.Registration) error {
			r.CodesSent++
			return nil
		})
		return err
	})
	require.Equal(t, map[apperr.Code]int{"": 40}, codes)
	stored, err := w.registrations.Get(t.Context(), r.ID)
	require.NoError(t, err)
	require.Equal(t, 40, stored.CodesSent, "no change is lost")
}

func registrationCloseOthers(t *testing.T, w *world) {
	t.Helper()
	lower, upper := contactOf(t, "person@example.org"), contactOf(t, "Person@Example.org")
	keep := func(change func(*domain.Registration)) domain.Registration {
		r := w.registration(t, lower)
		r.Status = domain.RegistrationContactConfirmed
		change(&r)
		require.NoError(t, w.registrations.Create(t.Context(), r))
		return r
	}
	completed := keep(func(r *domain.Registration) { r.Status = domain.RegistrationCompleted })
	unproven := keep(func(r *domain.Registration) { r.Status = domain.RegistrationCodeSent })
	want := map[domain.RegistrationStatus]domain.Registration{
		domain.RegistrationClosed:           keep(func(r *domain.Registration) { r.Contact = upper }),
		domain.RegistrationExpired:          keep(func(r *domain.Registration) { r.ExpiresAt = w.now }),
		domain.RegistrationCompleted:        completed,
		domain.RegistrationContactConfirmed: keep(func(r *domain.Registration) { r.Contact = w.contact(t) }),
		// Who has proven nothing learns nothing (M26).
		domain.RegistrationCodeSent: unproven,
	}
	require.NoError(t, w.challenges.Issue(t.Context(), w.challenge(unproven.ID)))
	closed, err := w.registrations.CloseOthers(t.Context(), completed, w.now)
	require.NoError(t, err)
	require.Len(t, closed, 2)
	for status, r := range want {
		got, err := w.registrations.Get(t.Context(), r.ID)
		require.NoError(t, err)
		require.Equal(t, status, got.Status)
	}
	c, err := w.challenges.Current(t.Context(), domain.PurposeRegistration, unproven.ID)
	require.NoError(t, err)
	require.Equal(t, domain.ChallengeIssued, c.Status)
}

// registrationCompletionsAtOnce shows that of many who complete a registration
// of one contact at once, exactly one gets the account, and that nobody waits
// for anybody in a circle.
func registrationCompletionsAtOnce(t *testing.T, w *world) {
	t.Helper()
	const n = 12
	contact := w.contact(t)
	var flows []domain.Registration
	for range n {
		r := w.registration(t, contact)
		r.Status = domain.RegistrationContactConfirmed
		require.NoError(t, w.registrations.Create(t.Context(), r))
		flows = append(flows, r)
	}
	codes := atOnce(n, func(i int) error {
		return w.store.InTx(t.Context(), func(ctx context.Context) error {
			done, err := w.registrations.Update(ctx, flows[i].ID, func(r *domain.Registration) error {
				return r.Complete(w.now)
			})
			if err != nil {
				return err
			}
			a := domain.NewCitizen(done, w.now)
			if err := w.accounts.Create(ctx, a, domain.Credential{AccountID: a.ID, ChangedAt: w.now}); err != nil {
				return err
			}
			_, err = w.registrations.CloseOthers(ctx, done, w.now)
			return err
		})
	})
	require.Equal(t, 1, codes[""], "%v", codes)
	require.Equal(t, n-1, codes[apperr.ContactTaken]+codes[apperr.RegistrationClosed], "%v", codes)
}

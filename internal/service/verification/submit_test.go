package verification_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// submission is personal data with a family name, from somebody who signed in a
// while ago.
func (d *desk) submission(t *testing.T, family string, ago time.Duration) domain.Submission {
	t.Helper()
	name, err := ident.ParseName(family)
	require.NoError(t, err)
	return domain.Submission{
		Account: d.account.ID, AuthTime: d.now.Add(-ago),
		Data:    domain.PersonalData{Subject: domain.CheckSubject{FamilyName: name}},
		Consent: consent(),
	}
}

// refused is a submission that changes nothing.
func (d *desk) refused(t *testing.T, in domain.Submission, want apperr.Code, next ...string) {
	t.Helper()
	before := *d.world
	_, err := d.Submit(t.Context(), in)
	var failure *apperr.Error
	require.ErrorAs(t, err, &failure)
	require.Equal(t, want, failure.Code)
	require.Equal(t, next, failure.NextActions)
	require.Equal(t, before, *d.world, "nothing has changed")
}

// What is proven is given up only by somebody who has just signed in. // M04
func TestFreshAuthentication(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	const most = 15 * time.Minute
	for _, name := range []string{"Первая", "Синтетическая"} { // nothing is proven yet
		_, err := d.Submit(t.Context(), d.submission(t, name, 12*time.Hour))
		require.NoError(t, err)
	}
	d.runAll(t)
	require.Equal(t, domain.LevelStandard, d.account.Level)
	_, err := d.Submit(t.Context(), d.submission(t, "Синтетическая", 12*time.Hour))
	require.NoError(t, err, "nothing that was checked is new")
	d.refused(t, d.submission(t, "Другая", most+time.Microsecond), apperr.ReauthenticationNeeded, "sign_in")
	voided := d.voided
	_, err = d.Submit(t.Context(), d.submission(t, "Другая", most))
	require.NoError(t, err)
	require.Equal(t, domain.LevelSimplified, d.account.Level)
	require.Equal(t, voided+1, d.voided)
}

// A letter under way is given up only on purpose, and by its owner. // M04
func TestLetterUnderWay(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.submit(t, "Синтетическая")
	d.runAll(t)
	d.letter = true
	in := d.submission(t, "Другая", 0)
	d.refused(t, in, apperr.LetterUnderWay, "wait_for_letter", "void_letter")
	in.VoidLetter, in.AuthTime = true, d.now.Add(-time.Hour)
	d.refused(t, in, apperr.ReauthenticationNeeded, "sign_in")
	in.AuthTime = d.now
	voided := d.voided
	_, err := d.Submit(t.Context(), in)
	require.NoError(t, err)
	require.Equal(t, voided+1, d.voided)

	// Another address leaves the letter alone.
	in.VoidLetter, in.Data.ConsentVersion = false, "7"
	_, err = d.Submit(t.Context(), in)
	require.NoError(t, err)
	require.Equal(t, voided+1, d.voided)
}

// A changed SNILS is free for its owner again.
func TestEditOfAConfirmedAccount(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.submit(t, "Синтетическая")
	d.runAll(t)
	require.NoError(t, d.account.ConfirmIdentity())

	// What was confirmed outlasts the checks, also when another address is given.
	d.now = d.now.Add(91 * 24 * time.Hour)
	require.Equal(t, domain.VerificationExpired, d.submit(t, "Синтетическая").Status)
	require.Equal(t, domain.LevelConfirmed, d.account.Level)
	require.Zero(t, d.voided)

	d.submit(t, "Другая")
	require.Equal(t, domain.LevelSimplified, d.account.Level)
	require.Equal(t, 1, d.voided)
}

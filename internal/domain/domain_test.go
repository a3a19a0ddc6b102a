package domain_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

func open() domain.Registration {
	return domain.Registration{Status: domain.RegistrationCodeSent, CreatedAt: at(), ExpiresAt: at().Add(24 * time.Hour)}
}

func TestRegistrationExpiresWhenItIsRead(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		after time.Duration
		want  error
	}{
		"a moment before": {24*time.Hour - time.Microsecond, nil},
		"on the dot":      {24 * time.Hour, apperr.New(apperr.RegistrationExpired)},
		"long after":      {1000 * time.Hour, apperr.New(apperr.RegistrationExpired)},
	} {
		r := open()
		require.ErrorIs(t, r.Check(domain.RegistrationConfirmContact, at().Add(tc.after)), tc.want, name)
		require.Equal(t, domain.RegistrationCodeSent, r.Status, "Check changes nothing")
	}
}

func TestPasswordWindowShortensTheRegistration(t *testing.T) {
	t.Parallel()
	r := open()
	require.NoError(t, r.ConfirmContact(at(), 30*time.Minute))
	require.NoError(t, r.Check(domain.RegistrationComplete, at().Add(30*time.Minute-time.Second)))
	require.ErrorIs(t, r.Complete(at().Add(30*time.Minute)), apperr.New(apperr.RegistrationExpired))

	late := open()
	require.NoError(t, late.ConfirmContact(late.ExpiresAt.Add(-time.Minute), 30*time.Minute))
	require.Equal(t, at().Add(24*time.Hour), late.ExpiresAt, "never longer than the registration itself")
}

func TestRefusedMoveTellsWhatToDoInstead(t *testing.T) {
	t.Parallel()
	r := open()
	r.Status = domain.RegistrationClosed
	err := r.Complete(at())
	var failure *apperr.Error
	require.ErrorAs(t, err, &failure)
	require.Equal(t, apperr.RegistrationClosed, failure.Code)
	require.Equal(t, []string{"sign_in"}, failure.NextActions)
}

func TestChallengeRefusal(t *testing.T) {
	t.Parallel()
	c := domain.Challenge{Status: domain.ChallengeIssued, AttemptsLeft: 0, ExpiresAt: at().Add(time.Minute)}
	exhausted := c.Refusal(at())
	require.Equal(t, apperr.CodeExhausted, exhausted.Code)
	require.Zero(t, *exhausted.AttemptsLeft)
	expired := c.Refusal(at().Add(time.Minute))
	require.Equal(t, apperr.CodeExpired, expired.Code)
	require.Nil(t, expired.AttemptsLeft)
	require.Equal(t, []string{"resend_code"}, expired.NextActions)
	c.Status = domain.ChallengeSolved
	require.Equal(t, apperr.InvalidTransition, c.Refusal(at()).Code, "somebody was quicker")
}

func TestSessionLivesUntilItsFirstEnd(t *testing.T) {
	t.Parallel()
	s := domain.Session{Status: domain.SessionActive, IdleAt: at().Add(30 * time.Minute), ExpiresAt: at().Add(40 * time.Minute)}
	require.True(t, s.Alive(at().Add(29*time.Minute)))
	require.False(t, s.Alive(at().Add(30*time.Minute)))
	require.NoError(t, s.Refresh(at().Add(20*time.Minute), 30*time.Minute))
	require.True(t, s.Alive(at().Add(39*time.Minute)))
	require.False(t, s.Alive(at().Add(40*time.Minute)), "refreshing does not lengthen the whole")
	require.ErrorIs(t, s.Refresh(at().Add(40*time.Minute), time.Hour), apperr.New(apperr.InvalidTransition))
	require.Equal(t, domain.SessionExpired, s.Status)
}

func TestMessageGoesStale(t *testing.T) {
	t.Parallel()
	m := domain.Message{Status: domain.MessageQueued, ExpiresAt: at()}
	require.True(t, m.Stale(at()))
	require.False(t, m.Stale(at().Add(-1)))
	require.False(t, (&domain.Message{}).Stale(at()), "what has no end is never stale")
}

func TestWaitsDouble(t *testing.T) {
	t.Parallel()
	p := domain.DefaultPolicies()
	minutes := []int{1, 2, 4, 8, 15, 15, 15}
	for i, want := range minutes {
		require.Equal(t, time.Duration(want)*time.Minute, p.ResendAfter(i+1), "after code %d", i+1)
		require.Equal(t, p.ResendAfter(i+2), p.NextResendAfter(p.ResendAfter(i+1)), "whoever knows the wait alone")
	}
	require.Equal(t, 15*time.Minute, p.ResendAfter(1_000_000))
	for failures, want := range map[int]time.Duration{
		0: 0, 5: 0, 6: 30 * time.Second, 7: time.Minute, 8: 2 * time.Minute, 12: 32 * time.Minute,
		13: time.Hour, 1_000_000: time.Hour,
	} {
		require.Equal(t, want, p.SignInDelayAfter(failures), "after %d", failures)
	}
}

func TestThrottleCountsTriesBeforeTheyAreMade(t *testing.T) {
	t.Parallel()
	p := domain.DefaultPolicies()
	var throttle domain.Throttle
	for range p.SignInFreeFailures + 1 {
		require.NoError(t, throttle.Attempt(at(), p))
	}
	var refused *apperr.Error
	require.ErrorAs(t, throttle.Attempt(at(), p), &refused)
	require.Equal(t, apperr.SignInDelayed, refused.Code)
	require.Equal(t, at().Add(30*time.Second), refused.RetryAt)
	require.NoError(t, throttle.Attempt(at().Add(30*time.Second), p))
	require.Equal(t, at().Add(90*time.Second), throttle.BlockedUntil)

	throttle.Refund()
	require.Equal(t, p.SignInFreeFailures+1, throttle.Failures)
	require.NoError(t, throttle.Attempt(at().Add(31*time.Second), p), "what was taken back delays nobody")
	require.NoError(t, throttle.Attempt(at().Add(48*time.Hour), p))
	require.Equal(t, 1, throttle.Failures, "old failures are forgotten")
	throttle.Reset()
	require.Equal(t, domain.Throttle{}, throttle)
}

func TestNetworkOfACaller(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"192.0.2.7":             "192.0.2.7",
		"::ffff:192.0.2.7":      "::ffff:192.0.2.7",
		"2001:db8:1:2:3:4:5:6":  "2001:db8:1:2::/64",
		"2001:db8:1:2:ffff::1":  "2001:db8:1:2::/64",
		"fe80::1%eth0":          "fe80::/64",
		"not an address at all": "not an address at all",
	} {
		require.Equal(t, want, domain.Caller{Address: address}.Network())
	}
}

func TestNewCitizenHasWhatTheRegistrationHad(t *testing.T) {
	t.Parallel()
	name, err := ident.ParseName("Анна")
	require.NoError(t, err)
	contact, err := ident.ParseLogin("+79001234567")
	require.NoError(t, err)
	a := domain.NewCitizen(domain.Registration{GivenName: name, FamilyName: name, Contact: contact, Locale: "en"}, at())
	require.Equal(t, domain.LevelSimplified, a.Level)
	require.True(t, a.CanSignIn())
	require.Equal(t, contact, a.Contacts[0].Value)
	require.Equal(t, at(), a.Contacts[0].ConfirmedAt)
	require.Equal(t, domain.ChannelSMS, domain.ChannelOf(contact))
}

func TestJobsAndQueues(t *testing.T) {
	t.Parallel()
	require.Equal(t, "send_message", domain.SendMessage{}.Kind())
	phone, err := ident.ParseLogin("+79001234567")
	require.NoError(t, err)
	email, err := ident.ParseLogin("person@example.org")
	require.NoError(t, err)
	for _, kind := range domain.MessageKinds() {
		bySMS, byEmail := domain.QueueNotices, domain.QueueNotices
		switch kind { //nolint:exhaustive // all others bring no code
		case domain.MessageRegistrationCode, domain.MessageFirstSignIn, domain.MessagePayerApplication:
			bySMS, byEmail = domain.QueueCodesSMS, domain.QueueCodesEmail
		}
		require.Equal(t, bySMS, (&domain.Message{Kind: kind, Channel: domain.ChannelOf(phone)}).Queue())
		require.Equal(t, byEmail, (&domain.Message{Kind: kind, Channel: domain.ChannelOf(email)}).Queue())
	}
}

func TestLeaseTravelsInTheContext(t *testing.T) {
	t.Parallel()
	require.Nil(t, domain.LeaseFrom(t.Context()))
	l := &domain.Lease{}
	require.Same(t, l, domain.LeaseFrom(domain.WithLease(t.Context(), l)))
}

package domain_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

func playPayerCredential(status, event string) (string, error) {
	c := domain.PayerCredential{Status: domain.PayerCredentialStatus(status), ExpiresAt: at().Add(time.Hour)}
	var err error
	switch domain.PayerCredentialEvent(event) {
	case domain.CredentialIssueCard:
		err = c.IssueCard(at().Add(time.Hour))
	case domain.CredentialUse:
		// A sign-in to the whole cabinet, or one that is refused, uses nothing up.
		scope, _, refused := c.SignIn(at())
		if refused != nil || scope == domain.ScopeCabinet {
			err = apperr.New(apperr.InvalidTransition)
		}
	case domain.CredentialSet:
		err = c.Set(at(), time.Hour)
	case domain.CredentialWarn:
		if !c.Warn(at()) {
			err = apperr.New(apperr.InvalidTransition)
		}
	case domain.CredentialLapse:
		return played(&c, c.Status, func() { c.Refresh(c.ExpiresAt) }, &c.Status)
	case domain.CredentialRevoke:
		err = c.Revoke()
	case domain.CredentialRestore:
		err = c.Restore()
	}
	return string(c.Status), err
}

// M18, M21: a card is good for one sign-in, and a password that is too old for
// its replacement alone.
func TestSigningInAsAPayer(t *testing.T) {
	t.Parallel()
	const soon = time.Minute
	for name, tc := range map[string]struct {
		credential domain.PayerCredential
		scope      domain.SessionScope
		reason     domain.ScopeReason
		after      domain.PayerCredentialStatus
	}{
		"no password": {domain.PayerCredential{Status: domain.CredentialNone}, "", "", domain.CredentialNone},
		"a card": {
			domain.PayerCredential{Status: domain.CredentialInitial, OneTime: true, ExpiresAt: at().Add(soon)},
			domain.ScopePasswordChange, domain.ScopeForCard, domain.CredentialMustChange,
		},
		"a card whose time is over": {
			domain.PayerCredential{Status: domain.CredentialInitial, OneTime: true, ExpiresAt: at()}, "", "", domain.CredentialInitial,
		},
		"a card that was used": {
			domain.PayerCredential{Status: domain.CredentialMustChange, OneTime: true, ExpiresAt: at().Add(soon)},
			"", "", domain.CredentialMustChange,
		},
		"a password": {
			domain.PayerCredential{Status: domain.CredentialActive, ExpiresAt: at().Add(soon)}, domain.ScopeCabinet, "", domain.CredentialActive,
		},
		"a password for ever": {
			domain.PayerCredential{Status: domain.CredentialActive}, domain.ScopeCabinet, "", domain.CredentialActive,
		},
		"a password that ends soon": {
			domain.PayerCredential{Status: domain.CredentialExpiring, ExpiresAt: at().Add(soon)}, domain.ScopeCabinet, "", domain.CredentialExpiring,
		},
		"a password that ends now": {
			domain.PayerCredential{Status: domain.CredentialExpiring, ExpiresAt: at()},
			domain.ScopePasswordChange, domain.ScopeForExpiry, domain.CredentialMustChange,
		},
		"a password that has ended": {
			domain.PayerCredential{Status: domain.CredentialExpired, ExpiresAt: at().Add(-aDay)},
			domain.ScopePasswordChange, domain.ScopeForExpiry, domain.CredentialMustChange,
		},
		"an old password, again": {
			domain.PayerCredential{Status: domain.CredentialMustChange, ExpiresAt: at().Add(-aDay)},
			domain.ScopePasswordChange, domain.ScopeForExpiry, domain.CredentialMustChange,
		},
		"a payer who is no more": {domain.PayerCredential{Status: domain.CredentialRevoked}, "", "", domain.CredentialRevoked},
	} {
		c := tc.credential
		require.Equal(t, tc.scope != "", c.SignsIn(at()), name)
		require.Equal(t, tc.credential, c, "a question changes nothing")
		scope, reason, err := c.SignIn(at())
		if tc.scope == "" {
			require.ErrorIs(t, err, apperr.New(apperr.CredentialsIncorrect), name)
		} else {
			require.NoError(t, err, name)
		}
		require.Equal(t, tc.scope, scope, name)
		require.Equal(t, tc.reason, reason, name)
		require.Equal(t, tc.after, c.Status, name)
	}
}

// M20: whatever password there was, a card's takes its place, for one sign-in.
func TestACardTakesTheOldPasswordsPlace(t *testing.T) {
	t.Parallel()
	until := at().Add(5 * aDay)
	for _, status := range domain.PayerCredentialStatuses() {
		c := domain.PayerCredential{Status: status, ExpiresAt: at(), Warnings: 2}
		if status == domain.CredentialRevoked {
			require.NoError(t, c.Restore())
		}
		require.NoError(t, c.IssueCard(until), status)
		require.Equal(t, domain.PayerCredential{Status: domain.CredentialInitial, OneTime: true, ExpiresAt: until}, c, status)
		require.True(t, c.SignsIn(until.Add(-time.Microsecond)), status)
		require.False(t, c.SignsIn(until), "a card ends to the moment")
		_, _, err := c.SignIn(at())
		require.NoError(t, err, status)
		_, _, err = c.SignIn(at())
		require.ErrorIs(t, err, apperr.New(apperr.CredentialsIncorrect), "it is good for one sign-in")
		require.NoError(t, c.Set(at(), 92*aDay), status)
		require.Equal(t, domain.PayerCredential{Status: domain.CredentialActive, ExpiresAt: at().Add(92 * aDay)}, c, status)
	}
}

// M21: a password lasts as long as the policy says; zero is for ever.
func TestAPasswordLasts(t *testing.T) {
	t.Parallel()
	c := domain.PayerCredential{Status: domain.CredentialExpiring, ExpiresAt: at(), Warnings: 3}
	require.NoError(t, c.Set(at(), 0))
	require.Equal(t, domain.PayerCredential{Status: domain.CredentialActive}, c)
	c.Refresh(at().Add(10_000 * aDay))
	require.Equal(t, domain.CredentialActive, c.Status)
	require.False(t, c.Warn(at().Add(10_000*aDay)), "what has no end is not warned of")
	gone := domain.PayerCredential{Status: domain.CredentialRevoked}
	require.ErrorIs(t, gone.Set(at(), aDay), apperr.New(apperr.InvalidTransition))
}

// M21: 14, 7 and 1 days before the end, each once; what was missed is not made up
// for.
func TestWarningsOfAPasswordsEnd(t *testing.T) {
	t.Parallel()
	c := domain.PayerCredential{Status: domain.CredentialActive, ExpiresAt: at()}
	for _, step := range []struct {
		before time.Duration
		want   bool
	}{
		{92 * aDay, false},
		{14*aDay + time.Microsecond, false},
		{14 * aDay, true},
		{14 * aDay, false},
		{8 * aDay, false},
		{7 * aDay, true},
		{7 * aDay, false},
		{aDay + time.Microsecond, false},
		{aDay, true},
		{time.Hour, false},
		{0, false},
	} {
		require.Equal(t, step.want, c.Warn(at().Add(-step.before)), step.before)
	}
	require.Equal(t, domain.CredentialExpired, c.Status, "at its end it is not warned of, but over")
	late := domain.PayerCredential{Status: domain.CredentialActive, ExpiresAt: at().Add(6 * aDay)}
	require.True(t, late.Warn(at()))
	require.Equal(t, 2, late.Warnings)
	require.False(t, late.Warn(at()))
}

// A payer who is no more has no password.
func TestRevoke(t *testing.T) {
	t.Parallel()
	c := domain.PayerCredential{Status: domain.CredentialInitial, OneTime: true, ExpiresAt: at(), Warnings: 1}
	require.NoError(t, c.Revoke())
	require.Equal(t, domain.PayerCredential{Status: domain.CredentialRevoked}, c)
	require.ErrorIs(t, c.Revoke(), apperr.New(apperr.InvalidTransition), "once")
}

// A payer who exists after all connects as if for the first time.
func TestRestore(t *testing.T) {
	t.Parallel()
	gone := domain.PayerAccount{
		ConnectedAt: at(), TermsVersion: "2025-01-01", Credential: domain.PayerCredential{Status: domain.CredentialRevoked},
	}
	require.True(t, gone.Restore())
	require.Equal(t, domain.PayerAccount{Credential: domain.PayerCredential{Status: domain.CredentialNone}}, gone)
	require.False(t, gone.Restore(), "once")
	require.NoError(t, gone.Credential.IssueCard(at().Add(aDay)))
	require.False(t, gone.Connected(), "a card alone connects nobody")
	stays := domain.PayerAccount{ConnectedAt: at(), Credential: domain.PayerCredential{Status: domain.CredentialActive}}
	require.False(t, stays.Restore())
	require.True(t, stays.Connected())
}

// M15: connected is who has chosen a password, whatever became of it since.
func TestConnected(t *testing.T) {
	t.Parallel()
	a, p := domain.NewPayerAccount(organisation(t), domain.LocaleEnglish, at())
	require.Equal(t, domain.AccountPayer, a.Type)
	require.Equal(t, domain.LevelNone, a.Level)
	require.Equal(t, a.ID, p.AccountID)
	require.False(t, p.Connected())
	require.NoError(t, p.Credential.IssueCard(at().Add(aDay)))
	require.False(t, p.Connected(), "a card alone connects nobody")
	require.NoError(t, p.Connect(at(), 92*aDay))
	require.True(t, p.Connected())
	require.NoError(t, p.Connect(at().Add(aDay), 92*aDay))
	require.Equal(t, at(), p.ConnectedAt, "the first time counts")
	require.Equal(t, at().Add(93*aDay), p.Credential.ExpiresAt)
	for _, status := range domain.PayerCredentialStatuses() {
		p.Credential.Status = status
		require.Equal(t, status != domain.CredentialRevoked, p.Connected(), status)
	}
	gone := p
	gone.Credential.Status, gone.ConnectedAt = domain.CredentialRevoked, time.Time{}
	require.Error(t, gone.Connect(at(), aDay))
	require.True(t, gone.ConnectedAt.IsZero(), "what is refused changes nothing")
}

// A session that is for one thing alone says so, until it is for all.
func TestASessionIsWidened(t *testing.T) {
	t.Parallel()
	for scope, next := range map[domain.SessionScope][]string{
		domain.ScopeCabinet:        {"refresh", "sign_out"},
		domain.ScopePasswordChange: {"change_password", "sign_out"},
		domain.ScopeTerms:          {"accept_terms", "sign_out"},
	} {
		s := domain.Session{
			Status: domain.SessionActive, Scope: scope, ScopeReason: domain.ScopeForCard,
			IdleAt: at().Add(time.Minute), ExpiresAt: at().Add(time.Hour),
		}
		require.Equal(t, next, s.NextActions(), scope)
		ended := s
		ended.Status = domain.SessionSignedOut
		require.Equal(t, []string{"sign_in"}, ended.NextActions(), scope)
		require.NoError(t, s.Widen(at()))
		require.Equal(t, domain.ScopeCabinet, s.Scope)
		require.Empty(t, s.ScopeReason)
	}
}

func TestWhatAnOperatorCanDoForAPayer(t *testing.T) {
	t.Parallel()
	found := domain.PayerFound{Payer: organisation(t)}
	require.Equal(t, []string{"issue_card"}, found.NextActions())
	found.Payer.State = domain.PayerLiquidated
	require.Equal(t, []string{"check_register"}, found.NextActions())
}

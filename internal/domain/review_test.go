package domain_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

func playApproval(status, event string) (string, error) {
	a := domain.Approval{Status: domain.ApprovalStatus(status), RequestedBy: domain.NewID(), ExpiresAt: at().Add(time.Hour)}
	if domain.ApprovalEvent(event) == domain.ApprovalExpire {
		return played(&a, a.Status, func() { a.Refresh(a.ExpiresAt) }, &a.Status)
	}
	err := a.Decide(domain.ApprovalEvent(event), domain.NewID(), at())
	return string(a.Status), err
}

// The second person is another one, and comes in time.
func TestApprovalNeedsSecondPerson(t *testing.T) {
	t.Parallel()
	first, second := domain.NewID(), domain.NewID()
	fresh := domain.Approval{Status: domain.ApprovalRequested, RequestedBy: first, ExpiresAt: at().Add(time.Hour)}
	a := fresh
	require.Equal(t, apperr.SecondPersonRequired, apperr.CodeOf(a.Decide(domain.ApprovalDecline, first, at())))
	require.Equal(t, fresh, a)
	require.NoError(t, a.Decide(domain.ApprovalApprove, second, at()))
	require.Equal(t, domain.ApprovalApproved, a.Status)
	require.Equal(t, second, a.DecidedBy)
	require.Equal(t, at(), a.DecidedAt)
	late := fresh
	require.Equal(t, apperr.InvalidTransition, apperr.CodeOf(late.Decide(domain.ApprovalApprove, second, late.ExpiresAt)))
}

// A supervisor decides on a case under review, and on no other.
func TestReviewOfCases(t *testing.T) {
	t.Parallel()
	for _, status := range domain.VerificationStatuses() {
		under := status == domain.VerificationManualReview
		for name, decide := range map[string]func(*domain.VerificationCase) error{
			"accept":    func(c *domain.VerificationCase) error { return c.Accept(at(), checksValid) },
			"send back": func(c *domain.VerificationCase) error { return c.SendBack([]string{"name"}, at()) },
			"hold":      (*domain.VerificationCase).HoldReviewed,
		} {
			c := caseIn(status, domain.CheckPassed)
			before := c.Status
			err := decide(&c)
			if under {
				require.NoError(t, err, name)
				require.NotEqual(t, before, c.Status)
				continue
			}
			require.Equal(t, apperr.InvalidTransition, apperr.CodeOf(err), "%s %s", name, status)
			require.Equal(t, before, c.Status)
		}
		require.NotEmpty(t, status.ReviewActions())
	}
}

func TestReviewSettlesChecks(t *testing.T) {
	t.Parallel()
	c := caseIn(domain.VerificationManualReview, domain.CheckUnavailable)
	c.Checks[0].RetryAt, c.Checks[0].Failures = at(), 7
	back := c
	back.Checks = append([]domain.Check{}, c.Checks...)
	require.NoError(t, c.Accept(at(), checksValid))
	require.Equal(t, at().Add(checksValid), c.ValidUntil)
	for _, check := range c.Checks {
		require.Equal(t, domain.Check{Kind: check.Kind, Result: domain.CheckPassed, CheckedAt: at()}, check)
	}
	require.NoError(t, back.SendBack([]string{"snils", "name"}, at()))
	require.Equal(t, domain.VerificationNeedsCorrection, back.Status)
	require.Equal(t, []string{"name", "snils"}, back.Checks[0].Fields)
	require.Equal(t, domain.CheckMismatch, back.Checks[0].Result)
	require.Zero(t, back.Checks[0].RetryAt)
	require.Empty(t, back.Checks[1].Fields, "nothing was said of the document")
	require.NoError(t, back.Resubmit())
}

// What an operator has vouched for proves the data as passed checks do.
func TestVouchedCase(t *testing.T) {
	t.Parallel()
	c := domain.NewVouchedCase(domain.NewID(), at(), checksValid)
	require.Equal(t, domain.VerificationPassed, c.Status)
	require.True(t, c.Proves())
	require.Len(t, c.Checks, len(domain.CheckKinds()))
	for _, check := range c.Checks {
		require.Equal(t, domain.CheckPassed, check.Result)
	}
	c.Refresh(at().Add(checksValid))
	require.Equal(t, domain.VerificationExpired, c.Status)
}

func TestAlarmIsSettledOnce(t *testing.T) {
	t.Parallel()
	a := domain.NewAlarm(domain.AlarmManualReview, domain.NewID(), domain.NewID(), at())
	require.Equal(t, []string{"settle_alarm"}, a.NextActions())
	by := domain.NewID()
	require.NoError(t, a.Settle(by, at()))
	require.Equal(t, by, a.SettledBy)
	require.Equal(t, apperr.InvalidTransition, apperr.CodeOf(a.Settle(domain.NewID(), at())))
	require.Equal(t, by, a.SettledBy)
	require.NotEmpty(t, a.NextActions())
}

// An operator always learns what can be done with an account.
func TestActionsAtTheCounter(t *testing.T) {
	t.Parallel()
	ready := domain.AccountFound{
		Account: domain.Account{Status: domain.AccountActive, Level: domain.LevelStandard, Verification: domain.VerificationPassed},
		SignsIn: true, Offered: true,
	}
	for name, test := range map[string]struct {
		change func(*domain.AccountFound)
		want   string
	}{
		"ready":         {func(*domain.AccountFound) {}, "confirm_identity"},
		"own":           {func(f *domain.AccountFound) { f.Own = true }, "ask_another_operator"},
		"not here":      {func(f *domain.AccountFound) { f.Offered = false }, "visit_another_place"},
		"suspended":     {func(f *domain.AccountFound) { f.Account.Status = domain.AccountSuspended }, "request_approval"},
		"no password":   {func(f *domain.AccountFound) { f.SignsIn = false }, "send_first_sign_in_code"},
		"confirmed":     {func(f *domain.AccountFound) { f.Account.Level = domain.LevelConfirmed }, "use_services"},
		"on hold":       {func(f *domain.AccountFound) { f.Account.Verification = domain.VerificationOnHold }, "request_approval"},
		"manual review": {func(f *domain.AccountFound) { f.Account.Verification = domain.VerificationManualReview }, "decide_review"},
		"no data":       {func(f *domain.AccountFound) { f.Account.Verification = "" }, "fill_personal_data"},
	} {
		f := ready
		test.change(&f)
		require.Equal(t, test.want, f.NextActions()[0], name)
	}
}

// The account of a walk-in is nobody's until its contact is proven.
func TestNewWalkIn(t *testing.T) {
	t.Parallel()
	contact, err := ident.ParseLogin("+79001234567")
	require.NoError(t, err)
	a := domain.NewWalkIn(domain.WalkIn{Contact: contact, Locale: domain.LocaleEnglish}, at())
	require.Equal(t, domain.LevelSimplified, a.Level)
	require.Equal(t, domain.AccountCitizen, a.Type)
	require.Len(t, a.Contacts, 1)
	require.True(t, a.Contacts[0].ConfirmedAt.IsZero())
}

package domain_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

func playLevel(level, event string) (string, error) {
	a := domain.Account{Level: domain.Level(level)}
	var err error
	switch domain.LevelEvent(event) {
	case domain.LevelPassChecks:
		err = a.PassChecks()
	case domain.LevelEditData:
		err = a.EditData()
	case domain.LevelConfirmIdentity:
		err = a.ConfirmIdentity()
	case domain.LevelDoubtIdentity:
		err = a.DoubtIdentity()
	case domain.LevelLoseSNILS:
		err = a.LoseSNILS()
	}
	return string(a.Level), err
}

const checksValid = 90 * 24 * time.Hour

// caseIn is a case in a status whose first check has passed, unless said
// otherwise, and whose second is yet to be answered.
func caseIn(status domain.VerificationStatus, first domain.CheckResult) domain.VerificationCase {
	c := domain.NewVerificationCase(domain.NewID(), at())
	c.Status, c.ValidUntil = status, at().Add(time.Hour)
	c.Checks[0].Result = first
	if status == domain.VerificationWaitingRegistry {
		c.Checks[1].Result, c.Checks[1].DownSince = domain.CheckUnavailable, at()
	}
	return c
}

func documentRun(c domain.VerificationCase) domain.CheckRun { return c.Runs()[1] }

// playVerification lets an event happen to a case by what causes it.
func playVerification(status, event string) (string, error) {
	c := caseIn(domain.VerificationStatus(status), domain.CheckPassed)
	answer := func(r domain.CheckResult) domain.VerificationEvent {
		return c.Answer(documentRun(c), domain.CheckOutcome{Done: true, Result: r}, at(), checksValid)
	}
	var on domain.VerificationEvent
	var err error
	switch domain.VerificationEvent(event) {
	case domain.VerificationWait:
		on = c.Delay(documentRun(c), at(), at())
	case domain.VerificationResume:
		on = c.Taken(documentRun(c), "reference", at())
	case domain.VerificationPass:
		if on = answer(domain.CheckPassed); on == "" {
			return played2(&c, c.Accept(at(), checksValid))
		}
	case domain.VerificationNeedCorrection:
		if on = answer(domain.CheckMismatch); on == "" {
			return played2(&c, c.SendBack([]string{"passport"}, at()))
		}
	case domain.VerificationReject:
		on = answer(domain.CheckDeceased)
	case domain.VerificationResubmit:
		return played2(&c, c.Resubmit())
	case domain.VerificationSupersede:
		return played2(&c, c.Supersede())
	case domain.VerificationExpire:
		return played(&c, c.Status, func() { c.Refresh(c.ValidUntil) }, &c.Status)
	case domain.VerificationHold:
		return played2(&c, c.Hold())
	case domain.VerificationRelease:
		return played2(&c, c.Release(at(), checksValid))
	case domain.VerificationEscalate:
		c.Checks[1].Result, c.Checks[1].DownSince = domain.CheckUnavailable, at()
		on = c.Escalate(domain.DefaultPolicies(), at().Add(5*24*time.Hour))
	case domain.VerificationUndoDeath:
		return played2(&c, c.UndoDeath())
	}
	if on == "" {
		err = apperr.New(apperr.InvalidTransition) // answers that come too late change nothing
	}
	return string(c.Status), err
}

func played2(c *domain.VerificationCase, err error) (string, error) { return string(c.Status), err }

// What two results come to, whichever comes first.
func TestVerdict(t *testing.T) {
	t.Parallel()
	const (
		pending, passed, mismatch = domain.CheckPending, domain.CheckPassed, domain.CheckMismatch
		notFound, revoked, dead   = domain.CheckNotFound, domain.CheckRevoked, domain.CheckDeceased
		down                      = domain.CheckUnavailable
	)
	for _, tc := range []struct {
		a, b domain.CheckResult
		want domain.VerificationStatus
	}{
		{passed, passed, domain.VerificationPassed},
		{passed, pending, domain.VerificationChecking},
		{mismatch, pending, domain.VerificationChecking},
		{passed, mismatch, domain.VerificationNeedsCorrection},
		{passed, notFound, domain.VerificationNeedsCorrection},
		{passed, revoked, domain.VerificationNeedsCorrection},
		{mismatch, notFound, domain.VerificationNeedsCorrection},
		{mismatch, down, domain.VerificationNeedsCorrection},
		{passed, down, domain.VerificationWaitingRegistry},
		{pending, down, domain.VerificationWaitingRegistry},
		{down, down, domain.VerificationWaitingRegistry},
		{dead, pending, domain.VerificationRejected},
		{dead, down, domain.VerificationRejected},
		{dead, passed, domain.VerificationRejected},
		{dead, mismatch, domain.VerificationRejected},
	} {
		for _, order := range [][2]int{{0, 1}, {1, 0}} {
			c := domain.NewVerificationCase(domain.NewID(), at())
			results := [2]domain.CheckResult{tc.a, tc.b}
			for _, i := range order {
				happen(&c, c.Runs()[i], results[i])
			}
			require.Equal(t, tc.want, c.Status, "%s, %s in the order %v", tc.a, tc.b, order)
		}
	}
}

func happen(c *domain.VerificationCase, run domain.CheckRun, r domain.CheckResult) {
	switch r { //nolint:exhaustive // all others are answers
	case domain.CheckPending:
	case domain.CheckUnavailable:
		c.Delay(run, at(), at().Add(time.Minute))
	default:
		c.Answer(run, domain.CheckOutcome{Done: true, Result: r}, at(), checksValid)
	}
}

// Late, repeated and contradictory answers change nothing.
func TestOnlyTheFirstAnswerCounts(t *testing.T) {
	t.Parallel()
	c := domain.NewVerificationCase(domain.NewID(), at())
	first, second := c.Runs()[0], c.Runs()[1]
	require.Empty(t, c.Answer(first, domain.CheckOutcome{Done: true, Result: domain.CheckPassed}, at(), checksValid))
	before := clone(c)
	for _, late := range []domain.CheckRun{first, {CaseID: domain.NewID(), Check: second.Check, Attempt: 1}, {CaseID: c.ID, Check: second.Check, Attempt: 2}, {CaseID: c.ID, Check: "other", Attempt: 1}} {
		require.Nil(t, c.Awaited(late))
		require.Empty(t, c.Answer(late, domain.CheckOutcome{Done: true, Result: domain.CheckDeceased}, at(), checksValid))
		require.Empty(t, c.Delay(late, at(), at()))
		require.Empty(t, c.Taken(late, "reference", at()))
		require.Equal(t, before, c)
	}
	happen(&c, second, domain.CheckMismatch)
	require.Equal(t, domain.VerificationNeedsCorrection, c.Status)
	require.NoError(t, c.Resubmit())
	require.Equal(t, 2, c.Attempt)
	for _, old := range []domain.CheckRun{first, second} {
		happen(&c, old, domain.CheckPassed)
	}
	require.Equal(t, domain.VerificationChecking, c.Status, "answers to the attempt before")
	for _, run := range c.Runs() {
		happen(&c, run, domain.CheckPassed)
	}
	require.Equal(t, domain.VerificationPassed, c.Status)
	require.Equal(t, at().Add(checksValid), c.ValidUntil)
}

func clone(c domain.VerificationCase) domain.VerificationCase {
	c.Checks = append([]domain.Check(nil), c.Checks...)
	return c
}

// The person learns what to compare, whatever the register says of it.
func TestGroupsToCorrect(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		kind    domain.CheckKind
		outcome domain.CheckOutcome
		want    []string
	}{
		{domain.CheckSNILS, domain.CheckOutcome{Result: domain.CheckPassed, Fields: []string{"name"}}, nil},
		{domain.CheckSNILS, domain.CheckOutcome{Result: domain.CheckDeceased}, nil},
		{domain.CheckSNILS, domain.CheckOutcome{Result: domain.CheckMismatch, Fields: []string{"gender"}}, []string{"gender"}},
		{domain.CheckSNILS, domain.CheckOutcome{Result: domain.CheckMismatch}, []string{"name", "birth_date", "gender", "snils"}},
		{domain.CheckDocument, domain.CheckOutcome{Result: domain.CheckRevoked}, []string{"passport"}},
	} {
		require.Equal(t, tc.want, tc.outcome.Groups(tc.kind))
	}
}

func TestMakeWay(t *testing.T) {
	t.Parallel()
	for status, want := range map[domain.VerificationStatus]struct {
		on domain.VerificationEvent
		to domain.VerificationStatus
	}{
		domain.VerificationChecking:        {domain.VerificationSupersede, domain.VerificationSuperseded},
		domain.VerificationWaitingRegistry: {domain.VerificationSupersede, domain.VerificationSuperseded},
		domain.VerificationPassed:          {domain.VerificationSupersede, domain.VerificationSuperseded},
		domain.VerificationOnHold:          {domain.VerificationSupersede, domain.VerificationSuperseded},
		domain.VerificationManualReview:    {domain.VerificationSupersede, domain.VerificationSuperseded},
		domain.VerificationNeedsCorrection: {domain.VerificationResubmit, domain.VerificationChecking},
		domain.VerificationSuperseded:      {"", domain.VerificationSuperseded},
		domain.VerificationExpired:         {"", domain.VerificationExpired},
	} {
		c := caseIn(status, domain.CheckPassed)
		on, err := c.MakeWay(at())
		require.NoError(t, err)
		require.Equal(t, want.on, on, status)
		require.Equal(t, want.to, c.Status, status)
	}
	old := caseIn(domain.VerificationPassed, domain.CheckPassed)
	on, err := old.MakeWay(old.ValidUntil)
	require.NoError(t, err)
	require.Equal(t, domain.VerificationExpire, on)
	rejected := caseIn(domain.VerificationRejected, domain.CheckDeceased)
	_, err = rejected.MakeWay(at())
	var failure *apperr.Error
	require.ErrorAs(t, err, &failure)
	require.Equal(t, apperr.VerificationRejected, failure.Code)
	require.Equal(t, []string{"visit_office"}, failure.NextActions)
}

func TestDelaysAndPollsAreCounted(t *testing.T) {
	t.Parallel()
	c := domain.NewVerificationCase(domain.NewID(), at())
	run := c.Runs()[0]
	require.Equal(t, c.ID.String()+"/snils/1", run.Request(domain.CheckSubject{}).Key)
	require.Empty(t, c.Taken(run, "reference", at().Add(time.Second)))
	require.Equal(t, "reference", c.Awaited(run).Reference)
	require.Equal(t, domain.VerificationWait, c.Delay(run, at(), at().Add(time.Minute)))
	require.Empty(t, c.Delay(run, at().Add(time.Minute), at().Add(time.Hour)), "no second move")
	check := c.Awaited(run)
	require.Equal(t, 2, check.Failures)
	require.Equal(t, at().Add(time.Hour), check.RetryAt)
	require.Empty(t, check.Reference, "the question is put again")
	require.Equal(t, domain.VerificationResume, c.Taken(run, "another", at()))
	require.Zero(t, c.Awaited(run).Failures)
}

func TestCheckWaitsDouble(t *testing.T) {
	t.Parallel()
	p := domain.DefaultPolicies()
	for failures, want := range map[int]time.Duration{0: time.Minute, 1: 2 * time.Minute, 5: 32 * time.Minute, 6: time.Hour, 999: time.Hour} {
		require.Equal(t, want, p.CheckRetryWait(failures), "after %d failures", failures)
	}
	for polls, want := range map[int]time.Duration{0: time.Second, 3: 8 * time.Second, 6: time.Minute, 999: time.Minute} {
		require.Equal(t, want, p.CheckPollWait(polls), "after %d polls", polls)
	}
}

func TestLooks(t *testing.T) {
	t.Parallel()
	c := caseIn(domain.VerificationChecking, domain.CheckPassed)
	other := clone(c)
	require.True(t, c.Looks(other))
	other.Checks[1].Polls++
	require.True(t, c.Looks(other), "nothing that the person sees")
	other.Checks[1].Result = domain.CheckMismatch
	require.False(t, c.Looks(other))
}

// Every move that a person should know of has its message, and no other.
func TestVerificationMessages(t *testing.T) {
	t.Parallel()
	told := 0
	for _, on := range domain.VerificationEvents() {
		kind, ok := domain.VerificationMessage(on)
		require.Equal(t, ok, kind != "")
		if ok {
			told++
			require.Contains(t, domain.MessageKinds(), kind)
			require.Equal(t, domain.QueueNotices, (&domain.Message{Kind: kind}).Queue())
		}
	}
	require.Equal(t, 6, told)
}

func TestNextActionsOfAccounts(t *testing.T) {
	t.Parallel()
	a := domain.Account{Type: domain.AccountCitizen}
	require.Equal(t, []string{"fill_personal_data", "sign_out"}, a.NextActions())
	for _, status := range domain.VerificationStatuses() {
		a.Verification = status
		require.Equal(t, append(status.NextActions(), "sign_out"), a.NextActions())
	}
}

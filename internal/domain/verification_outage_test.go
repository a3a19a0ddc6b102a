package domain_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
)

// downSince is a case that has waited for a register from the beginning of these
// tests.
func downSince(t *testing.T) (domain.VerificationCase, domain.CheckRun) {
	t.Helper()
	c := domain.NewVerificationCase(domain.NewID(), at())
	run := c.Runs()[0]
	require.Equal(t, domain.VerificationWait, c.Delay(run, at(), at().Add(time.Minute)))
	return c, run
}

// Operators are called after an hour and after a day, and decide after five
// days. // M05
func TestAlarmsOfARegisterThatIsDown(t *testing.T) {
	t.Parallel()
	const hour, day = time.Hour, 24 * time.Hour
	p := domain.DefaultPolicies()
	short, long, review := domain.AlarmRegisterDown, domain.AlarmRegisterDownLong, domain.AlarmManualReview
	for _, tc := range []struct {
		after time.Duration
		want  []domain.AlarmKind
		moves domain.VerificationEvent
	}{
		{0, nil, ""},
		{hour - time.Microsecond, nil, ""},
		{hour, []domain.AlarmKind{short}, ""},
		{day - time.Microsecond, []domain.AlarmKind{short}, ""},
		{day, []domain.AlarmKind{short, long}, ""},
		{5*day - time.Microsecond, []domain.AlarmKind{short, long}, ""},
		{5 * day, []domain.AlarmKind{short, long, review}, domain.VerificationEscalate},
	} {
		c, run := downSince(t)
		now := at().Add(tc.after)
		require.Empty(t, c.Delay(run, now, now.Add(time.Hour)))
		require.Equal(t, at(), c.DownSince(), "since the first time")
		require.Equal(t, at().Add(5*day), c.Deadline(p))
		require.Equal(t, tc.moves, c.Escalate(p, now), tc.after)
		require.Equal(t, tc.want, c.RegisterAlarms(p, now), tc.after)
		if tc.moves == "" {
			continue
		}
		require.Equal(t, domain.VerificationManualReview, c.Status)
		require.Zero(t, c.Deadline(p))
		require.Zero(t, c.Checks[0].RetryAt)
		require.Nil(t, c.Awaited(run), "a late answer changes nothing")
		require.Empty(t, c.Escalate(p, now.Add(day)))
	}
}

// The oldest outage counts, and an answer ends its own only.
func TestTwoRegistersDown(t *testing.T) {
	t.Parallel()
	c, run := downSince(t)
	other := c.Runs()[1]
	c.Delay(other, at().Add(time.Minute), at().Add(time.Hour))
	require.Equal(t, at(), c.DownSince())
	require.Empty(t, c.Taken(run, "reference", at()), "the other is still down")
	require.Equal(t, at().Add(time.Minute), c.DownSince())
	c.Delay(run, at().Add(time.Hour), at().Add(2*time.Hour))
	require.Equal(t, at(), c.DownSince(), "taking the question was no answer")
	c.Answer(run, domain.CheckOutcome{Done: true, Result: domain.CheckPassed}, at(), checksValid)
	require.Equal(t, at().Add(time.Minute), c.DownSince())
	c.Answer(other, domain.CheckOutcome{Done: true, Result: domain.CheckPassed}, at(), checksValid)
	require.Zero(t, c.DownSince())
	require.Empty(t, c.RegisterAlarms(domain.DefaultPolicies(), at().Add(checksValid)))
	require.Empty(t, c.Escalate(domain.DefaultPolicies(), at().Add(checksValid)))
	require.Equal(t, at().Add(checksValid), c.Deadline(domain.DefaultPolicies()))
}

// No wait jumps over a moment at which operators have to be called.
func TestRetriesMeetTheAlarms(t *testing.T) {
	t.Parallel()
	p, day := domain.DefaultPolicies(), 24*time.Hour
	down := domain.Check{DownSince: at()}
	for _, tc := range []struct {
		check            domain.Check
		after, wait, got time.Duration
	}{
		{domain.Check{}, 0, time.Minute, time.Minute},
		{domain.Check{}, 0, 2 * time.Hour, time.Hour},
		{down, 31 * time.Minute, 32 * time.Minute, time.Hour},
		{down, time.Hour, time.Hour, 2 * time.Hour},
		{down, day - time.Minute, time.Hour, day},
		{down, 5*day - time.Second, time.Hour, 5 * day},
		{down, 5 * day, time.Hour, 5*day + time.Hour},
	} {
		got := p.RetryAt(tc.check, at().Add(tc.after), tc.wait)
		require.Equal(t, tc.got, got.Sub(at()), "%s, %s", tc.after, tc.wait)
	}
}

// Whoever has the SNILS of a confirmed account is put on hold when the checks
// pass, and learns what is wrong when they do not.
func TestAnswersToAContestedSNILS(t *testing.T) {
	t.Parallel()
	for second, want := range map[domain.CheckResult]domain.VerificationStatus{
		domain.CheckPassed:   domain.VerificationOnHold,
		domain.CheckMismatch: domain.VerificationNeedsCorrection,
		domain.CheckDeceased: domain.VerificationRejected,
	} {
		c := domain.NewVerificationCase(domain.NewID(), at())
		require.Empty(t, c.AnswerContested(c.Runs()[0], domain.CheckOutcome{Done: true, Result: domain.CheckPassed}, at()))
		c.AnswerContested(c.Runs()[1], domain.CheckOutcome{Done: true, Result: second}, at())
		require.Equal(t, want, c.Status)
		require.Zero(t, c.ValidUntil)
		require.Zero(t, c.Deadline(domain.DefaultPolicies()))
		before := clone(c)
		require.Empty(t, c.AnswerContested(c.Runs()[1], domain.CheckOutcome{Done: true, Result: domain.CheckPassed}, at()))
		require.Equal(t, before, c)
	}
}

// Data that wait for an operator are not checked again because they are sent
// again.
func TestWhatProves(t *testing.T) {
	t.Parallel()
	for status, want := range map[domain.VerificationStatus]bool{
		domain.VerificationChecking: true, domain.VerificationWaitingRegistry: true, domain.VerificationPassed: true,
		domain.VerificationOnHold: true, domain.VerificationManualReview: true, domain.VerificationNeedsCorrection: false,
		domain.VerificationRejected: false, domain.VerificationSuperseded: false, domain.VerificationExpired: false,
	} {
		c := caseIn(status, domain.CheckPassed)
		require.Equal(t, want, c.Proves(), status)
	}
}

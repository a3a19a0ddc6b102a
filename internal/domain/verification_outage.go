package domain

import (
	"time"
)

// DownSince is since when the case waits for a register that cannot be reached;
// zero while there is none.
func (c *VerificationCase) DownSince() (since time.Time) {
	for _, check := range c.Checks {
		if check.Result == CheckUnavailable && (since.IsZero() || check.DownSince.Before(since)) {
			since = check.DownSince
		}
	}
	return since
}

// RegisterAlarms are the alarms that a case which waits for a register has come
// to. Each is raised once, however often it is named.
func (c *VerificationCase) RegisterAlarms(p Policies, now time.Time) (due []AlarmKind) {
	since := c.DownSince()
	if since.IsZero() || c.Status != VerificationWaitingRegistry && c.Status != VerificationManualReview {
		return nil
	}
	if !now.Before(since.Add(p.RegisterAlarmAfter)) {
		due = append(due, AlarmRegisterDown)
	}
	if !now.Before(since.Add(p.RegisterAlarmAgainAfter)) {
		due = append(due, AlarmRegisterDownLong)
	}
	if c.Status == VerificationManualReview {
		due = append(due, AlarmManualReview)
	}
	return due
}

// Escalate hands a case to the operators whose register was down for too long.
// It returns the move; none while there is still time.
func (c *VerificationCase) Escalate(p Policies, now time.Time) VerificationEvent {
	since := c.DownSince()
	if since.IsZero() || now.Before(since.Add(p.ManualReviewAfter)) || c.move(VerificationEscalate) != nil {
		return ""
	}
	for i := range c.Checks {
		c.Checks[i].RetryAt = time.Time{} // nobody asks any more
	}
	return VerificationEscalate
}

// RetryAt is when a register that could not be reached is tried again: after the
// wait, or at the moment at which operators have to be called if that is before.
func (p Policies) RetryAt(c Check, now time.Time, wait time.Duration) time.Time {
	since, at := c.DownSince, now.Add(wait)
	if since.IsZero() {
		since = now
	}
	for _, after := range []time.Duration{p.RegisterAlarmAfter, p.RegisterAlarmAgainAfter, p.ManualReviewAfter} {
		if due := since.Add(after); due.After(now) && due.Before(at) {
			at = due
		}
	}
	return at
}

// Deadline is until when the present state lasts: until when passed checks prove
// the data, or when an operator decides in the place of a register that is down.
// Zero where there is no such time.
func (c *VerificationCase) Deadline(p Policies) time.Time {
	switch c.Status { //nolint:exhaustive // all others last until somebody acts
	case VerificationPassed, VerificationExpired:
		return c.ValidUntil
	case VerificationWaitingRegistry:
		return c.DownSince().Add(p.ManualReviewAfter)
	default:
		return time.Time{}
	}
}

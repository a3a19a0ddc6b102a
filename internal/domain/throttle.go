package domain

import (
	"time"

	"example.org/kabinet/internal/apperr"
)

// throttleMemory is how long failures are remembered after the last one.
const throttleMemory = 24 * time.Hour

// Throttle counts wrong passwords of one client address at one login. Being
// kept per pair, it delays who guesses and never the owner elsewhere.
type Throttle struct {
	Failures int
	LastAt   time.Time
	// BlockedUntil is when the next password is compared; zero for at once.
	BlockedUntil time.Time
}

// Attempt counts a try as a failure before it is made, so that tries made at
// once are all counted. It refuses while the delay lasts.
func (t *Throttle) Attempt(now time.Time, p Policies) error {
	if now.Before(t.BlockedUntil) {
		return &apperr.Error{Code: apperr.SignInDelayed, RetryAt: t.BlockedUntil}
	}
	if now.Sub(t.LastAt) > throttleMemory {
		t.Failures = 0
	}
	t.Failures++
	t.LastAt, t.BlockedUntil = now, time.Time{}
	if delay := p.SignInDelayAfter(t.Failures); delay > 0 {
		t.BlockedUntil = now.Add(delay)
	}
	return nil
}

// Refund takes back a try that was counted and could not be made.
func (t *Throttle) Refund() {
	t.Failures, t.BlockedUntil = max(t.Failures-1, 0), time.Time{}
}

// Reset forgets all failures.
func (t *Throttle) Reset() { *t = Throttle{} }

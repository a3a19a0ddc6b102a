package domain

import "time"

// SandboxClockMost is how far a sandbox's clock can be moved in all: ten years
// of 365 days.
const SandboxClockMost = 10 * 365 * 24 * time.Hour

// SandboxClock is the time in a sandbox.
type SandboxClock struct {
	Now time.Time
	// AdvancedBy is how far the clock was moved in all.
	AdvancedBy time.Duration
}

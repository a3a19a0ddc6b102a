package domain

import "time"

// Leftover is a kind of what has served its purpose and is destroyed some time
// after its end, together with what belongs to it. Its value is the name of its
// table.
type Leftover string

// The kinds of leftovers.
const (
	// LeftoverRegistrations are registrations that came to an account, or to
	// nothing.
	LeftoverRegistrations Leftover = "registrations"
	// LeftoverApplications are applications of payers that came to no connection.
	LeftoverApplications Leftover = "payer_applications"
	// LeftoverChallenges are codes that belong to an account: those of other flows
	// go with their flow.
	LeftoverChallenges Leftover = "challenges"
	LeftoverSessions   Leftover = "sessions"
	LeftoverThrottles  Leftover = "throttles"
	LeftoverLimits     Leftover = "rate_limits"
	// LeftoverAnswers are answers to requests with an Idempotency-Key.
	LeftoverAnswers Leftover = "answers"
	// LeftoverMessages are messages that have left the queue.
	LeftoverMessages Leftover = "messages"
	// LeftoverAttempts are attempts to bring something on its way.
	LeftoverAttempts Leftover = "message_attempts"
)

// Leftovers lists every kind of leftovers.
func Leftovers() []Leftover {
	return []Leftover{
		LeftoverRegistrations, LeftoverApplications, LeftoverChallenges, LeftoverSessions,
		LeftoverThrottles, LeftoverLimits, LeftoverAnswers, LeftoverMessages, LeftoverAttempts,
	}
}

const (
	// keptAfterEnd is how long personal data are kept whose purpose has ended. The
	// law leaves thirty days to destroy them (152-FZ, article 21, part 4). One of
	// them is for what ends before the moment that it was good until, which is the
	// end that is stored, and for workers that stand still.
	keptAfterEnd = 29 * 24 * time.Hour
	// keptMessages is how long it can be told whether a message left, and what was
	// tried, for people who ask why they were not reached. Its address and text are erased when it
	// leaves.
	keptMessages = 90 * 24 * time.Hour
	// keptSpent is for requests that are under way, and for processes whose clocks
	// differ.
	keptSpent = time.Hour
)

// KeptFor is how long leftovers of the kind are kept after their end.
func (l Leftover) KeptFor() time.Duration {
	switch l {
	case LeftoverThrottles:
		return throttleMemory + keptSpent
	case LeftoverLimits, LeftoverAnswers:
		return keptSpent
	case LeftoverMessages, LeftoverAttempts:
		return keptMessages
	case LeftoverRegistrations, LeftoverApplications, LeftoverChallenges, LeftoverSessions:
		return keptAfterEnd
	}
	return keptAfterEnd
}

// Tidied is what was destroyed.
type Tidied struct {
	// Rows is how many rows there were of each table.
	Rows map[string]int
	// More tells that there is more to destroy.
	More bool
}

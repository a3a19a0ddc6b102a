package domain

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/ident"
)

// AttemptOutcome is what came of a [MessageAttempt].
type AttemptOutcome string

// The outcomes of an attempt.
const (
	// AttemptOpen is an attempt under way, or one whose process died: nobody knows
	// whether the provider has the message.
	AttemptOpen     AttemptOutcome = "open"
	AttemptAccepted AttemptOutcome = "accepted"
	// AttemptRefused is for good, AttemptFailed is not.
	AttemptRefused AttemptOutcome = "refused"
	AttemptFailed  AttemptOutcome = "failed"
)

// MessageAttempt is one try to hand a message to a provider, or an electronic
// document to the exchange. It is noted before the other side is asked, so that
// nothing is sent without a trace.
type MessageAttempt struct {
	ID uuid.UUID
	// MessageID is the message or the document.
	MessageID uuid.UUID
	Provider  string
	Outcome   AttemptOutcome
	// Reference is what the provider calls the message, for its receipts; empty
	// where it gives none.
	Reference string
	// Reason is why it failed, in the provider's codes.
	Reason    string
	StartedAt time.Time
	// EndedAt is zero while the attempt is open.
	EndedAt time.Time
	// PollAfter is when the provider is asked for a receipt; zero where it is not.
	PollAfter time.Time
}

// MessageReceipt is what a provider says about a message that it had accepted.
type MessageReceipt struct {
	Provider string
	// Reference is what the provider calls the message.
	Reference string
	Delivered bool
	// Reason is why it was not delivered, in the provider's codes.
	Reason string
	// At is when that happened, by the provider's clock.
	At time.Time
}

// Event is what the receipt does to a message.
func (r MessageReceipt) Event() MessageEvent {
	if r.Delivered {
		return MessageDeliver
	}
	return MessageBounce
}

// maxFailure is how much of a provider's reason is kept, in characters.
const maxFailure = 200

func shortened(reason string) string {
	if all := []rune(reason); len(all) > maxFailure {
		return string(all[:maxFailure])
	}
	return reason
}

// Fail notes why the message has not left, or not arrived.
func (m *Message) Fail(reason string) { m.Failure = shortened(reason) }

// UnderWay tells whether one of the attempts at a message may still be at work, which
// it is for a lease at the most.
func UnderWay(attempts []MessageAttempt, now time.Time, lease time.Duration) bool {
	return slices.ContainsFunc(attempts, func(a MessageAttempt) bool {
		return a.Outcome == AttemptOpen && now.Before(a.StartedAt.Add(lease))
	})
}

// NewAttempt is an attempt that begins.
func NewAttempt(message uuid.UUID, provider string, now time.Time) MessageAttempt {
	return MessageAttempt{ID: NewID(), MessageID: message, Provider: provider, Outcome: AttemptOpen, StartedAt: now}
}

// The pauses between the questions for a receipt grow with the age of the message,
// from the first on, and end with the last.
const (
	firstPoll = time.Minute
	lastPoll  = 72 * time.Hour
)

// Accept notes that the provider has the message.
func (a *MessageAttempt) Accept(reference string, polled bool, now time.Time) {
	a.Outcome, a.Reference, a.EndedAt = AttemptAccepted, reference, now
	if polled && reference != "" {
		a.PollAfter = now.Add(firstPoll)
	}
}

// Fail notes why the provider does not have the message.
func (a *MessageAttempt) Fail(outcome AttemptOutcome, reason string, now time.Time) {
	a.Outcome, a.Reason, a.EndedAt = outcome, shortened(reason), now
}

// Polled notes that the provider had no receipt yet.
func (a *MessageAttempt) Polled(now time.Time) {
	age := now.Sub(a.EndedAt)
	if age >= lastPoll {
		a.PollAfter = time.Time{}
		return
	}
	a.PollAfter = now.Add(max(age, firstPoll))
}

// Move lets an event happen to the message. What cannot be needed any more is
// forgotten: of what has left, address and content; of what failed, only if its
// time is over.
func (m *Message) Move(on MessageEvent, now time.Time) error {
	to, err := next(MessageMoves(), m.Status, on)
	if err != nil {
		return err
	}
	m.Status, m.ChangedAt = to, now
	if to != MessageQueued && (to != MessageFailed || m.Stale(now)) {
		m.Forget()
	}
	return nil
}

// Forget erases whom the message was for, and what it said.
func (m *Message) Forget() {
	m.To, m.Code, m.Link, m.Reason, m.About = ident.Contact{}, "", "", "", ""
}

// Forgotten tells whether address and content are erased.
func (m *Message) Forgotten() bool { return m.To == ident.Contact{} }

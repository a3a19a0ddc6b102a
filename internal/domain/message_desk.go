package domain

import (
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
)

const (
	// MessageStuckAfter is how long a message may wait before operators see it
	// among those that are stuck.
	MessageStuckAfter = 10 * time.Minute
	// MessageResendable is how long a message that failed is kept, so that it can be
	// sent again.
	MessageResendable = 7 * 24 * time.Hour
)

// Trouble is why operators look at a message.
type Trouble string

// The troubles.
const (
	// TroubleStuck is a message that waits for longer than it should.
	TroubleStuck Trouble = "stuck"
	// TroubleFailed is one that was given up, or did not arrive.
	TroubleFailed Trouble = "failed"
)

// Troubles lists every trouble.
func Troubles() []Trouble { return []Trouble{TroubleStuck, TroubleFailed} }

// MessageFilter says which messages are wanted.
type MessageFilter struct {
	// Trouble is empty for both.
	Trouble Trouble
	// Channel is empty for all.
	Channel Channel
	// StuckBefore is when those were made that are stuck.
	StuckBefore time.Time
	Page        Page
}

// MessageRecord is a message as operators see it.
type MessageRecord struct {
	Message Message
	// SeenAt is the moment that it is as of.
	SeenAt time.Time
	// Attempts is everything that was tried, the first one first, where it was
	// asked for.
	Attempts []MessageAttempt
}

// MessageList is a page of messages.
type MessageList struct {
	Messages []MessageRecord
	More     bool
}

// MessageResending is an operator's wish to have a message sent again.
type MessageResending struct {
	Desk Desk
	ID   uuid.UUID
}

// Stuck tells whether the message waits for longer than it should.
func (m *Message) Stuck(now time.Time) bool {
	return m.Status == MessageQueued && !now.Before(m.CreatedAt.Add(MessageStuckAfter))
}

// Resend puts the message into the queue once more. Refused is one that is not in
// trouble, one that is forgotten, and one that came too late.
func (m *Message) Resend(now time.Time) error {
	if !m.mayResend(now) {
		return &apperr.Error{Code: apperr.InvalidTransition, NextActions: m.NextActions(now)}
	}
	return m.Move(MessageResend, now)
}

func (m *Message) mayResend(now time.Time) bool {
	return (m.Status == MessageFailed || m.Stuck(now)) && !m.Forgotten() && !m.Stale(now)
}

// NextActions names what operators can do next with the message.
func (m *Message) NextActions(now time.Time) []string {
	if m.mayResend(now) {
		return []string{"resend_message"}
	}
	return []string{"list_messages"}
}

// MessageCount is how much of what leaves by a channel is in some state.
type MessageCount struct {
	Channel Channel
	// Waiting is all that has not left yet, Stuck what waits for too long, Failed
	// what failed in the last days.
	Waiting, Stuck, Failed int
}

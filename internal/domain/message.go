package domain

import (
	"errors"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/ident"
)

// ErrUndeliverable marks a failure to send that trying again will not mend.
var ErrUndeliverable = errors.New("undeliverable")

// Locale is the language that a person is written to in.
type Locale string

// The languages.
const (
	LocaleRussian Locale = "ru"
	LocaleEnglish Locale = "en"
)

// MessageKind says what a message is about, and so which text it has.
type MessageKind string

// The kinds of message.
const (
	// MessageRegistrationCode brings the code that proves a contact.
	MessageRegistrationCode MessageKind = "registration_code"
	// MessageRegistrationAttempt tells an account's owner that somebody
	// tried to register with the owner's contact.
	MessageRegistrationAttempt MessageKind = "registration_attempt"
	// MessageSessionRevoked tells an account's owner that a session was ended
	// because its refresh token was used twice.
	MessageSessionRevoked MessageKind = "session_revoked"
	// MessageVerificationPassed tells that the automatic checks are passed.
	MessageVerificationPassed MessageKind = "verification_passed"
	// MessageVerificationCorrection tells that data have to be corrected.
	MessageVerificationCorrection MessageKind = "verification_correction"
	// MessageVerificationRejected sends a person to an office.
	MessageVerificationRejected MessageKind = "verification_rejected"
	// MessageVerificationDelayed tells that a register is down.
	MessageVerificationDelayed MessageKind = "verification_delayed"
)

// MessageKinds lists every kind of message.
func MessageKinds() []MessageKind {
	return []MessageKind{
		MessageRegistrationCode, MessageRegistrationAttempt, MessageSessionRevoked,
		MessageVerificationPassed, MessageVerificationCorrection, MessageVerificationRejected, MessageVerificationDelayed,
	}
}

// Channel is what a message travels by.
type Channel string

// The channels.
const (
	ChannelSMS   Channel = "sms"
	ChannelEmail Channel = "email"
)

// ChannelOf is the channel that reaches a contact.
func ChannelOf(c ident.Contact) Channel {
	if c.Kind() == ident.ContactPhone {
		return ChannelSMS
	}
	return ChannelEmail
}

// MessageStatus is a state of a [Message].
type MessageStatus string

// The states of a message.
const (
	MessageQueued  MessageStatus = "queued"
	MessageSent    MessageStatus = "sent"
	MessageExpired MessageStatus = "expired"
	MessageFailed  MessageStatus = "failed"
)

// MessageStatuses lists every state of a message.
func MessageStatuses() []MessageStatus {
	return []MessageStatus{MessageQueued, MessageSent, MessageExpired, MessageFailed}
}

// Turn says who acts next.
func (s MessageStatus) Turn() Turn {
	if s == MessageQueued {
		return TurnKabinet
	}
	return TurnNobody
}

// MessageEvent is what can happen to a message.
type MessageEvent string

// The events of a message.
const (
	MessageDeliver MessageEvent = "deliver"
	MessageExpire  MessageEvent = "expire"
	MessageGiveUp  MessageEvent = "give_up"
)

// MessageEvents lists every event of a message.
func MessageEvents() []MessageEvent {
	return []MessageEvent{MessageDeliver, MessageExpire, MessageGiveUp}
}

// MessageMoves is the table of a message's states.
func MessageMoves() []Move[MessageStatus, MessageEvent] {
	return []Move[MessageStatus, MessageEvent]{
		{MessageQueued, MessageDeliver, MessageSent},
		{MessageQueued, MessageExpire, MessageExpired},
		{MessageQueued, MessageGiveUp, MessageFailed},
	}
}

// Message is something that a person is told. Its address and code are kept
// encrypted, and only for as long as it is queued.
type Message struct {
	ID     uuid.UUID
	Kind   MessageKind
	Status MessageStatus
	To     ident.Contact
	Locale Locale
	// Code is the one-time code that the message carries, if any.
	Code      string
	CreatedAt time.Time
	// ExpiresAt is when the message is of no more use; zero for never.
	ExpiresAt time.Time
}

// Settle moves the message out of the queue and forgets what is not needed
// any more.
func (m *Message) Settle(on MessageEvent) error {
	to, err := next(MessageMoves(), m.Status, on)
	if err == nil {
		m.Status, m.Code = to, ""
	}
	return err
}

// Stale tells whether the message has come too late to be sent.
func (m *Message) Stale(now time.Time) bool {
	return !m.ExpiresAt.IsZero() && !now.Before(m.ExpiresAt)
}

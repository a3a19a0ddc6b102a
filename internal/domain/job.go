package domain

import "github.com/google/uuid"

// SendMessage is the job that brings one message on its way. It names the
// message and holds nothing of it.
type SendMessage struct {
	MessageID uuid.UUID `json:"message_id"`
}

// Kind is the name of the job in the queue.
func (SendMessage) Kind() string { return "send_message" }

// Queue separates messages that somebody waits for from those that can wait,
// and one channel from another, so that a flood of the one or the failure of
// the other never delays the rest.
type Queue string

// The queues.
const (
	QueueCodesSMS   Queue = "codes_sms"
	QueueCodesEmail Queue = "codes_email"
	QueueNotices    Queue = "notices"
	// QueueChecks is for the questions to the registers.
	QueueChecks Queue = "checks"
)

// Queue is where the message waits to be sent.
func (m *Message) Queue() Queue {
	switch {
	case m.Kind != MessageRegistrationCode:
		return QueueNotices
	case ChannelOf(m.To) == ChannelSMS:
		return QueueCodesSMS
	default:
		return QueueCodesEmail
	}
}

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
// so that a flood of one kind never delays the other.
type Queue string

// The queues.
const (
	QueueCodes   Queue = "codes"
	QueueNotices Queue = "notices"
)

// Queue is where the message waits to be sent.
func (k MessageKind) Queue() Queue {
	if k == MessageRegistrationCode {
		return QueueCodes
	}
	return QueueNotices
}

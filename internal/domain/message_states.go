package domain

// MessageStatus is a state of a [Message].
type MessageStatus string

// The states of a message.
const (
	MessageQueued MessageStatus = "queued"
	// MessageSent is a message that a provider has accepted.
	MessageSent MessageStatus = "sent"
	// MessageDelivered is a message that, the provider says, has reached the person.
	MessageDelivered MessageStatus = "delivered"
	MessageExpired   MessageStatus = "expired"
	MessageFailed    MessageStatus = "failed"
)

// MessageStatuses lists every state of a message.
func MessageStatuses() []MessageStatus {
	return []MessageStatus{MessageQueued, MessageSent, MessageDelivered, MessageExpired, MessageFailed}
}

// Turn says who acts next. Between its leaving and its receipt that is the
// provider, as the post is for letters; not every provider gives receipts.
func (s MessageStatus) Turn() Turn {
	switch s {
	case MessageQueued:
		return TurnKabinet
	case MessageSent:
		return TurnPost
	case MessageFailed:
		return TurnOperator
	case MessageDelivered, MessageExpired:
		return TurnNobody
	}
	return TurnNobody
}

// MessageEvent is what can happen to a message.
type MessageEvent string

// The events of a message.
const (
	MessageSend    MessageEvent = "send"
	MessageDeliver MessageEvent = "deliver"
	// MessageBounce is a receipt which says that the message did not arrive.
	MessageBounce MessageEvent = "bounce"
	MessageExpire MessageEvent = "expire"
	MessageGiveUp MessageEvent = "give_up"
	// MessageResend is an operator's doing.
	MessageResend MessageEvent = "resend"
)

// MessageEvents lists every event of a message.
func MessageEvents() []MessageEvent {
	return []MessageEvent{MessageSend, MessageDeliver, MessageBounce, MessageExpire, MessageGiveUp, MessageResend}
}

// MessageMoves is the table of a message's states.
func MessageMoves() []Move[MessageStatus, MessageEvent] {
	return []Move[MessageStatus, MessageEvent]{
		{MessageQueued, MessageSend, MessageSent},
		{MessageQueued, MessageExpire, MessageExpired},
		{MessageQueued, MessageGiveUp, MessageFailed},
		{MessageQueued, MessageResend, MessageQueued},
		{MessageSent, MessageDeliver, MessageDelivered},
		{MessageSent, MessageBounce, MessageFailed},
		{MessageFailed, MessageResend, MessageQueued},
	}
}

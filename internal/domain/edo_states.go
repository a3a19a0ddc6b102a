package domain

// EDOStatuses lists every state of an electronic document.
func EDOStatuses() []EDOStatus {
	return []EDOStatus{
		EDOQueued, EDOSent, EDODelivered, EDORead, EDORejected, EDOCodeEntered, EDOExpired, EDOExhausted, EDOSuperseded,
	}
}

// Live tells whether the document may still lead to its code.
func (s EDOStatus) Live() bool { return s == EDOQueued || s.TakesCode() }

// TakesCode tells whether the document has left the house, so that its code may
// be typed in.
func (s EDOStatus) TakesCode() bool { return s == EDOSent || s == EDODelivered || s == EDORead }

// Turn says who acts next. Between its leaving and its being read that is the
// exchange, as the post is for letters.
func (s EDOStatus) Turn() Turn {
	switch s {
	case EDOQueued:
		return TurnKabinet
	case EDOSent:
		return TurnPost
	case EDODelivered, EDORead:
		return TurnPerson
	case EDORejected, EDOCodeEntered, EDOExpired, EDOExhausted, EDOSuperseded:
		return TurnNobody
	}
	return TurnNobody
}

// EDOEvent is what can happen to an electronic document.
type EDOEvent string

// The events of an electronic document.
const (
	EDOSend      EDOEvent = "send"
	EDODeliver   EDOEvent = "deliver"
	EDOOpen      EDOEvent = "read"
	EDOReject    EDOEvent = "reject"
	EDOEnterCode EDOEvent = "enter_code"
	EDOExpire    EDOEvent = "expire"
	// EDOExhaust is the last wrong code.
	EDOExhaust   EDOEvent = "exhaust"
	EDOSupersede EDOEvent = "supersede"
)

// EDOEvents lists every event of an electronic document.
func EDOEvents() []EDOEvent {
	return []EDOEvent{EDOSend, EDODeliver, EDOOpen, EDOReject, EDOEnterCode, EDOExpire, EDOExhaust, EDOSupersede}
}

// EDOMoves is the table of the states of an electronic document. A receipt that
// comes before an earlier one leaves it out.
func EDOMoves() []Move[EDOStatus, EDOEvent] {
	moves := []Move[EDOStatus, EDOEvent]{
		{EDOQueued, EDOSend, EDOSent},
		{EDOQueued, EDOReject, EDORejected},
		{EDOQueued, EDOSupersede, EDOSuperseded},
		{EDOQueued, EDOExpire, EDOExpired},
		{EDOQueued, EDOExhaust, EDOExhausted},
		{EDOSent, EDODeliver, EDODelivered},
		{EDOSent, EDOOpen, EDORead},
		{EDOSent, EDOReject, EDORejected},
		{EDODelivered, EDOOpen, EDORead},
		{EDODelivered, EDOReject, EDORejected},
	}
	for _, s := range EDOStatuses() {
		if s.TakesCode() {
			moves = append(moves,
				Move[EDOStatus, EDOEvent]{s, EDOEnterCode, EDOCodeEntered},
				Move[EDOStatus, EDOEvent]{s, EDOExpire, EDOExpired},
				Move[EDOStatus, EDOEvent]{s, EDOExhaust, EDOExhausted},
				Move[EDOStatus, EDOEvent]{s, EDOSupersede, EDOSuperseded})
		}
	}
	return moves
}

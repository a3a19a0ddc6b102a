package domain

// LetterStatus is a state of a [Letter].
type LetterStatus string

// The states of a registered letter.
const (
	LetterRequested   LetterStatus = "requested"
	LetterPrinted     LetterStatus = "printed"
	LetterPosted      LetterStatus = "posted"
	LetterDelivered   LetterStatus = "delivered"
	LetterCodeEntered LetterStatus = "code_entered"
	LetterReturned    LetterStatus = "returned"
	LetterLost        LetterStatus = "lost"
	LetterExpired     LetterStatus = "expired"
	LetterExhausted   LetterStatus = "exhausted"
	LetterCancelled   LetterStatus = "cancelled"
	LetterSuperseded  LetterStatus = "superseded"
)

// LetterStatuses lists every state of a letter.
func LetterStatuses() []LetterStatus {
	return []LetterStatus{
		LetterRequested, LetterPrinted, LetterPosted, LetterDelivered, LetterCodeEntered, LetterReturned,
		LetterLost, LetterExpired, LetterExhausted, LetterCancelled, LetterSuperseded,
	}
}

// Live tells whether the letter may still lead to its code.
func (s LetterStatus) Live() bool {
	return s == LetterRequested || s == LetterPrinted || s == LetterPosted || s == LetterDelivered
}

// TakesCode tells whether the letter has left the house, so that its code may
// be typed in.
func (s LetterStatus) TakesCode() bool { return s == LetterPosted || s == LetterDelivered }

// Turn says who acts next.
func (s LetterStatus) Turn() Turn {
	switch s {
	case LetterRequested, LetterPrinted:
		return TurnOperator
	case LetterPosted:
		return TurnPost
	case LetterDelivered:
		return TurnPerson
	case LetterCodeEntered, LetterReturned, LetterLost, LetterExpired, LetterExhausted, LetterCancelled, LetterSuperseded:
		return TurnNobody
	}
	return TurnNobody
}

// NextActions names what the person can do next.
func (s LetterStatus) NextActions() []string {
	switch s {
	case LetterRequested, LetterPrinted:
		return []string{"wait_for_letter", "cancel_confirmation"}
	case LetterPosted, LetterDelivered:
		return []string{"enter_code", "cancel_confirmation"}
	case LetterCodeEntered:
		return []string{"use_services"}
	case LetterReturned, LetterLost, LetterExpired, LetterExhausted, LetterCancelled, LetterSuperseded:
		return []string{"request_confirmation"}
	}
	return nil
}

// LetterEvent is what can happen to a letter.
type LetterEvent string

// The events of a letter.
const (
	LetterPrint     LetterEvent = "print"
	LetterPost      LetterEvent = "post"
	LetterDeliver   LetterEvent = "deliver"
	LetterEnterCode LetterEvent = "enter_code"
	// LetterReturn is the post's bringing the letter back.
	LetterReturn LetterEvent = "return"
	LetterLose   LetterEvent = "lose"
	LetterExpire LetterEvent = "expire"
	// LetterExhaust is the last wrong code.
	LetterExhaust LetterEvent = "exhaust"
	LetterCancel  LetterEvent = "cancel"
	// LetterSupersede is edited data, or a quicker way.
	LetterSupersede LetterEvent = "supersede"
)

// LetterEvents lists every event of a letter.
func LetterEvents() []LetterEvent {
	return []LetterEvent{
		LetterPrint, LetterPost, LetterDeliver, LetterEnterCode, LetterReturn,
		LetterLose, LetterExpire, LetterExhaust, LetterCancel, LetterSupersede,
	}
}

// LetterMoves is the table of a letter's states.
func LetterMoves() []Move[LetterStatus, LetterEvent] {
	return []Move[LetterStatus, LetterEvent]{
		{LetterRequested, LetterPrint, LetterPrinted},
		{LetterRequested, LetterCancel, LetterCancelled},
		{LetterRequested, LetterSupersede, LetterSuperseded},
		{LetterPrinted, LetterPost, LetterPosted},
		{LetterPrinted, LetterLose, LetterLost},
		{LetterPrinted, LetterCancel, LetterCancelled},
		{LetterPrinted, LetterSupersede, LetterSuperseded},
		{LetterPosted, LetterDeliver, LetterDelivered},
		{LetterPosted, LetterEnterCode, LetterCodeEntered},
		{LetterPosted, LetterReturn, LetterReturned},
		{LetterPosted, LetterLose, LetterLost},
		{LetterPosted, LetterExpire, LetterExpired},
		{LetterPosted, LetterExhaust, LetterExhausted},
		{LetterPosted, LetterCancel, LetterCancelled},
		{LetterPosted, LetterSupersede, LetterSuperseded},
		{LetterDelivered, LetterEnterCode, LetterCodeEntered},
		{LetterDelivered, LetterExpire, LetterExpired},
		{LetterDelivered, LetterExhaust, LetterExhausted},
		{LetterDelivered, LetterCancel, LetterCancelled},
		{LetterDelivered, LetterSupersede, LetterSuperseded},
	}
}

// LetterBatchStatus is a state of a [LetterBatch].
type LetterBatchStatus string

// The states of a print batch.
const (
	LetterBatchOpen    LetterBatchStatus = "open"
	LetterBatchPrinted LetterBatchStatus = "printed"
)

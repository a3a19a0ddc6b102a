package domain

// ConfirmationStatus is a state of a [Confirmation].
type ConfirmationStatus string

// The states of an identity confirmation.
const (
	ConfirmationRequested ConfirmationStatus = "requested"
	ConfirmationConfirmed ConfirmationStatus = "confirmed"
	// ConfirmationRefused is a visit at which the operator said no.
	ConfirmationRefused   ConfirmationStatus = "refused"
	ConfirmationCancelled ConfirmationStatus = "cancelled"
	ConfirmationExpired   ConfirmationStatus = "expired"
	// ConfirmationSuperseded gave way to edited data, or to a quicker way.
	ConfirmationSuperseded ConfirmationStatus = "superseded"
	// ConfirmationFailed is one whose letter came to nothing.
	ConfirmationFailed ConfirmationStatus = "failed"
	// ConfirmationDisputed is one that the account's owner denies.
	ConfirmationDisputed ConfirmationStatus = "disputed"
)

// ConfirmationStatuses lists every state of a confirmation.
func ConfirmationStatuses() []ConfirmationStatus {
	return []ConfirmationStatus{
		ConfirmationRequested, ConfirmationConfirmed, ConfirmationRefused, ConfirmationCancelled,
		ConfirmationExpired, ConfirmationSuperseded, ConfirmationFailed, ConfirmationDisputed,
	}
}

// Turn says who acts next. Whose turn it is while a letter is under way, the
// letter says.
func (s ConfirmationStatus) Turn() Turn {
	switch s {
	case ConfirmationRequested, ConfirmationConfirmed, ConfirmationSuperseded:
		return TurnPerson
	case ConfirmationRefused, ConfirmationCancelled, ConfirmationExpired, ConfirmationFailed, ConfirmationDisputed:
		return TurnNobody
	}
	return TurnNobody
}

// NextActions names what the person can do next. While a letter is under way,
// the letter adds to it.
func (s ConfirmationStatus) NextActions() []string {
	switch s {
	case ConfirmationRequested:
		return []string{"cancel_confirmation"}
	case ConfirmationConfirmed:
		return []string{"use_services"}
	case ConfirmationDisputed:
		return []string{"visit_office", "request_confirmation"}
	case ConfirmationRefused, ConfirmationCancelled, ConfirmationExpired, ConfirmationSuperseded, ConfirmationFailed:
		return []string{"request_confirmation"}
	}
	return nil
}

// ConfirmationEvent is what can happen to a confirmation.
type ConfirmationEvent string

// The events of a confirmation.
const (
	ConfirmationConfirm   ConfirmationEvent = "confirm"
	ConfirmationRefuse    ConfirmationEvent = "refuse"
	ConfirmationCancel    ConfirmationEvent = "cancel"
	ConfirmationExpire    ConfirmationEvent = "expire"
	ConfirmationSupersede ConfirmationEvent = "supersede"
	ConfirmationFail      ConfirmationEvent = "fail"
	ConfirmationDispute   ConfirmationEvent = "dispute"
)

// ConfirmationEvents lists every event of a confirmation.
func ConfirmationEvents() []ConfirmationEvent {
	return []ConfirmationEvent{
		ConfirmationConfirm, ConfirmationRefuse, ConfirmationCancel, ConfirmationExpire,
		ConfirmationSupersede, ConfirmationFail, ConfirmationDispute,
	}
}

// ConfirmationMoves is the table of a confirmation's states.
func ConfirmationMoves() []Move[ConfirmationStatus, ConfirmationEvent] {
	return []Move[ConfirmationStatus, ConfirmationEvent]{
		{ConfirmationRequested, ConfirmationConfirm, ConfirmationConfirmed},
		{ConfirmationRequested, ConfirmationRefuse, ConfirmationRefused},
		{ConfirmationRequested, ConfirmationCancel, ConfirmationCancelled},
		{ConfirmationRequested, ConfirmationExpire, ConfirmationExpired},
		{ConfirmationRequested, ConfirmationSupersede, ConfirmationSuperseded},
		{ConfirmationRequested, ConfirmationFail, ConfirmationFailed},
		{ConfirmationConfirmed, ConfirmationSupersede, ConfirmationSuperseded},
		{ConfirmationConfirmed, ConfirmationDispute, ConfirmationDisputed},
		// The owner's denial counts although somebody has edited the data since.
		{ConfirmationSuperseded, ConfirmationDispute, ConfirmationDisputed},
	}
}

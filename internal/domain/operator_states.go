package domain

// OperatorStatus is a state of an [Operator].
type OperatorStatus string

// The states of an operator.
const (
	// OperatorInvited is an operator who has yet to choose a password and to
	// set up the second factor.
	OperatorInvited  OperatorStatus = "invited"
	OperatorActive   OperatorStatus = "active"
	OperatorDisabled OperatorStatus = "disabled"
)

// OperatorStatuses lists every state of an operator.
func OperatorStatuses() []OperatorStatus {
	return []OperatorStatus{OperatorInvited, OperatorActive, OperatorDisabled}
}

// Turn says who acts next: the operator, or an administrator.
func (OperatorStatus) Turn() Turn { return TurnOperator }

// NextActions names what can be done next.
func (s OperatorStatus) NextActions() []string {
	switch s {
	case OperatorInvited:
		return []string{"enrol"}
	case OperatorActive:
		return []string{"sign_in"}
	case OperatorDisabled:
		return []string{"ask_administrator"}
	}
	return nil
}

// OperatorEvent is what can happen to an operator.
type OperatorEvent string

// The events of an operator.
const (
	OperatorEnrol OperatorEvent = "enrol"
	// OperatorInvite is a new enrolment link, after a lost password or phone or
	// to let somebody in again.
	OperatorInvite  OperatorEvent = "invite"
	OperatorDisable OperatorEvent = "disable"
)

// OperatorEvents lists every event of an operator.
func OperatorEvents() []OperatorEvent {
	return []OperatorEvent{OperatorEnrol, OperatorInvite, OperatorDisable}
}

// OperatorMoves is the table of an operator's states.
func OperatorMoves() []Move[OperatorStatus, OperatorEvent] {
	return []Move[OperatorStatus, OperatorEvent]{
		{OperatorInvited, OperatorEnrol, OperatorActive},
		{OperatorInvited, OperatorInvite, OperatorInvited},
		{OperatorInvited, OperatorDisable, OperatorDisabled},
		{OperatorActive, OperatorInvite, OperatorInvited},
		{OperatorActive, OperatorDisable, OperatorDisabled},
		{OperatorDisabled, OperatorInvite, OperatorInvited},
	}
}

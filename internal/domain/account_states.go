package domain

// AccountStatus says whether an account can be used.
type AccountStatus string

// The states of an account.
const (
	AccountActive AccountStatus = "active"
	// AccountSuspended is an account that an operator has closed for the time
	// being.
	AccountSuspended AccountStatus = "suspended"
	// AccountDeceased is the account of a person who, a register says, is dead.
	AccountDeceased AccountStatus = "deceased"
)

// AccountStatuses lists every state of an account.
func AccountStatuses() []AccountStatus {
	return []AccountStatus{AccountActive, AccountSuspended, AccountDeceased}
}

// Turn says who acts next.
func (s AccountStatus) Turn() Turn {
	if s == AccountActive {
		return TurnPerson
	}
	return TurnOperator
}

// NextActions names what the owner can do next.
func (s AccountStatus) NextActions() []string {
	if s == AccountActive {
		return []string{"sign_in"}
	}
	return []string{"visit_office"}
}

// AccountEvent is what can happen to an account as a whole.
type AccountEvent string

// The events of an account.
const (
	AccountSuspend   AccountEvent = "suspend"
	AccountReinstate AccountEvent = "reinstate"
	// AccountRecordDeath is a register that knows of the person's death.
	AccountRecordDeath AccountEvent = "record_death"
	AccountUndoDeath   AccountEvent = "undo_death"
)

// AccountEvents lists every event of an account.
func AccountEvents() []AccountEvent {
	return []AccountEvent{AccountSuspend, AccountReinstate, AccountRecordDeath, AccountUndoDeath}
}

// AccountMoves is the table of an account's states.
func AccountMoves() []Move[AccountStatus, AccountEvent] {
	return []Move[AccountStatus, AccountEvent]{
		{AccountActive, AccountSuspend, AccountSuspended},
		{AccountActive, AccountRecordDeath, AccountDeceased},
		{AccountSuspended, AccountReinstate, AccountActive},
		{AccountDeceased, AccountUndoDeath, AccountActive},
	}
}

// Move lets an event happen to the account as a whole.
func (a *Account) Move(on AccountEvent) error {
	to, err := next(AccountMoves(), a.Status, on)
	if err == nil {
		a.Status = to
	}
	return err
}

package domain

import (
	"time"

	"github.com/google/uuid"
)

// AuditEvent is one thing that happened, for those who have to find out later.
// It holds no personal data in clear.
type AuditEvent struct {
	ID uuid.UUID
	At time.Time
	// Action is the noun and the event, such as registration.confirm_contact.
	Action string
	// SubjectID is what it happened to.
	SubjectID uuid.UUID
	// AccountID is whose account it concerns; zero where there is none.
	AccountID uuid.UUID
	Caller    Caller
	// OperatorID and PlaceID are who did it and where; zero where it was no
	// operator.
	OperatorID uuid.UUID
	PlaceID    uuid.UUID
	// Reason is why, in the operator's words or in a code's; for a look at a list
	// of letters, the ids of those on it.
	Reason string
}

// NewAuditEvent is the record of an action.
func NewAuditEvent(action string, subject uuid.UUID, by Caller, at time.Time) AuditEvent {
	return AuditEvent{ID: NewID(), At: at, Action: action, SubjectID: subject, Caller: by}
}

// Of names the account that the event concerns.
func (e AuditEvent) Of(account uuid.UUID) AuditEvent {
	e.AccountID = account
	return e
}

// By names the operator who did it, and where. The caller is the desk's.
func (e AuditEvent) By(d Desk) AuditEvent {
	e.OperatorID, e.PlaceID, e.Caller = d.Operator.ID, d.Place.ID, d.Caller
	return e
}

// Because says why it was done.
func (e AuditEvent) Because(reason string) AuditEvent {
	e.Reason = reason
	return e
}

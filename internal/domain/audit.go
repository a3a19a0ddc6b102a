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

package domain

import (
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
)

// EDODocument is an electronic document to a payer with an activation code, or
// with a notice in its place.
type EDODocument struct {
	ID uuid.UUID
	// ApplicationID is the application that the document is for.
	ApplicationID uuid.UUID
	AccountID     uuid.UUID
	Status        EDOStatus
	// Message is what leaves. Its code is there while the document is queued.
	Message EDOMessage
	// MAC is the keyed hash of the code; a notice has one that no code solves.
	MAC []byte
	// AttemptsLeft is how many more codes will be compared in all.
	AttemptsLeft int
	CreatedAt    time.Time
	SentAt       time.Time
	DeliveredAt  time.Time
	ReadAt       time.Time
	// ExpiresAt is when the code is of no more use.
	ExpiresAt time.Time
	SettledAt time.Time
	// Reason is why the exchange rejected the document, for operators.
	Reason string
}

// Refresh moves a document whose time is over to expired.
func (d *EDODocument) Refresh(now time.Time) {
	if d.Status.Live() && !now.Before(d.ExpiresAt) {
		d.Status, d.SettledAt, d.Message.Code = EDOExpired, d.ExpiresAt, ""
	}
}

// Move lets an event happen to the document. Its code is forgotten as soon as it
// is not merely queued.
func (d *EDODocument) Move(on EDOEvent, now time.Time) error {
	d.Refresh(now)
	to, err := next(EDOMoves(), d.Status, on)
	if err != nil {
		return apperr.Wrap(apperr.InvalidTransition, err)
	}
	d.Status, d.Message.Code = to, ""
	switch on { //nolint:exhaustive // all others end the document
	case EDOSend:
		d.SentAt = now
	case EDODeliver:
		d.DeliveredAt = now
	case EDOOpen:
		d.ReadAt = now
	default:
		d.SettledAt = now
	}
	return nil
}

// Event is what a receipt does to a document; nothing where it says what is
// known.
func (r EDOReceipt) Event() EDOEvent {
	switch r.Status { //nolint:exhaustive // the exchange knows no others
	case EDODelivered:
		return EDODeliver
	case EDORead:
		return EDOOpen
	case EDORejected:
		return EDOReject
	}
	return ""
}

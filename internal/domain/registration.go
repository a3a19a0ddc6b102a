package domain

import (
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/ident"
)

// RegistrationStatus is a state of a [Registration].
type RegistrationStatus string

// The states of a registration.
const (
	RegistrationCodeSent         RegistrationStatus = "code_sent"
	RegistrationContactConfirmed RegistrationStatus = "contact_confirmed"
	RegistrationCompleted        RegistrationStatus = "completed"
	RegistrationExpired          RegistrationStatus = "expired"
	RegistrationClosed           RegistrationStatus = "closed"
)

// RegistrationStatuses lists every state of a registration.
func RegistrationStatuses() []RegistrationStatus {
	return []RegistrationStatus{
		RegistrationCodeSent, RegistrationContactConfirmed,
		RegistrationCompleted, RegistrationExpired, RegistrationClosed,
	}
}

// Turn says who acts next.
func (s RegistrationStatus) Turn() Turn {
	switch s {
	case RegistrationCodeSent, RegistrationContactConfirmed:
		return TurnPerson
	case RegistrationCompleted, RegistrationExpired, RegistrationClosed:
		return TurnNobody
	}
	return TurnNobody
}

// NextActions names what the person can do next.
func (s RegistrationStatus) NextActions() []string {
	switch s {
	case RegistrationCodeSent:
		return []string{"confirm_contact", "resend_code"}
	case RegistrationContactConfirmed:
		return []string{"set_password"}
	case RegistrationCompleted, RegistrationClosed:
		return []string{"sign_in"}
	case RegistrationExpired:
		return []string{"register"}
	}
	return nil
}

// RegistrationEvent is what can happen to a registration.
type RegistrationEvent string

// The events of a registration.
const (
	RegistrationResendCode     RegistrationEvent = "resend_code"
	RegistrationConfirmContact RegistrationEvent = "confirm_contact"
	RegistrationComplete       RegistrationEvent = "complete"
	RegistrationExpire         RegistrationEvent = "expire"
	RegistrationClose          RegistrationEvent = "close"
)

// RegistrationEvents lists every event of a registration.
func RegistrationEvents() []RegistrationEvent {
	return []RegistrationEvent{
		RegistrationResendCode, RegistrationConfirmContact,
		RegistrationComplete, RegistrationExpire, RegistrationClose,
	}
}

// RegistrationMoves is the table of a registration's states.
func RegistrationMoves() []Move[RegistrationStatus, RegistrationEvent] {
	return []Move[RegistrationStatus, RegistrationEvent]{
		{RegistrationCodeSent, RegistrationResendCode, RegistrationCodeSent},
		{RegistrationCodeSent, RegistrationConfirmContact, RegistrationContactConfirmed},
		{RegistrationCodeSent, RegistrationExpire, RegistrationExpired},
		{RegistrationCodeSent, RegistrationClose, RegistrationClosed},
		{RegistrationContactConfirmed, RegistrationComplete, RegistrationCompleted},
		{RegistrationContactConfirmed, RegistrationExpire, RegistrationExpired},
		{RegistrationContactConfirmed, RegistrationClose, RegistrationClosed},
	}
}

// Registration is a person on the way to an account. It is not an account:
// until the contact is proven and a password set, nothing can be done with it.
type Registration struct {
	ID         uuid.UUID
	Status     RegistrationStatus
	FamilyName ident.Name
	GivenName  ident.Name
	Contact    ident.Contact
	Locale     Locale
	// TokenHash is the SHA-256 of the flow's capability.
	TokenHash []byte
	CodesSent int
	CreatedAt time.Time
	// ExpiresAt is the end of the flow; past it, nothing works.
	ExpiresAt time.Time
}

// Refresh moves a registration whose time is over to expired.
func (r *Registration) Refresh(now time.Time) {
	if r.Status.Turn() == TurnPerson && !now.Before(r.ExpiresAt) {
		r.Status = RegistrationExpired
	}
}

// ResendCode counts one more code. The table decides whether that is possible.
func (r *Registration) ResendCode(now time.Time) error {
	if err := r.move(RegistrationResendCode, now); err != nil {
		return err
	}
	r.CodesSent++
	return nil
}

// ConfirmContact records that the contact is proven; the password may now be
// set for as long as window says.
func (r *Registration) ConfirmContact(now time.Time, window time.Duration) error {
	if err := r.move(RegistrationConfirmContact, now); err != nil {
		return err
	}
	if until := now.Add(window); until.Before(r.ExpiresAt) {
		r.ExpiresAt = until
	}
	return nil
}

// Complete ends the registration with an account.
func (r *Registration) Complete(now time.Time) error { return r.move(RegistrationComplete, now) }

// Close ends the registration because another took the contact.
func (r *Registration) Close(now time.Time) error { return r.move(RegistrationClose, now) }

// Check tells whether an event is possible now, and changes nothing.
func (r *Registration) Check(on RegistrationEvent, now time.Time) error {
	trial := *r
	return trial.move(on, now)
}

func (r *Registration) move(on RegistrationEvent, now time.Time) error {
	r.Refresh(now)
	to, err := next(RegistrationMoves(), r.Status, on)
	if err == nil {
		r.Status = to
		return nil
	}
	failure := apperr.New(apperr.InvalidTransition)
	if r.Status == RegistrationExpired {
		failure.Code = apperr.RegistrationExpired
	}
	if r.Status == RegistrationClosed {
		failure.Code = apperr.RegistrationClosed
	}
	failure.NextActions = r.Status.NextActions()
	return failure
}

package domain

import (
	"time"

	"github.com/google/uuid"
)

// AlarmKind is why operators have to look.
type AlarmKind string

// The kinds of alarm.
const (
	// AlarmRegisterDown and AlarmRegisterDownLong are a case that waits for a
	// register for an hour, and for a day.
	AlarmRegisterDown     AlarmKind = "register_down"
	AlarmRegisterDownLong AlarmKind = "register_down_long"
	// AlarmManualReview is a case that a register never answered.
	AlarmManualReview AlarmKind = "manual_review"
	// AlarmSNILSConflict is a SNILS that two accounts claim.
	AlarmSNILSConflict AlarmKind = "snils_conflict"
	// AlarmLetterNotPosted is a letter that is late.
	AlarmLetterNotPosted AlarmKind = "letter_not_posted"
	// AlarmConfirmationDisputed is an owner who denies a confirmation.
	AlarmConfirmationDisputed AlarmKind = "confirmation_disputed"
	// AlarmRepeatedRefusals is an account that was refused several times.
	AlarmRepeatedRefusals AlarmKind = "repeated_refusals"
	// AlarmDeathRecorded is a register that knows of a person's death.
	AlarmDeathRecorded AlarmKind = "death_recorded"
	// AlarmPayerCodeLate is an activation code that has not left though its term
	// is nearly over, and AlarmPayerCodeOverdue one whose term is over.
	AlarmPayerCodeLate    AlarmKind = "payer_code_late"
	AlarmPayerCodeOverdue AlarmKind = "payer_code_overdue"
)

// AlarmKinds lists every kind of alarm.
func AlarmKinds() []AlarmKind {
	return []AlarmKind{
		AlarmRegisterDown, AlarmRegisterDownLong, AlarmManualReview, AlarmSNILSConflict, AlarmLetterNotPosted,
		AlarmConfirmationDisputed, AlarmRepeatedRefusals, AlarmDeathRecorded,
		AlarmPayerCodeLate, AlarmPayerCodeOverdue,
	}
}

// Alarm calls for operators. There is one at most of each kind and subject.
type Alarm struct {
	ID        uuid.UUID
	Kind      AlarmKind
	SubjectID uuid.UUID
	AccountID uuid.UUID
	RaisedAt  time.Time
	// SettledAt and SettledBy say when and by whom it was looked into; zero
	// before.
	SettledAt time.Time
	SettledBy uuid.UUID
}

// NewAlarm is an alarm about something of an account.
func NewAlarm(kind AlarmKind, subject, account uuid.UUID, now time.Time) Alarm {
	return Alarm{ID: NewID(), Kind: kind, SubjectID: subject, AccountID: account, RaisedAt: now}
}

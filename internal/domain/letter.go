package domain

import (
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/ident"
)

// LetterPurpose says what the code of a letter is good for.
type LetterPurpose string

// The purposes.
const (
	// LetterIdentity confirms a citizen's identity.
	LetterIdentity LetterPurpose = "identity"
	// LetterPayerActivation brings a payer of contributions the activation code.
	LetterPayerActivation LetterPurpose = "payer_activation"
	// LetterPayerNotice tells a payer who is connected already that somebody
	// applied for another connection. It has no code.
	LetterPayerNotice LetterPurpose = "payer_notice"
)

// Letter is a registered letter with a code. The code itself is in its print
// job only, encrypted, until the letter is marked printed.
type Letter struct {
	// ID is that of the flow which asked for the letter: a citizen's
	// confirmation has the same.
	ID        uuid.UUID
	AccountID uuid.UUID
	Purpose   LetterPurpose
	Status    LetterStatus
	// Recipient is the name on the envelope.
	Recipient string
	Address   Address
	// Reference is what the letter is about: a payer's registration number;
	// empty in letters to citizens.
	Reference string
	Locale    Locale
	// MAC is the keyed hash of the code.
	MAC []byte
	// AttemptsLeft is how many more codes will be compared in all.
	AttemptsLeft int
	// BatchID is the batch that the letter is printed in; zero before.
	BatchID uuid.UUID
	// Track is the postal item id; zero before posting.
	Track       ident.PostalItemID
	RequestedAt time.Time
	// DueOn is the last day to post it: the fifth working day after the day of
	// the request.
	DueOn       ident.Date
	PrintedAt   time.Time
	PostedAt    time.Time
	DeliveredAt time.Time
	// ExpiresAt is when the code is of no more use; zero before posting.
	ExpiresAt time.Time
	// SettledAt is when the letter came to its end.
	SettledAt time.Time
	// Reminders is how often the person was reminded of the code.
	Reminders int
}

// Refresh moves a letter whose time is over to expired.
func (l *Letter) Refresh(now time.Time) {
	if l.Status.TakesCode() && !now.Before(l.ExpiresAt) {
		l.Status, l.SettledAt = LetterExpired, l.ExpiresAt
	}
}

// Move lets an event happen to the letter.
func (l *Letter) Move(on LetterEvent, now time.Time) error {
	l.Refresh(now)
	to, err := next(LetterMoves(), l.Status, on)
	if err != nil {
		return &apperr.Error{Code: apperr.InvalidTransition, NextActions: l.Status.NextActions()}
	}
	l.Status = to
	switch on { //nolint:exhaustive // all others end the letter
	case LetterPrint:
		l.PrintedAt = now
	case LetterPost:
		l.PostedAt = now
	case LetterDeliver:
		l.DeliveredAt = now
	default:
		l.SettledAt = now
	}
	return nil
}

// LetterOrder asks for a registered letter.
type LetterOrder struct {
	ID        uuid.UUID
	AccountID uuid.UUID
	Purpose   LetterPurpose
	Recipient string
	Address   Address
	Reference string
	Locale    Locale
	Caller    Caller
}

// PrintedLetter is what is printed, code included.
type PrintedLetter struct {
	Letter Letter
	Code   string
}

// LetterBatch is the letters that one office prints together.
type LetterBatch struct {
	ID uuid.UUID
	// Number is the number of the dispatch list F.103.
	Number     int
	PlaceID    uuid.UUID
	OperatorID uuid.UUID
	Status     LetterBatchStatus
	CreatedAt  time.Time
	PrintedAt  time.Time
	// Count is how many letters are in the batch.
	Count int
	// Letters are those of the batch in the order of their requests, where they
	// were asked for.
	Letters []Letter
	// Handover is how the batch is handed over by machine; nil if it never was.
	Handover *LetterHandover
}

// UnderWay tells whether the batch is being handed over by machine. Nobody may
// print or post it by hand then.
func (b *LetterBatch) UnderWay() bool {
	return b.Handover != nil && b.Handover.Status == HandoverUnderWay
}

// NextActions names what operators can do next with the batch.
func (b *LetterBatch) NextActions() []string {
	switch {
	case b.UnderWay():
		return []string{"wait_for_handover"}
	case b.Handover != nil && b.Handover.Status == HandoverFailed:
		return append([]string{"hand_over"}, b.Status.NextActions()...)
	default:
		return b.Status.NextActions()
	}
}

// Print marks the batch as printed.
func (b *LetterBatch) Print(now time.Time) error {
	if b.Status != LetterBatchOpen {
		return &apperr.Error{Code: apperr.InvalidTransition, NextActions: b.Status.NextActions()}
	}
	b.Status, b.PrintedAt = LetterBatchPrinted, now
	return nil
}

// Posting is the postal item id that the post gave to a letter.
type Posting struct {
	LetterID uuid.UUID
	Track    ident.PostalItemID
}

package domain

import (
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
)

// ChallengeStatus is a state of a [Challenge].
type ChallengeStatus string

// The states of a challenge.
const (
	ChallengeIssued     ChallengeStatus = "issued"
	ChallengeSolved     ChallengeStatus = "solved"
	ChallengeExhausted  ChallengeStatus = "exhausted"
	ChallengeExpired    ChallengeStatus = "expired"
	ChallengeSuperseded ChallengeStatus = "superseded"
)

// ChallengeStatuses lists every state of a challenge.
func ChallengeStatuses() []ChallengeStatus {
	return []ChallengeStatus{
		ChallengeIssued, ChallengeSolved, ChallengeExhausted, ChallengeExpired, ChallengeSuperseded,
	}
}

// Turn says who acts next.
func (s ChallengeStatus) Turn() Turn {
	if s == ChallengeIssued {
		return TurnPerson
	}
	return TurnNobody
}

// ChallengeEvent is what can happen to a challenge.
type ChallengeEvent string

// The events of a challenge.
const (
	ChallengeSolve     ChallengeEvent = "solve"
	ChallengeExhaust   ChallengeEvent = "exhaust"
	ChallengeExpire    ChallengeEvent = "expire"
	ChallengeSupersede ChallengeEvent = "supersede"
)

// ChallengeEvents lists every event of a challenge.
func ChallengeEvents() []ChallengeEvent {
	return []ChallengeEvent{ChallengeSolve, ChallengeExhaust, ChallengeExpire, ChallengeSupersede}
}

// ChallengeMoves is the table of a challenge's states.
func ChallengeMoves() []Move[ChallengeStatus, ChallengeEvent] {
	return []Move[ChallengeStatus, ChallengeEvent]{
		{ChallengeIssued, ChallengeSolve, ChallengeSolved},
		{ChallengeIssued, ChallengeExhaust, ChallengeExhausted},
		{ChallengeIssued, ChallengeExpire, ChallengeExpired},
		{ChallengeIssued, ChallengeSupersede, ChallengeSuperseded},
	}
}

// ChallengePurpose says what a code proves; a code for one purpose is worth
// nothing for another.
type ChallengePurpose string

// The purposes.
const (
	// PurposeRegistration is the proof of a contact by a person who registers.
	PurposeRegistration ChallengePurpose = "registration"
	// PurposeFirstSignIn is the proof of a contact by a person who was
	// registered at the counter.
	PurposeFirstSignIn ChallengePurpose = "first_sign_in"
	// PurposePayerEmail is the proof of an e-mail address by an applicant for a
	// payer.
	PurposePayerEmail ChallengePurpose = "payer_email"
)

// Challenge is a one-time code that was sent and not yet typed in.
type Challenge struct {
	ID      uuid.UUID
	Purpose ChallengePurpose
	// SubjectID is the flow that the code belongs to.
	SubjectID uuid.UUID
	Status    ChallengeStatus
	// MAC is the keyed hash of the code; the code itself is kept nowhere.
	MAC []byte
	// AttemptsLeft is how many more codes will be compared.
	AttemptsLeft int
	CreatedAt    time.Time
	ExpiresAt    time.Time
	// ResendAt is when another code may be asked for.
	ResendAt time.Time
}

// Refresh moves a challenge whose time is over to expired, and one without
// attempts to exhausted.
func (c *Challenge) Refresh(now time.Time) {
	switch {
	case c.Status != ChallengeIssued:
	case !now.Before(c.ExpiresAt):
		c.Status = ChallengeExpired
	case c.AttemptsLeft == 0:
		c.Status = ChallengeExhausted
	}
}

// Solve records that the right code was typed in.
func (c *Challenge) Solve() error { return c.move(ChallengeSolve) }

// Exhaust records that the last attempt was a wrong one.
func (c *Challenge) Exhaust() error { return c.move(ChallengeExhaust) }

// Supersede records that another code has taken this one's place.
func (c *Challenge) Supersede() error { return c.move(ChallengeSupersede) }

func (c *Challenge) move(on ChallengeEvent) error {
	to, err := next(ChallengeMoves(), c.Status, on)
	if err == nil {
		c.Status = to
	}
	return err
}

// Refusal is why a code is not even compared.
func (c *Challenge) Refusal(now time.Time) *apperr.Error {
	seen := *c
	seen.Refresh(now)
	switch seen.Status {
	case ChallengeSolved:
		return apperr.New(apperr.InvalidTransition)
	case ChallengeExhausted:
		none := 0
		return &apperr.Error{Code: apperr.CodeExhausted, AttemptsLeft: &none, NextActions: []string{"resend_code"}}
	case ChallengeIssued, ChallengeExpired, ChallengeSuperseded:
	}
	return &apperr.Error{Code: apperr.CodeExpired, NextActions: []string{"resend_code"}}
}

package domain

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/ident"
)

// AccountSearch is an operator who looks for a person's account by one of the
// keys.
type AccountSearch struct {
	Desk Desk
	// By names the key that is given.
	By SearchKey
	// VisitCode is as it was typed, or read from its picture.
	VisitCode string
	SNILS     ident.SNILS
	Contact   ident.Contact
}

// SearchKey is what an account is looked for by.
type SearchKey string

// The keys.
const (
	SearchByVisitCode SearchKey = "visit_code"
	SearchBySNILS     SearchKey = "snils"
	SearchByPhone     SearchKey = "phone"
	SearchByEmail     SearchKey = "email"
)

// AccountFound is an account as an operator at the counter sees it.
type AccountFound struct {
	Account Account
	// Patronymic and BirthDate are zero where the person has told nothing yet.
	Patronymic ident.Patronymic
	BirthDate  ident.Date
	// Visit is the visit that the person has asked for; nil without one.
	Visit *Confirmation
	// Own tells that the account is the operator's own.
	Own bool
	// SignsIn tells whether the person has a password.
	SignsIn bool
	// Offered tells whether identities are confirmed at the place today.
	Offered bool
}

// NextActions names what an operator can do next with the account.
func (f AccountFound) NextActions() []string {
	switch {
	case f.Own:
		return []string{"ask_another_operator"}
	case f.Account.Status != AccountActive:
		return []string{"request_approval"}
	case !f.SignsIn:
		return []string{"send_first_sign_in_code"}
	case f.Account.Level == LevelConfirmed:
		return []string{"use_services"}
	case f.Account.Level == LevelStandard && f.Account.Verification == VerificationPassed:
		if !f.Offered {
			return []string{"visit_another_place"}
		}
		return []string{"confirm_identity", "refuse_identity"}
	case slices.Contains(Reviewed(), f.Account.Verification):
		return f.Account.Verification.ReviewActions()
	default:
		return f.Account.Verification.NextActions()
	}
}

// AccountsFound is the outcome of a search.
type AccountsFound struct {
	Accounts []AccountFound
	// Quota is the limit that the search counted against.
	Quota *apperr.Quota
}

// WalkIn is a person without an account whom an operator registers.
type WalkIn struct {
	Desk    Desk
	Contact ident.Contact
	Locale  Locale
	// Data has neither ids nor times yet.
	Data PersonalData
	// Consent is what the person has agreed to on paper.
	Consent Terms
}

// NewWalkIn is the account of a person whom an operator registers. Nobody has
// proven its contact.
func NewWalkIn(w WalkIn, now time.Time) Account {
	return Account{
		ID:         NewID(),
		Type:       AccountCitizen,
		Level:      LevelSimplified,
		Status:     AccountActive,
		FamilyName: w.Data.Subject.FamilyName,
		GivenName:  w.Data.Subject.GivenName,
		Locale:     w.Locale,
		Contacts:   []Contact{{ID: NewID(), Value: w.Contact}},
		CreatedAt:  now,
	}
}

// FirstCode is the code for the first sign-in that was sent, without the code.
type FirstCode struct {
	AccountID uuid.UUID
	Contact   ident.Contact
	ExpiresAt time.Time
	// ResendAt is when another code may be sent.
	ResendAt time.Time
}

// WalkedIn is an account that was made at the counter.
type WalkedIn struct {
	Account Account
	Code    FirstCode
}

// FirstCodeRequest is an operator who has another code for the first sign-in
// sent.
type FirstCodeRequest struct {
	Desk      Desk
	AccountID uuid.UUID
	// Contact takes the place of the one that was typed wrongly; zero keeps it.
	Contact ident.Contact
}

// FirstSignIn is a person registered at the counter who sets a password.
type FirstSignIn struct {
	Login ident.Contact
	// Code is as it was typed.
	Code         string
	Password     string
	Confirmation string
	Transport    Transport
	Caller       Caller
}

// FirstSignInCodeLength is the length of the code for the first sign-in, in
// characters of Crockford's base 32.
const FirstSignInCodeLength = 10

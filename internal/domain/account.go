package domain

import (
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/ident"
)

// AccountType says which of the cabinets an account belongs to.
type AccountType string

// The types of account.
const (
	// AccountCitizen is the account of an insured person.
	AccountCitizen AccountType = "citizen"
	// AccountOperator is the account of somebody who works for the fund or a
	// service centre.
	AccountOperator AccountType = "operator"
)

// Contact is a way to reach the owner of an account.
type Contact struct {
	ID          uuid.UUID
	Value       ident.Contact
	ConfirmedAt time.Time
}

// Account is a person's access to the cabinet.
type Account struct {
	ID         uuid.UUID
	Type       AccountType
	Level      Level
	Status     AccountStatus
	FamilyName ident.Name
	GivenName  ident.Name
	Locale     Locale
	Contacts   []Contact
	CreatedAt  time.Time
	// Verification is the state of the newest check of the person's data;
	// empty where there was none.
	Verification VerificationStatus
	// VerifiedUntil is until when a check that has passed proves the data; zero
	// where none has.
	VerifiedUntil time.Time
	// Payer is what a payer's account has beside; nil for all others. Its name
	// stands in the place of a person's.
	Payer *PayerAccount
	// Disputed tells that the owner has denied the confirmation that came last:
	// only a visit confirms this account again.
	Disputed bool
}

// NewCitizen is the account that a completed registration becomes.
func NewCitizen(r Registration, now time.Time) Account {
	return Account{
		ID:         NewID(),
		Type:       AccountCitizen,
		Level:      LevelSimplified,
		Status:     AccountActive,
		FamilyName: r.FamilyName,
		GivenName:  r.GivenName,
		Locale:     r.Locale,
		Contacts:   []Contact{{ID: NewID(), Value: r.Contact, ConfirmedAt: now}},
		CreatedAt:  now,
	}
}

// Refresh moves a passed check of the person's data whose time is over to expired.
func (a *Account) Refresh(now time.Time) {
	c := VerificationCase{Status: a.Verification, ValidUntil: a.VerifiedUntil}
	c.Refresh(now)
	a.Verification = c.Status
}

// CanSignIn tells whether the right password opens a session.
func (a *Account) CanSignIn() bool { return a.Status == AccountActive }

// Frozen is why an account cannot be used; nil where it can. It is for those
// who have proven that the account is theirs.
func (a *Account) Frozen() *apperr.Error {
	code := apperr.AccountSuspended
	switch a.Status {
	case AccountActive:
		return nil
	case AccountDeceased:
		code = apperr.AccountFrozen
	case AccountSuspended:
	}
	return &apperr.Error{Code: code, NextActions: a.Status.NextActions()}
}

// NextActions names what the owner can do next.
func (a *Account) NextActions() []string {
	switch a.Type {
	case AccountCitizen:
	case AccountPayer:
		return append(a.Payer.Credential.Status.NextActions(), "sign_out")
	case AccountOperator:
		return []string{"work", "sign_out"}
	}
	if a.Level == LevelConfirmed {
		return []string{"use_services", "edit_personal_data", "sign_out"}
	}
	if a.Disputed && a.Verification == VerificationPassed {
		return append(ConfirmationDisputed.NextActions(), "sign_out")
	}
	return append(a.Verification.NextActions(), "sign_out")
}

// Credential is what an account is signed in to with.
type Credential struct {
	AccountID uuid.UUID
	// Hash is the password's hash with its own parameters, as a PHC string.
	Hash      string
	ChangedAt time.Time
}

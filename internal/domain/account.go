package domain

import (
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/ident"
)

// AccountType says which of the cabinets an account belongs to.
type AccountType string

// AccountCitizen is the account of an insured person.
const AccountCitizen AccountType = "citizen"

// AccountStatus says whether an account can be used.
type AccountStatus string

// AccountActive is an account that can be used.
const AccountActive AccountStatus = "active"

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

// CanSignIn tells whether the right password opens a session.
func (a *Account) CanSignIn() bool { return a.Status == AccountActive }

// NextActions names what the owner can do next.
func (a *Account) NextActions() []string { return append(a.Verification.NextActions(), "sign_out") }

// Credential is what an account is signed in to with.
type Credential struct {
	AccountID uuid.UUID
	// Hash is the password's hash with its own parameters, as a PHC string.
	Hash      string
	ChangedAt time.Time
}

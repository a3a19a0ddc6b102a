package domain

import (
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/ident"
)

// PayerActivation is a payer who enters the code and chooses a password.
type PayerActivation struct {
	Number PayerNumber
	// Code is 20 digits whose last is right.
	Code string
	// TermsVersion is the terms of connection that are accepted.
	TermsVersion string
	Password     string
	Confirmation string
	Caller       Caller
}

// PasswordChange is a password that a person or a payer who is signed in chooses
// in the place of another.
type PasswordChange struct {
	Who     Principal
	Current string
	// Password is typed twice.
	Password     string
	Confirmation string
	// TermsVersion is the terms of connection that a payer accepts with it; empty
	// where those in force are accepted already.
	TermsVersion string
	Caller       Caller
}

// TermsAcceptance is a payer who is signed in and accepts the terms of
// connection.
type TermsAcceptance struct {
	Who     Principal
	Version string
	Caller  Caller
}

// CardPurpose is what a registration card is issued for.
type CardPurpose string

// The purposes.
const (
	// CardForConnection is a payer who is not connected yet.
	CardForConnection CardPurpose = "connection"
	// CardForLostPassword is one who is, and whose password is lost.
	CardForLostPassword CardPurpose = "lost_password"
)

// CardPurposes lists every purpose.
func CardPurposes() []CardPurpose { return []CardPurpose{CardForConnection, CardForLostPassword} }

// AuthorityKind is by what right somebody acts for a payer.
type AuthorityKind string

// The kinds.
const (
	// AuthorityHead is who acts for an organisation without a power of attorney.
	AuthorityHead       AuthorityKind = "head"
	AuthoritySoleTrader AuthorityKind = "sole_trader"
	AuthorityAttorney   AuthorityKind = "power_of_attorney"
)

// AuthorityKinds lists every kind.
func AuthorityKinds() []AuthorityKind {
	return []AuthorityKind{AuthorityHead, AuthoritySoleTrader, AuthorityAttorney}
}

// CardVisitor is who came for a registration card, as the operator has read it
// in the papers.
type CardVisitor struct {
	FamilyName ident.Name
	GivenName  ident.Name
	Patronymic ident.Patronymic
	Series     ident.PassportSeries
	Number     ident.PassportNumber
	// Authority is by what right the visitor acts, and AuthorityNumber and
	// AuthorityOn the paper that says so; empty where the register does.
	Authority       AuthorityKind
	AuthorityNumber string
	AuthorityOn     ident.Date
}

// CardOrder is an operator who issues a registration card.
type CardOrder struct {
	Desk    Desk
	Number  PayerNumber
	Purpose CardPurpose
	Visitor CardVisitor
	// Email is where the payer wants to be written to; zero keeps what is on file.
	Email ident.Contact
}

// RegistrationCard is the record of a card that was issued. Its password is kept
// nowhere.
type RegistrationCard struct {
	ID         uuid.UUID
	AccountID  uuid.UUID
	PlaceID    uuid.UUID
	OperatorID uuid.UUID
	Purpose    CardPurpose
	Visitor    CardVisitor
	IssuedAt   time.Time
	ValidUntil time.Time
}

// CardPasswordLength is the length of a card's password in characters of
// Crockford's base 32 (80 bits).
const CardPasswordLength = 16

// PayerCodeLength is the length of an activation code in digits, the check digit
// among them.
const PayerCodeLength = 20

// PayerSearch is an operator who looks for a payer.
type PayerSearch struct {
	Desk   Desk
	Number PayerNumber
}

// PayerFound is a payer as an operator of the payer's office sees it.
type PayerFound struct {
	Payer Payer
	// Connected tells whether the payer has a connection.
	Connected bool
	// Credential is the state of the payer's password.
	Credential PayerCredentialStatus
	// Applications are those that are open, newest first.
	Applications []PayerApplication
}

// NextActions names what the operator can do next for the payer.
func (f PayerFound) NextActions() []string {
	if f.Payer.State != PayerActive {
		return []string{"check_register"}
	}
	return []string{"issue_card"}
}

package domain

import (
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/ident"
)

// AccountPayer is the account of a payer of contributions.
const AccountPayer AccountType = "payer"

// PayerAccount is what an account of a payer has beside what all accounts have.
// It exists as soon as a code or a card is made for the payer.
type PayerAccount struct {
	AccountID uuid.UUID
	Number    ident.PFRRegNumber
	// Unified is zero where the payer has no such number.
	Unified ident.UnifiedRegNumber
	Name    string
	Office  ident.OfficeCode
	// Email is where the payer is written to; zero before the connection, if
	// there is none on record.
	Email ident.Contact
	// ConnectedAt is when the payer first chose a password; zero before.
	ConnectedAt time.Time
	// TermsVersion is the terms of connection that were accepted last.
	TermsVersion string
	Credential   PayerCredential
}

// NewPayerAccount is the account of a payer in the register, and what it has
// beside. Nobody can sign in to it yet.
func NewPayerAccount(p Payer, locale Locale, now time.Time) (Account, PayerAccount) {
	account := Account{
		ID: NewID(), Type: AccountPayer, Level: LevelNone, Status: AccountActive, Locale: locale, CreatedAt: now,
	}
	return account, PayerAccount{
		AccountID: account.ID, Number: p.Number, Unified: p.Unified, Name: p.Name, Office: p.Office,
		Email: p.Email, Credential: PayerCredential{Status: CredentialNone},
	}
}

// Connected tells whether the payer has ever chosen a password and is not gone.
func (p *PayerAccount) Connected() bool {
	return !p.ConnectedAt.IsZero() && p.Credential.Status != CredentialRevoked
}

// Connect records that the payer has chosen a password.
func (p *PayerAccount) Connect(now time.Time, maxAge time.Duration) error {
	if err := p.Credential.Set(now, maxAge); err != nil {
		return err
	}
	if p.ConnectedAt.IsZero() {
		p.ConnectedAt = now
	}
	return nil
}

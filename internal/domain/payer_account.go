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
	// Email is the address that came with the connection, or that was named at the
	// counter; zero while there is none. EmailProvenAt is when its code was entered;
	// zero for one that nobody has proven.
	Email         ident.Contact
	EmailProvenAt time.Time
	// OnRecord is the address in the register, as of the last look-up; zero where
	// there is none.
	OnRecord ident.Contact
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
		OnRecord: p.Email, Credential: PayerCredential{Status: CredentialNone},
	}
}

// Contacts are where the payer is written to: at the address on record, and at
// the one that came with the connection. What is written there holds neither codes
// nor links.
func (p *PayerAccount) Contacts(created time.Time) (all []Contact) {
	if !p.Email.IsZero() {
		all = append(all, Contact{ID: p.AccountID, Value: p.Email, ConfirmedAt: p.EmailProvenAt})
	}
	if !p.OnRecord.IsZero() && p.OnRecord.Key() != p.Email.Key() {
		all = append(all, Contact{ID: p.AccountID, Value: p.OnRecord, ConfirmedAt: created})
	}
	return all
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

// Restore lets a payer who was taken for one who is no more connect as if for the
// first time, and tells whether it was one.
func (p *PayerAccount) Restore() bool {
	if p.Credential.Restore() != nil {
		return false
	}
	p.ConnectedAt, p.TermsVersion = time.Time{}, ""
	return true
}

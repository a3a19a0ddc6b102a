package domain

import (
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/ident"
)

// Address is a postal address in Russia. Area, Building and Flat may be
// missing.
type Address struct {
	PostalIndex                                       ident.PostalIndex
	Region, Area, City, Street, House, Building, Flat ident.AddressLine
}

// IsZero tells whether there is no address.
func (a Address) IsZero() bool { return a == Address{} }

// PersonalData is what a person has told of themselves, as in the documents.
type PersonalData struct {
	AccountID uuid.UUID
	// CaseID is the case in which the data are checked.
	CaseID uuid.UUID
	// Subject is the part that the registers are asked about.
	Subject    CheckSubject
	Birthplace ident.Birthplace
	// Registration is the address of registration; Residence is zero where the
	// person lives at that address.
	Registration Address
	Residence    Address
	// ConsentVersion is the consent under which the data were given.
	ConsentVersion string
	UpdatedAt      time.Time
}

// Consent is the proof that a person agreed to a document.
type Consent struct {
	ID        uuid.UUID
	AccountID uuid.UUID
	Document  string
	Version   string
	// TextHash is the SHA-256 of the text that was agreed to.
	TextHash   []byte
	AcceptedAt time.Time
	// Channel is how the agreement came.
	Channel ConsentChannel
	// Address is the client's network address; empty where it does not matter.
	Address string
}

// ConsentChannel is how an agreement came.
type ConsentChannel string

// The channels.
const (
	// ConsentByAPI is an agreement that a frontend sent for the person.
	ConsentByAPI ConsentChannel = "api"
	// ConsentAtCounter is an agreement on paper, which an operator has seen.
	ConsentAtCounter ConsentChannel = "counter"
)

// The documents that people agree to.
const (
	// DocumentPersonalData is the consent to the processing of personal data
	// (Federal Law No 152-FZ, article 9).
	DocumentPersonalData = "personal-data"
	// DocumentPayerConnection is the terms on which a payer is connected to the
	// cabinet.
	DocumentPayerConnection = "payer-connection"
)

// Documents lists all of them.
func Documents() []string { return []string{DocumentPersonalData, DocumentPayerConnection} }

// Terms is one version of a document that people agree to.
type Terms struct {
	Document string
	Version  string
	// EffectiveFrom is the first day, in Moscow, on which the version is in force.
	EffectiveFrom ident.Date
	Text          string
	// Hash is the SHA-256 of the text in UTF-8.
	Hash []byte
}

// PersonalDataForm is what personal data are judged by at the moment.
type PersonalDataForm struct {
	Consent Terms
	// Today is the latest day that it is anywhere in the country.
	Today ident.Date
}

// Submission is personal data that came in.
type Submission struct {
	Account uuid.UUID
	// AuthTime is when the sender last proved the password.
	AuthTime time.Time
	// Data has neither ids nor times yet.
	Data PersonalData
	// Consent is what the sender has agreed to.
	Consent Terms
	// VoidLetter says that a letter under way may be made worthless.
	VoidLetter bool
	Caller     Caller
}

package domain

import (
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/ident"
)

// ChannelEDO is the channel on which the fund and payers exchange electronic
// documents.
const ChannelEDO Channel = "edo"

// EDOKind says what an electronic document is about.
type EDOKind string

// The kinds of electronic document.
const (
	// EDOActivation brings a payer the activation code.
	EDOActivation EDOKind = "activation_code"
	// EDONotice tells a payer who is connected already that somebody applied
	// for another connection.
	EDONotice EDOKind = "notice"
)

// EDOStatus is a state of an electronic document.
type EDOStatus string

// The states of an electronic document: how far it has come, and what became of
// its code.
const (
	EDOQueued    EDOStatus = "queued"
	EDOSent      EDOStatus = "sent"
	EDODelivered EDOStatus = "delivered"
	EDORead      EDOStatus = "read"
	// EDORejected is a document that the exchange or the payer's operator of
	// document exchange did not take.
	EDORejected    EDOStatus = "rejected"
	EDOCodeEntered EDOStatus = "code_entered"
	EDOExpired     EDOStatus = "expired"
	EDOExhausted   EDOStatus = "exhausted"
	EDOSuperseded  EDOStatus = "superseded"
)

// EDOMessage is an electronic document as it leaves.
type EDOMessage struct {
	ID        uuid.UUID
	Kind      EDOKind
	Number    ident.PFRRegNumber
	INN       ident.INN
	KPP       ident.KPP
	PayerName string
	Agreement string
	// Code is the activation code as 20 digits; empty in a notice.
	Code string
	// IssuedAt is when the document was made, and ValidUntil when its code is of
	// no more use.
	IssuedAt   time.Time
	ValidUntil time.Time
	Locale     Locale
}

// EDOReceipt is what the exchange says of a document.
type EDOReceipt struct {
	// Status is sent, delivered, read or rejected.
	Status EDOStatus
	At     time.Time
	// Reason is why a document was rejected, in the exchange's words: for
	// operators only.
	Reason string
}

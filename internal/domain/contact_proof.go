package domain

import (
	"github.com/google/uuid"

	"example.org/kabinet/internal/ident"
)

// ContactProof is a contact that a flow wants proven by a code.
type ContactProof struct {
	Purpose ChallengePurpose
	// SubjectID is the flow.
	SubjectID uuid.UUID
	Contact   ident.Contact
	// CodesSent is how many codes the flow will have sent with the next one.
	CodesSent int
	// Confirm is what the flow calls the step that takes the code.
	Confirm string
}

// ContactCode is a code that proves a contact, and what is kept of it.
type ContactCode struct {
	Challenge Challenge
	Code      string
}

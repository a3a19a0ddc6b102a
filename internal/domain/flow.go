package domain

import (
	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/ident"
)

// FlowKey names a flow of several steps and proves the right to it.
type FlowKey struct {
	ID uuid.UUID
	// Token is the capability that the start of the flow answered with.
	Token string
}

// RegistrationStart is who wants to register.
type RegistrationStart struct {
	FamilyName ident.Name
	GivenName  ident.Name
	Contact    ident.Contact
	Locale     Locale
	Caller     Caller
}

// CodeEntry is a code that was typed in.
type CodeEntry struct {
	Key    FlowKey
	Code   string
	Caller Caller
}

// PasswordChoice is the password that a flow ends with, typed twice.
type PasswordChoice struct {
	Key          FlowKey
	Password     string
	Confirmation string
	Transport    Transport
	Caller       Caller
}

// RegistrationFlow is a registration as its owner sees it.
type RegistrationFlow struct {
	Registration Registration
	// Challenge is the code that was sent last.
	Challenge Challenge
	// Token is the flow's capability; only the answer to the start has it.
	Token string
	// Quota is the limit that the code counted against; nil if none was sent.
	Quota *apperr.Quota
}

// SignIn is who wants to sign in.
type SignIn struct {
	AccountType AccountType
	// Login is what the person typed: a phone or an e-mail address, or an
	// operator's name.
	Login    string
	Password string
	// OTP is the code of an operator's second factor.
	OTP       string
	Transport Transport
	Caller    Caller
}

// Refresh is a refresh token that came back.
type Refresh struct {
	Token string
	// Transport is how it came; a token of a cookie session is not accepted
	// from a body, nor the other way round.
	Transport Transport
	Caller    Caller
}

package domain

import (
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/ident"
)

// ConfirmationMethod is a way of confirming one's identity.
type ConfirmationMethod string

// The ways.
const (
	ConfirmAtServiceCentre ConfirmationMethod = ConfirmationMethod(MethodServiceCentre)
	ConfirmAtFundOffice    ConfirmationMethod = ConfirmationMethod(MethodFundOffice)
	ConfirmByLetter        ConfirmationMethod = "registered_letter"
)

// ConfirmationMethods lists every way.
func ConfirmationMethods() []ConfirmationMethod {
	return []ConfirmationMethod{ConfirmAtServiceCentre, ConfirmAtFundOffice, ConfirmByLetter}
}

// InPerson tells whether the way is a visit.
func (m ConfirmationMethod) InPerson() bool { return m != ConfirmByLetter }

// RefusalReason is why an operator did not confirm an identity.
type RefusalReason string

// The reasons, each with plain words for the person.
const (
	RefusalDocumentInvalid RefusalReason = "document_invalid"
	RefusalDataDiffer      RefusalReason = "data_differ"
	RefusalNotTheHolder    RefusalReason = "not_the_holder"
	RefusalNoDocument      RefusalReason = "no_document"
)

// RefusalReasons lists every reason.
func RefusalReasons() []RefusalReason {
	return []RefusalReason{RefusalDocumentInvalid, RefusalDataDiffer, RefusalNotTheHolder, RefusalNoDocument}
}

// Confirmation is one way to a confirmed identity that a person has begun.
// Several may be open at once; the first that succeeds confirms.
type Confirmation struct {
	ID        uuid.UUID
	AccountID uuid.UUID
	// CaseID is the case that proves the data; a confirmation is worth nothing
	// for other data.
	CaseID uuid.UUID
	Method ConfirmationMethod
	Status ConfirmationStatus
	// VisitCode is what the operator finds the person by: 8 characters of
	// Crockford's base 32; empty for letters.
	VisitCode string
	CreatedAt time.Time
	// ExpiresAt is the end of a visit; zero for letters, which have their own.
	ExpiresAt time.Time
	// SettledAt is when the confirmation left the state requested.
	SettledAt time.Time
	// PlaceID and OperatorID are where and by whom a visit was decided.
	PlaceID    uuid.UUID
	OperatorID uuid.UUID
	// Reason is why a visit was refused.
	Reason RefusalReason
	// DisputeHash is the SHA-256 of the token with which the owner can deny
	// the confirmation until DisputeUntil; nil while there is none.
	DisputeHash  []byte
	DisputeUntil time.Time
}

// Refresh moves a visit whose time is over to expired.
func (c *Confirmation) Refresh(now time.Time) {
	if c.Status == ConfirmationRequested && !c.ExpiresAt.IsZero() && !now.Before(c.ExpiresAt) {
		c.Status, c.SettledAt = ConfirmationExpired, c.ExpiresAt
	}
}

// RefreshLetter moves a confirmation whose letter came to nothing to where that
// leads.
func (c *Confirmation) RefreshLetter(l Letter) {
	if c.Status != ConfirmationRequested || c.Method != ConfirmByLetter || l.Status.Live() {
		return
	}
	switch l.Status { //nolint:exhaustive // the others move together with the confirmation
	case LetterExpired:
		c.Status = ConfirmationExpired
	case LetterReturned, LetterLost, LetterExhausted:
		c.Status = ConfirmationFailed
	}
	c.SettledAt = l.SettledAt
}

// Move lets an event happen to the confirmation.
func (c *Confirmation) Move(on ConfirmationEvent, now time.Time) error {
	c.Refresh(now)
	to, err := next(ConfirmationMoves(), c.Status, on)
	if err != nil {
		return err
	}
	c.Status, c.SettledAt = to, now
	return nil
}

// ConfirmationRequest is a person who wants to be confirmed in some way.
type ConfirmationRequest struct {
	Who    Principal
	Method ConfirmationMethod
	// Address is where the letter shall go; zero for visits.
	Address Address
	Caller  Caller
}

// ConfirmationView is a confirmation as its owner sees it.
type ConfirmationView struct {
	Confirmation Confirmation
	// Letter is the letter of the confirmation; nil for visits.
	Letter *Letter
	// NextAllowedAt is when another letter may be asked for; zero for now.
	NextAllowedAt time.Time
}

// ConfirmationCode is the code of a letter that was typed in.
type ConfirmationCode struct {
	Who    Principal
	ID     uuid.UUID
	Code   string
	Caller Caller
}

// DocumentSeen is what an operator reads in the passport on the counter.
type DocumentSeen struct {
	Series     ident.PassportSeries
	Number     ident.PassportNumber
	Issued     ident.Date
	Department ident.DepartmentCode
	FamilyName ident.Name
	GivenName  ident.Name
	// Patronymic is empty where the document has none.
	Patronymic ident.Patronymic
	BirthDate  ident.Date
}

// Differs names what is not as in the checked data, by the names of the
// decision's fields; nothing for the right document. It tells no values.
func (d DocumentSeen) Differs(from CheckSubject) (fields []string) {
	passport := from.Passport.Parts()
	for _, part := range []struct {
		name string
		same bool
	}{
		{"passport/series", d.Series == passport.Series},
		{"passport/number", d.Number == passport.Number},
		{"passport/issue_date", d.Issued == passport.Issued},
		{"passport/department_code", d.Department == passport.Department},
		{"family_name", d.FamilyName.Equal(from.FamilyName)},
		{"given_name", d.GivenName.Equal(from.GivenName)},
		{"patronymic", d.Patronymic.Equal(from.Patronymic)},
		{"birth_date", d.BirthDate == from.BirthDate},
	} {
		if !part.same {
			fields = append(fields, part.name)
		}
	}
	return fields
}

// InPersonDecision is an operator's confirmation of an identity, with the
// document that the operator has seen.
type InPersonDecision struct {
	Desk      Desk
	AccountID uuid.UUID
	Document  DocumentSeen
}

// CounterProof is a person whom an operator has registered, document in hand.
type CounterProof struct {
	Desk Desk
	// Case proves the data, and SNILS is among them.
	Case  VerificationCase
	SNILS ident.SNILS
}

// InPersonRefusal is an operator's refusal to confirm an identity.
type InPersonRefusal struct {
	Desk      Desk
	AccountID uuid.UUID
	Reason    RefusalReason
	// Note is what other operators should know; the person does not see it.
	Note string
}

package domain

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/ident"
)

// Role is what an operator may do.
type Role string

// The roles.
const (
	// RoleOperator works at the counter and with letters.
	RoleOperator Role = "operator"
	// RoleSupervisor may do what an operator may, and decides reviews,
	// suspensions and what needs a second person.
	RoleSupervisor Role = "supervisor"
	// RoleAdministrator looks after operators and their places, and reads the
	// audit log; citizens are not theirs.
	RoleAdministrator Role = "administrator"
)

// Roles lists every role.
func Roles() []Role { return []Role{RoleOperator, RoleSupervisor, RoleAdministrator} }

// Operator is somebody who works for the fund or a service centre. The ID is
// that of the operator's account.
type Operator struct {
	ID         uuid.UUID
	Login      string
	FamilyName ident.Name
	GivenName  ident.Name
	Email      ident.Contact
	// SNILS is the operator's own, so that nobody decides on their own account.
	SNILS  ident.SNILS
	Role   Role
	Status OperatorStatus
	// Places are the service centres and offices where the operator works.
	Places []uuid.UUID
	// TOTPSecret is the second factor's, in base 32 (RFC 6238); empty before
	// enrolment.
	TOTPSecret string
	// Locale is the language that the operator is written to in.
	Locale Locale
	// TOTPStep is the last time step whose code was used.
	TOTPStep int64
	// EnrolmentHash is the SHA-256 of the enrolment link's token; nil when
	// there is none.
	EnrolmentHash  []byte
	EnrolmentUntil time.Time
	CreatedAt      time.Time
}

// Move lets an event happen to the operator.
func (o *Operator) Move(on OperatorEvent) error {
	to, err := next(OperatorMoves(), o.Status, on)
	if err == nil {
		o.Status = to
	}
	return err
}

// Is tells whether an account and its data are the operator's own.
func (o *Operator) Is(a Account, snils ident.SNILS) bool {
	return o.SNILS == snils || o.Knows(a)
}

// Knows tells whether the operator's address is a contact of an account.
func (o *Operator) Knows(a Account) bool {
	return slices.ContainsFunc(a.Contacts, func(c Contact) bool { return c.Value.Key() == o.Email.Key() })
}

// Desk is an operator at work at a place.
type Desk struct {
	Operator Operator
	Place    ServiceCentre
	Caller   Caller
}

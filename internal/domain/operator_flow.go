package domain

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/ident"
)

// OperatorInvitation is somebody who is to become an operator.
type OperatorInvitation struct {
	Login      ident.OperatorLogin
	FamilyName ident.Name
	GivenName  ident.Name
	Email      ident.Contact
	SNILS      ident.SNILS
	Role       Role
	Places     []uuid.UUID
	Locale     Locale
	// By is the administrator who invites; no operator on the command line.
	By Desk
}

// OperatorChange is what an administrator does with an operator.
type OperatorChange struct {
	OperatorID uuid.UUID
	// Places are the new ones where these are changed.
	Places []uuid.UUID
	By     Desk
}

// Enrolment is what an invited operator chooses.
type Enrolment struct {
	// Token is the secret of the enrolment link.
	Token        string
	Password     string
	Confirmation string
	// OTP is a code of the second factor that was just set up.
	OTP    string
	Caller Caller
}

// Enrolling is an invited operator with the second factor to be set up.
type Enrolling struct {
	Operator Operator
	// URI is the otpauth address of the secret, for a QR code.
	URI string
}

// NewOperator is the operator that an invitation makes, and the account.
func NewOperator(in OperatorInvitation, now time.Time) (Operator, Account) {
	account := Account{
		ID: NewID(), Type: AccountOperator, Level: LevelNone, Status: AccountActive,
		FamilyName: in.FamilyName, GivenName: in.GivenName, Locale: in.Locale, CreatedAt: now,
	}
	return Operator{
		ID: account.ID, Login: in.Login.Text(), FamilyName: in.FamilyName, GivenName: in.GivenName,
		Email: in.Email, SNILS: in.SNILS, Role: in.Role, Status: OperatorInvited,
		Places: in.Places, Locale: in.Locale, CreatedAt: now,
	}, account
}

// Invite gives the operator a new enrolment link, and makes the old password
// and second factor worth nothing.
func (o *Operator) Invite(hash []byte, until time.Time) error {
	if err := o.Move(OperatorInvite); err != nil {
		return err
	}
	o.TOTPSecret, o.TOTPStep = "", 0
	o.EnrolmentHash, o.EnrolmentUntil = hash, until
	return nil
}

// Disable shuts the operator out.
func (o *Operator) Disable() error {
	if err := o.Move(OperatorDisable); err != nil {
		return err
	}
	o.TOTPSecret, o.TOTPStep = "", 0
	o.EnrolmentHash, o.EnrolmentUntil = nil, time.Time{}
	return nil
}

// CanEnrol tells whether an enrolment link is the operator's and in time. One
// that is not, for whatever reason, is [apperr.EnrolmentInvalid].
func (o *Operator) CanEnrol(hash []byte, now time.Time) error {
	if o.Status != OperatorInvited || len(hash) == 0 || !bytes.Equal(o.EnrolmentHash, hash) || !now.Before(o.EnrolmentUntil) {
		return apperr.New(apperr.EnrolmentInvalid)
	}
	return nil
}

// Enrol makes the operator active; the link has done its work, and the code of
// the step will not do again.
func (o *Operator) Enrol(step int64) error {
	if err := o.Move(OperatorEnrol); err != nil {
		return err
	}
	o.TOTPStep = step
	o.EnrolmentHash, o.EnrolmentUntil = nil, time.Time{}
	return nil
}

// WorksAt tells whether a place is one of the operator's.
func (o *Operator) WorksAt(place uuid.UUID) bool { return slices.Contains(o.Places, place) }

// AuditSearch says which part of the audit log is wanted, newest first. What
// is zero does not matter.
type AuditSearch struct {
	AccountID  uuid.UUID
	OperatorID uuid.UUID
	SubjectID  uuid.UUID
	Action     string
	// From and To bound when it happened: from From on, before To.
	From time.Time
	To   time.Time
	Page Page
}

// Query is what was asked for, for the row that tells of the search. It holds
// ids, names of events and times alone.
func (s AuditSearch) Query() string {
	var parts []string
	for _, part := range []struct {
		name string
		id   uuid.UUID
	}{{"account_id", s.AccountID}, {"operator_id", s.OperatorID}, {"subject_id", s.SubjectID}} {
		if part.id != uuid.Nil {
			parts = append(parts, part.name+"="+part.id.String())
		}
	}
	if s.Action != "" {
		parts = append(parts, "action="+s.Action)
	}
	if !s.From.IsZero() {
		parts = append(parts, "from="+s.From.Format(time.RFC3339))
	}
	if !s.To.IsZero() {
		parts = append(parts, "to="+s.To.Format(time.RFC3339))
	}
	return strings.Join(parts, " ")
}

package domain

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/calendar"
	"example.org/kabinet/internal/ident"
)

// DeliveryMethod is the way by which a payer wants the activation code.
type DeliveryMethod string

// The ways.
const (
	// DeliverByEDO is the channel of electronic documents, for payers that have
	// an agreement on it.
	DeliverByEDO DeliveryMethod = "edo"
	// DeliverByMail is a registered letter to the address in the register.
	DeliverByMail DeliveryMethod = "registered_mail"
	// DeliverInPerson is a registration card at the payer's office.
	DeliverInPerson DeliveryMethod = "in_person"
)

// DeliveryMethods lists every way.
func DeliveryMethods() []DeliveryMethod {
	return []DeliveryMethod{DeliverByEDO, DeliverByMail, DeliverInPerson}
}

// ApplicationReason is why an application was closed, or what the payer is told
// of it. The applicant learns it only where it tells nothing of an account.
type ApplicationReason string

// The reasons.
const (
	ReasonPayerUnknown    ApplicationReason = "payer_unknown"
	ReasonINNDiffers      ApplicationReason = "inn_differs"
	ReasonPayerLiquidated ApplicationReason = "payer_liquidated"
	// ReasonConnected is a payer who has a connection already: who applies
	// learns it through the payer's own channels alone.
	ReasonConnected ApplicationReason = "already_connected"
	// ReasonApplied is an application that is in order.
	ReasonApplied ApplicationReason = "applied"
)

// PayerApplication is somebody who wants a payer connected to the cabinet. Until
// the code is entered that reaches the payer alone, nothing of it is proven.
type PayerApplication struct {
	ID     uuid.UUID
	Status PayerApplicationStatus
	Number PayerNumber
	INN    ident.INN
	// Email is the address that the applicant gave.
	Email  ident.Contact
	Method DeliveryMethod
	Locale Locale
	// TokenHash is the SHA-256 of the flow's capability.
	TokenHash []byte
	CodesSent int
	// EmailConfirmedAt is when the applicant proved the address; zero before.
	EmailConfirmedAt time.Time
	// AccountID is the payer's account; zero before the payer is identified.
	AccountID uuid.UUID
	// Reason is why the application was closed, or that the payer is connected
	// already; empty otherwise.
	Reason ApplicationReason
	// CodeID is the letter or the electronic document that the code travels in;
	// zero where there is none.
	CodeID uuid.UUID
	Term   ApplicationTerm
	// CreatedAt is when it was filed, and SentAt when its code left.
	CreatedAt time.Time
	SentAt    time.Time
	ExpiresAt time.Time
	SettledAt time.Time
	// BreachedAt is when the term had passed without a code; zero while it has
	// not.
	BreachedAt time.Time
}

// ApplicationTerm is within which days a code has to leave. All are working days
// after the day of filing, as it is in the payer's region.
type ApplicationTerm struct {
	FiledOn ident.Date
	// DueOn is the last day of the term.
	DueOn ident.Date
	// AlarmOn is the day on which operators are called, and BreachOn the first
	// that is too late.
	AlarmOn  ident.Date
	BreachOn ident.Date
}

// WorkingDays counts them.
type WorkingDays interface {
	AddWorkingDays(d ident.Date, n int) (ident.Date, error)
}

// NewApplicationTerm is the term of an application that is filed at a moment in
// a place. The error is calendar_year_unknown where the term ends in a year
// whose working days nobody knows.
func NewApplicationTerm(filed time.Time, zone *time.Location, days WorkingDays, p Policies) (t ApplicationTerm, err error) {
	t.FiledOn = calendar.DateIn(filed, zone)
	for _, end := range []struct {
		on    *ident.Date
		after int
	}{
		{&t.AlarmOn, p.PayerCodeAlarmDay}, {&t.DueOn, p.PayerCodeDays}, {&t.BreachOn, p.PayerCodeDays + 1},
	} {
		if *end.on, err = days.AddWorkingDays(t.FiledOn, end.after); err != nil {
			return t, err
		}
	}
	return t, nil
}

// Refresh moves an application whose time is over to expired.
func (a *PayerApplication) Refresh(now time.Time) {
	if a.Status.Open() && !now.Before(a.ExpiresAt) {
		a.Status, a.SettledAt = ApplicationExpired, a.ExpiresAt
	}
}

// Move lets an event happen to the application.
func (a *PayerApplication) Move(on PayerApplicationEvent, now time.Time) error {
	a.Refresh(now)
	to, err := next(PayerApplicationMoves(), a.Status, on)
	if err != nil {
		return &apperr.Error{Code: apperr.InvalidTransition, NextActions: a.Status.NextActions()}
	}
	a.Status = to
	switch {
	case on == ApplicationSend:
		a.SentAt = now
	case on == ApplicationFail, on == ApplicationRequireMethod:
		a.CodeID = uuid.Nil
	case !to.Open():
		a.SettledAt = now
	}
	return nil
}

// Check tells whether an event is possible now, and changes nothing.
func (a *PayerApplication) Check(on PayerApplicationEvent, now time.Time) error {
	trial := *a
	return trial.Move(on, now)
}

// Judge finds out what becomes of the application by what the register says of
// the payer; nil stands for a number that it does not know. The second return
// is false where nothing comes of it.
func (a *PayerApplication) Judge(p *Payer, connected bool) (ApplicationReason, bool) {
	switch {
	case p == nil:
		return ReasonPayerUnknown, false
	case p.INN != a.INN:
		return ReasonINNDiffers, false
	case p.State == PayerLiquidated:
		return ReasonPayerLiquidated, false
	case connected:
		return ReasonConnected, true
	default:
		return ReasonApplied, true
	}
}

// Seen is the state as the applicant may know it. Who has not proven the e-mail
// address is told neither that the data are wrong nor that the way is not open to
// the payer. That a good application goes on can be seen; whether its payer is
// connected cannot.
func (a *PayerApplication) Seen() PayerApplicationStatus {
	hidden := []PayerApplicationStatus{ApplicationClosed, ApplicationMethodRequired}
	if a.EmailConfirmedAt.IsZero() && slices.Contains(hidden, a.Status) {
		return ApplicationSubmitted
	}
	return a.Status
}

// NextActions names what the applicant can do next, as far as the applicant may
// know the state.
func (a *PayerApplication) NextActions() []string {
	actions := slices.Clone(a.Seen().NextActions())
	if a.EmailConfirmedAt.IsZero() && a.Status != ApplicationActivated && a.Status != ApplicationSuperseded &&
		a.Status != ApplicationExpired {
		actions = slices.DeleteFunc(actions, func(action string) bool { return action == "choose_delivery_method" })
		actions = append(actions, "confirm_email", "resend_code")
	}
	return actions
}

// Late tells whether the code has not left though it is the day of the alarm, or
// the term is over.
func (a *PayerApplication) Late(today ident.Date) (late, breached bool) {
	if !a.Status.AwaitsCode() {
		return false, false
	}
	return !today.Before(a.Term.AlarmOn), !today.Before(a.Term.BreachOn)
}

// PayerApplicationRequest is an application as it was typed.
type PayerApplicationRequest struct {
	Number PayerNumber
	INN    ident.INN
	Email  ident.Contact
	Method DeliveryMethod
	Locale Locale
	Caller Caller
}

// PayerApplicationFlow is an application as the applicant sees it.
type PayerApplicationFlow struct {
	Application PayerApplication
	// Challenge is the code for the e-mail address that was sent last.
	Challenge Challenge
	// Office is where the payer is served; nil where the number tells none.
	Office *ServiceCentre
	// Token is the flow's capability; only the answer to the start has it.
	Token string
	// Quota is the limit that the code counted against; nil if none was sent.
	Quota *apperr.Quota
}

// DeliveryChoice is another way for the code of an application.
type DeliveryChoice struct {
	Key    FlowKey
	Method DeliveryMethod
	Caller Caller
}

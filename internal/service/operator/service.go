// Package operator is the use cases of those who work for the fund and for
// service centres: who they are, where they work, and how they come to a
// password and a second factor.
package operator

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// Transactor runs fn in one database transaction, which travels in the context.
type Transactor interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
}

// Operators finds operators and changes them one at a time.
type Operators interface {
	Get(ctx context.Context, id uuid.UUID) (domain.Operator, error)
	FindByEnrolment(ctx context.Context, hash []byte) (domain.Operator, error)
	List(ctx context.Context, p domain.Page) ([]domain.Operator, error)
	Create(ctx context.Context, o domain.Operator, a domain.Account) error
	Update(ctx context.Context, id uuid.UUID, fn func(*domain.Operator) error) (domain.Operator, error)
}

// Staff is what concerns several rows of operators.
type Staff interface {
	SetPlaces(ctx context.Context, o domain.Operator) error
	// LockAdministrators are the active administrators, who stay as they are
	// until the transaction ends.
	LockAdministrators(ctx context.Context) ([]uuid.UUID, error)
}

// Credentials keeps what accounts are signed in to with.
type Credentials interface {
	SetCredential(ctx context.Context, c domain.Credential) error
}

// Sessions ends sessions.
type Sessions interface {
	EndAll(ctx context.Context, account uuid.UUID, now time.Time) ([]domain.Session, error)
}

// Centres keeps service centres and offices.
type Centres interface {
	Get(ctx context.Context, id uuid.UUID) (domain.ServiceCentre, error)
	FindByCode(ctx context.Context, code string) (domain.ServiceCentre, error)
}

// Journal keeps what a use case leaves behind in its own transaction.
type Journal interface {
	// Record adds a row to the audit log.
	Record(ctx context.Context, e domain.AuditEvent) error
	// Enqueue adds a message and the job that sends it.
	Enqueue(ctx context.Context, m domain.Message) error
	// Keep stores the outcome as the answer of a request with an
	// Idempotency-Key; without one it does nothing.
	Keep(ctx context.Context, outcome any) error
}

// Log is the audit log, to be searched.
type Log interface {
	Search(ctx context.Context, in domain.AuditSearch) ([]domain.AuditEvent, error)
}

// Passwords judges and hashes passwords.
type Passwords interface {
	// Check names all that is wrong with a password of the owner of a contact.
	Check(plain string, contact ident.Contact) []apperr.Code
	// Reserve takes a place in the queue for hashing, or fails at once.
	Reserve(client string) (leave func(), err error)
	Hash(ctx context.Context, plain string) (string, error)
}

// Parts is what a [Service] is made of.
type Parts struct {
	Tx          Transactor
	Operators   Operators
	Staff       Staff
	Credentials Credentials
	Sessions    Sessions
	Centres     Centres
	Journal     Journal
	Log         Log
	Passwords   Passwords
	Clock       clock.Clock
	// Phones is the time that phones show, also where Clock was moved.
	Phones   clock.Clock
	Policies domain.Policies
	// Cabinet is the origin of the pages that enrolment links lead to.
	Cabinet string
}

// Service is the use cases of operators.
type Service struct{ Parts }

// New returns the service.
func New(p Parts) *Service { return &Service{p} }

// Operator is the active operator of an account, as of now.
func (s *Service) Operator(ctx context.Context, account uuid.UUID) (domain.Operator, error) {
	o, err := s.Operators.Get(ctx, account)
	if errors.Is(err, apperr.New(apperr.NotFound)) || err == nil && o.Status != domain.OperatorActive {
		return domain.Operator{}, apperr.New(apperr.Forbidden)
	}
	return o, err
}

// Place is a place where the operator works; [apperr.PlaceNotAssigned] for all
// others, those that are on no list any more among them.
func (s *Service) Place(ctx context.Context, o domain.Operator, place uuid.UUID) (domain.ServiceCentre, error) {
	if !o.WorksAt(place) {
		return domain.ServiceCentre{}, apperr.New(apperr.PlaceNotAssigned)
	}
	c, err := s.Centres.Get(ctx, place)
	if errors.Is(err, apperr.New(apperr.NotFound)) {
		return c, apperr.Wrap(apperr.PlaceNotAssigned, err)
	}
	return c, err
}

// Places are the places where the operator works; [apperr.PlaceNotAssigned]
// where there is none.
func (s *Service) Places(ctx context.Context, o domain.Operator) ([]domain.ServiceCentre, error) {
	var found []domain.ServiceCentre
	for _, id := range o.Places {
		c, err := s.Place(ctx, o, id)
		if errors.Is(err, apperr.New(apperr.PlaceNotAssigned)) {
			continue
		}
		if err != nil {
			return nil, err
		}
		found = append(found, c)
	}
	if len(found) == 0 {
		return nil, &apperr.Error{Code: apperr.PlaceNotAssigned, NextActions: []string{"ask_administrator"}}
	}
	return found, nil
}

// PlaceByCode is the place that the list of service centres gives a code.
func (s *Service) PlaceByCode(ctx context.Context, code string) (domain.ServiceCentre, error) {
	return s.Centres.FindByCode(ctx, code)
}

// List is a page of all operators, newest first, for an administrator.
func (s *Service) List(ctx context.Context, by domain.Desk, p domain.Page) ([]domain.Operator, error) {
	operators, err := s.Operators.List(ctx, p)
	if err != nil {
		return nil, err
	}
	return operators, s.record(ctx, "operator.list", by.Operator.ID, by)
}

// Get is one operator, for an administrator.
func (s *Service) Get(ctx context.Context, by domain.Desk, id uuid.UUID) (domain.Operator, error) {
	o, err := s.Operators.Get(ctx, id)
	if err != nil {
		return o, err
	}
	return o, s.record(ctx, "operator.view", id, by)
}

// SearchAudit is a part of the audit log, for an administrator. That it was
// looked at is in the log itself.
func (s *Service) SearchAudit(ctx context.Context, by domain.Desk, in domain.AuditSearch) ([]domain.AuditEvent, error) {
	events, err := s.Log.Search(ctx, in)
	if err != nil {
		return nil, err
	}
	subject := by.Operator.ID
	for _, id := range []uuid.UUID{in.OperatorID, in.SubjectID, in.AccountID} {
		if id != uuid.Nil {
			subject = id
		}
	}
	event := domain.NewAuditEvent("audit.search", subject, by.Caller, s.Clock.Now())
	return events, s.Journal.Record(ctx, event.By(by).Of(in.AccountID).Because(in.Query()))
}

// record adds a row about an operator to the audit log.
func (s *Service) record(ctx context.Context, action string, operator uuid.UUID, by domain.Desk) error {
	event := domain.NewAuditEvent(action, operator, by.Caller, s.Clock.Now())
	return s.Journal.Record(ctx, event.By(by).Of(operator))
}

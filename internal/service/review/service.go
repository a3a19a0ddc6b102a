// Package review is what supervisors decide: cases that no register decides on,
// suspensions, alarms, and what takes two people.
package review

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

// Accounts keeps accounts.
type Accounts interface {
	Get(ctx context.Context, id uuid.UUID) (domain.Account, error)
	Update(ctx context.Context, id uuid.UUID, fn func(*domain.Account) error) (domain.Account, error)
}

// PersonalData keeps personal data.
type PersonalData interface {
	Get(ctx context.Context, account uuid.UUID) (domain.PersonalData, error)
}

// Cases keeps verification cases.
type Cases interface {
	Get(ctx context.Context, id uuid.UUID) (domain.VerificationCase, error)
	Current(ctx context.Context, account uuid.UUID) (domain.VerificationCase, error)
	Update(ctx context.Context, id uuid.UUID, fn func(*domain.VerificationCase) error) (domain.VerificationCase, error)
	// Reviews are those that wait for a supervisor, oldest first.
	Reviews(ctx context.Context, p domain.Page) ([]domain.VerificationCase, error)
	// ScheduleSettle adds the job that looks for other accounts with the SNILS
	// of one that it was given to.
	ScheduleSettle(ctx context.Context, job domain.SettleSNILS) error
}

// Claims keeps whose confirmed account a SNILS belongs to.
type Claims interface {
	Claim(ctx context.Context, snils ident.SNILS, account uuid.UUID, now time.Time) (holder uuid.UUID, err error)
	// Holder is the account that a SNILS belongs to; zero when it is nobody's.
	Holder(ctx context.Context, snils ident.SNILS) (uuid.UUID, error)
	Release(ctx context.Context, account uuid.UUID) error
}

// Approvals keeps what takes two people.
type Approvals interface {
	Create(ctx context.Context, a domain.Approval) error
	Get(ctx context.Context, id uuid.UUID) (domain.Approval, error)
	// Open is the one of a kind that is stored as requested.
	Open(ctx context.Context, account uuid.UUID, kind domain.ApprovalKind) (domain.Approval, error)
	Update(ctx context.Context, id uuid.UUID, fn func(*domain.Approval) error) (domain.Approval, error)
	List(ctx context.Context, f domain.ApprovalFilter, now time.Time) ([]domain.Approval, error)
}

// Alarms keeps what operators have to look at.
type Alarms interface {
	Update(ctx context.Context, id uuid.UUID, fn func(*domain.Alarm) error) (domain.Alarm, error)
	List(ctx context.Context, f domain.AlarmFilter) ([]domain.Alarm, error)
}

// Freezer closes accounts to their owners and opens them again, in the caller's
// transaction and while the caller holds the account.
type Freezer interface {
	Freeze(ctx context.Context, a *domain.Account, on domain.AccountEvent, event domain.AuditEvent) error
	Thaw(ctx context.Context, a *domain.Account, on domain.AccountEvent, event domain.AuditEvent) error
}

// Holder puts the passed case of an account on hold, with all that follows from
// it, in the caller's transaction and while the caller holds the account.
type Holder interface {
	HoldLocked(ctx context.Context, a *domain.Account) error
}

// Journal keeps what a use case leaves behind in its own transaction.
type Journal interface {
	// Record adds a row to the audit log.
	Record(ctx context.Context, e domain.AuditEvent) error
	// Enqueue adds a message and the job that sends it.
	Enqueue(ctx context.Context, m domain.Message) error
	// Raise calls for operators.
	Raise(ctx context.Context, a domain.Alarm) error
	// Keep stores the outcome as the answer of a request with an
	// Idempotency-Key; without one it does nothing.
	Keep(ctx context.Context, outcome any) error
}

// Parts is what a [Service] is made of.
type Parts struct {
	Tx           Transactor
	Accounts     Accounts
	PersonalData PersonalData
	Cases        Cases
	Claims       Claims
	Approvals    Approvals
	Alarms       Alarms
	Freezer      Freezer
	Holder       Holder
	Journal      Journal
	Clock        clock.Clock
	Policies     domain.Policies
}

// Service is the use cases of supervisors.
type Service struct{ Parts }

// New returns the service.
func New(p Parts) *Service { return &Service{p} }

// Suspend closes an account to its owner, who is told, until two people have
// reinstated it.
func (s *Service) Suspend(ctx context.Context, in domain.AccountAction) (out domain.Account, err error) {
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		out, err = s.Accounts.Update(ctx, in.AccountID, func(a *domain.Account) error {
			if err := s.mayDecide(ctx, in.Desk, a); err != nil {
				return err
			}
			return s.Freezer.Freeze(ctx, a, domain.AccountSuspend, s.event("account.suspend", a.ID, in).Of(a.ID))
		})
		if err != nil {
			return err
		}
		return s.Journal.Keep(ctx, out)
	})
	return out, err
}

// mayDecide refuses what is an operator's account, and the operator's own. A
// payer's is its operator's own if both have the same address.
func (s *Service) mayDecide(ctx context.Context, d domain.Desk, a *domain.Account) error {
	if a.Type == domain.AccountOperator {
		return apperr.New(apperr.NotFound)
	}
	own := d.Operator.Knows(*a)
	if a.Type == domain.AccountCitizen {
		data, err := s.PersonalData.Get(ctx, a.ID)
		if err != nil && !errors.Is(err, apperr.New(apperr.NotFound)) {
			return err
		}
		own = d.Operator.Is(*a, data.Subject.SNILS)
	}
	if own {
		return apperr.New(apperr.OwnAccount)
	}
	return nil
}

// event is the row of the audit log about what a supervisor does, with the
// reason.
func (s *Service) event(action string, subject uuid.UUID, in domain.AccountAction) domain.AuditEvent {
	return domain.NewAuditEvent(action, subject, in.Desk.Caller, s.Clock.Now()).By(in.Desk).Because(in.Reason)
}

func (s *Service) record(ctx context.Context, action string, subject uuid.UUID, in domain.AccountAction) error {
	return s.Journal.Record(ctx, s.event(action, subject, in).Of(in.AccountID))
}

// listed is a list together with the row of the audit log about its being read.
func listed[T any](
	ctx context.Context, s *Service, event domain.AuditEvent, list func(context.Context) ([]T, error),
) (all []T, err error) {
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		if all, err = list(ctx); err != nil {
			return err
		}
		return s.Journal.Record(ctx, event)
	})
	return all, err
}

// tell writes to every proven contact of an account.
func (s *Service) tell(ctx context.Context, a domain.Account, kind domain.MessageKind) error {
	for _, m := range a.Notices(domain.Message{Kind: kind}, s.Clock.Now()) {
		if err := s.Journal.Enqueue(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

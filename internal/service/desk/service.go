// Package desk is what an operator at the counter looks up: a person's account,
// by what the person can name.
package desk

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
	FindByContact(ctx context.Context, c ident.Contact) (domain.Account, error)
	Credential(ctx context.Context, account uuid.UUID) (domain.Credential, error)
}

// PersonalData keeps personal data.
type PersonalData interface {
	Get(ctx context.Context, account uuid.UUID) (domain.PersonalData, error)
}

// Holders finds accounts by their SNILS.
type Holders interface {
	// Others are the accounts, but for one, that have told a SNILS.
	Others(ctx context.Context, snils ident.SNILS, except uuid.UUID) ([]uuid.UUID, error)
}

// Visits finds visits by what people bring to the counter.
type Visits interface {
	// FindByVisitCode finds the visit that is open under a code, typed by hand or
	// read from its picture.
	FindByVisitCode(ctx context.Context, text string) (domain.Confirmation, error)
}

// Confirmations keeps confirmations.
type Confirmations interface {
	// Live lists an account's confirmations that are requested or confirmed.
	Live(ctx context.Context, account uuid.UUID) ([]domain.Confirmation, error)
}

// Journal keeps what a use case leaves behind in its own transaction.
type Journal interface {
	// Record adds a row to the audit log.
	Record(ctx context.Context, e domain.AuditEvent) error
	// Keep stores the outcome as the answer of a request with an
	// Idempotency-Key; without one it does nothing.
	Keep(ctx context.Context, outcome any) error
}

// Limits counts against rate limits.
type Limits interface {
	Take(ctx context.Context, l domain.Limit, subject string, now time.Time) (apperr.Quota, error)
}

// Parts is what a [Service] is made of.
type Parts struct {
	Tx            Transactor
	Accounts      Accounts
	PersonalData  PersonalData
	Holders       Holders
	Visits        Visits
	Confirmations Confirmations
	Journal       Journal
	Limits        Limits
	Clock         clock.Clock
	Policies      domain.Policies
}

// Service is the use cases of the counter.
type Service struct{ Parts }

// New returns the service.
func New(p Parts) *Service { return &Service{p} }

// Search looks for the accounts that a key leads to; for one that nobody has
// there are none. Every search counts, and leaves a row in the audit log for
// each account found, or one for none.
func (s *Service) Search(ctx context.Context, in domain.AccountSearch) (domain.AccountsFound, error) {
	now := s.Clock.Now()
	quota, err := s.Limits.Take(ctx, s.Policies.SearchesLimit(), in.Desk.Operator.ID.String(), now)
	if err != nil {
		return domain.AccountsFound{}, err
	}
	out := domain.AccountsFound{Quota: &quota}
	ids, err := s.find(ctx, in)
	if err != nil {
		return domain.AccountsFound{}, err
	}
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		for _, id := range ids {
			found, err := s.look(ctx, in.Desk, id, now)
			if err != nil {
				return err
			}
			if found.Account.Type == domain.AccountCitizen {
				out.Accounts = append(out.Accounts, found)
			}
		}
		if err := s.record(ctx, in, out.Accounts, now); err != nil {
			return err
		}
		return s.Journal.Keep(ctx, out)
	})
	return out, err
}

// find is the ids of the accounts that a key leads to.
func (s *Service) find(ctx context.Context, in domain.AccountSearch) ([]uuid.UUID, error) {
	switch in.By {
	case domain.SearchBySNILS:
		return s.Holders.Others(ctx, in.SNILS, uuid.Nil)
	case domain.SearchByVisitCode:
		visit, err := s.Visits.FindByVisitCode(ctx, in.VisitCode)
		return one(visit.AccountID, err)
	case domain.SearchByPhone, domain.SearchByEmail:
	}
	a, err := s.Accounts.FindByContact(ctx, in.Contact)
	return one(a.ID, err)
}

// one is what was found, or nothing where there is nothing.
func one(id uuid.UUID, err error) ([]uuid.UUID, error) {
	if errors.Is(err, apperr.New(apperr.NotFound)) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return []uuid.UUID{id}, nil
}

// look gathers what the operator may see of an account.
func (s *Service) look(ctx context.Context, d domain.Desk, id uuid.UUID, now time.Time) (domain.AccountFound, error) {
	a, err := s.Accounts.Get(ctx, id)
	if err != nil {
		return domain.AccountFound{}, err
	}
	a.Refresh(now)
	found := domain.AccountFound{Account: a, Offered: d.Place.Offering(d.Place.Kind.Method(), d.Place.Today(now))}
	data, err := s.PersonalData.Get(ctx, id)
	if err != nil && !errors.Is(err, apperr.New(apperr.NotFound)) {
		return found, err
	}
	found.Patronymic, found.BirthDate = data.Subject.Patronymic, data.Subject.BirthDate
	found.Own = d.Operator.Is(a, data.Subject.SNILS)
	_, err = s.Accounts.Credential(ctx, id)
	if err != nil && !errors.Is(err, apperr.New(apperr.NotFound)) {
		return found, err
	}
	found.SignsIn = err == nil
	found.Visit, err = s.visit(ctx, id, now)
	return found, err
}

// visit is the visit that an account has asked for; nil without one.
func (s *Service) visit(ctx context.Context, account uuid.UUID, now time.Time) (*domain.Confirmation, error) {
	live, err := s.Confirmations.Live(ctx, account)
	if err != nil {
		return nil, err
	}
	for _, c := range live {
		if c.Refresh(now); c.Status == domain.ConfirmationRequested && c.Method.InPerson() {
			return &c, nil
		}
	}
	return nil, nil //nolint:nilnil // most accounts have none
}

// record notes who looked for whom, and by what.
func (s *Service) record(ctx context.Context, in domain.AccountSearch, found []domain.AccountFound, now time.Time) error {
	row := func(subject uuid.UUID) domain.AuditEvent {
		return domain.NewAuditEvent("account.search", subject, in.Desk.Caller, now).By(in.Desk).Because(string(in.By))
	}
	if len(found) == 0 {
		return s.Journal.Record(ctx, row(in.Desk.Place.ID))
	}
	for _, f := range found {
		if err := s.Journal.Record(ctx, row(f.Account.ID).Of(f.Account.ID)); err != nil {
			return err
		}
	}
	return nil
}

// Package confirmation raises an account to the level confirmed: the ways that
// are open to a person, visits and letters that are asked for, decisions at the
// counter, codes that are typed in, and the owner's "this was not me".
package confirmation

import (
	"context"
	"time"

	"github.com/google/uuid"

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
	Current(ctx context.Context, account uuid.UUID) (domain.VerificationCase, error)
	Update(ctx context.Context, id uuid.UUID, fn func(*domain.VerificationCase) error) (domain.VerificationCase, error)
	// ScheduleSettle adds the job that looks for other accounts with the SNILS
	// of one that was confirmed.
	ScheduleSettle(ctx context.Context, job domain.SettleSNILS) error
}

// Confirmations keeps confirmations.
type Confirmations interface {
	Create(ctx context.Context, c domain.Confirmation) error
	Get(ctx context.Context, id uuid.UUID) (domain.Confirmation, error)
	Update(ctx context.Context, id uuid.UUID, fn func(*domain.Confirmation) error) (domain.Confirmation, error)
	List(ctx context.Context, account uuid.UUID, p domain.Page) ([]domain.Confirmation, error)
}

// Finder finds confirmations.
type Finder interface {
	// Live are those that are stored as requested or confirmed.
	Live(ctx context.Context, account uuid.UUID) ([]domain.Confirmation, error)
	// Refused are the refused visits, newest first.
	Refused(ctx context.Context, account uuid.UUID) ([]domain.Confirmation, error)
	FindByVisitCode(ctx context.Context, code string) (domain.Confirmation, error)
	FindByDispute(ctx context.Context, hash []byte) (domain.Confirmation, error)
}

// Letters sends registered letters with codes. A letter has the id of its
// confirmation.
type Letters interface {
	Request(ctx context.Context, o domain.LetterOrder) (domain.Letter, error)
	Find(ctx context.Context, id uuid.UUID) (domain.Letter, error)
	// Compare takes an attempt and compares a code, in transactions of its own.
	Compare(ctx context.Context, id uuid.UUID, code string) error
	Settle(ctx context.Context, id uuid.UUID, on domain.LetterEvent, by domain.Caller) error
	NextAllowed(ctx context.Context, account uuid.UUID) (time.Time, error)
}

// Claims keeps whose confirmed account a SNILS belongs to.
type Claims interface {
	Claim(ctx context.Context, snils ident.SNILS, account uuid.UUID, now time.Time) (holder uuid.UUID, err error)
	Release(ctx context.Context, account uuid.UUID) error
}

// Offers tells which regions offer visits.
type Offers interface {
	Offers(ctx context.Context) ([]domain.RegionOffer, error)
}

// Sessions keeps sessions.
type Sessions interface {
	EndAll(ctx context.Context, account uuid.UUID, now time.Time) ([]domain.Session, error)
}

// Journal keeps what a use case leaves behind in its own transaction.
type Journal interface {
	// Record adds a row to the audit log.
	Record(ctx context.Context, e domain.AuditEvent) error
	// Enqueue adds a message and the job that sends it.
	Enqueue(ctx context.Context, m domain.Message) error
	// Keep stores the outcome as the answer to the request's Idempotency-Key.
	Keep(ctx context.Context, outcome any) error
	// Raise calls for operators.
	Raise(ctx context.Context, a domain.Alarm) error
}

// Parts is what a [Service] is made of.
type Parts struct {
	Tx            Transactor
	Accounts      Accounts
	PersonalData  PersonalData
	Cases         Cases
	Confirmations Confirmations
	Finder        Finder
	Letters       Letters
	Claims        Claims
	Offers        Offers
	Sessions      Sessions
	Journal       Journal
	Clock         clock.Clock
	Policies      domain.Policies
	// CabinetURL is the origin of the frontend that messages point to.
	CabinetURL string
}

// Service is the use cases of confirmation.
type Service struct{ Parts }

// New returns the service.
func New(p Parts) *Service { return &Service{p} }

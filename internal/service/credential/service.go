// Package credential lets people and payers who are signed in change their
// password.
package credential

import (
	"context"
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

// Accounts keeps accounts with their passwords.
type Accounts interface {
	Get(ctx context.Context, id uuid.UUID) (domain.Account, error)
	// Lock keeps the account as it is until the transaction ends.
	Lock(ctx context.Context, id uuid.UUID) (domain.Account, error)
	Credential(ctx context.Context, account uuid.UUID) (domain.Credential, error)
	SetCredential(ctx context.Context, c domain.Credential) error
}

// Payers keeps the accounts of payers, and which passwords they had.
type Payers interface {
	Update(
		ctx context.Context, account uuid.UUID, fn func(*domain.PayerAccount) error,
	) (domain.PayerAccount, error)
	Remember(ctx context.Context, old domain.Credential, at time.Time, most int) error
	// Remembered are the hashes of the passwords before the one in use.
	Remembered(ctx context.Context, account uuid.UUID, most int) ([]string, error)
}

// Sessions keeps sessions.
type Sessions interface {
	Get(ctx context.Context, id uuid.UUID) (domain.Session, error)
	Update(ctx context.Context, id uuid.UUID, fn func(*domain.Session) error) (domain.Session, error)
	// EndOthers closes the sessions of an account but for one.
	EndOthers(ctx context.Context, account, but uuid.UUID, now time.Time) ([]domain.Session, error)
}

// Tokens makes the next tokens of a session.
type Tokens interface {
	// Renew makes them, and stores nothing.
	Renew(a domain.Account, of domain.Session) (domain.SignedIn, error)
	// Replace makes them the only ones of the session, in the caller's transaction.
	Replace(ctx context.Context, in domain.SignedIn) error
}

// Agreements keeps what people agreed to.
type Agreements interface {
	Accept(ctx context.Context, c domain.Consent) error
}

// Terms is the documents that people agree to, as they are in force.
type Terms interface {
	Current(document string) (domain.Terms, error)
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

// Limits counts against rate limits.
type Limits interface {
	Take(ctx context.Context, l domain.Limit, subject string, now time.Time) (apperr.Quota, error)
}

// Passwords judges, compares and hashes passwords.
type Passwords interface {
	// Check returns why a password is not acceptable for someone with this
	// contact, and CheckPayer for a payer with this number; nothing when it is.
	Check(plain string, contact ident.Contact) []apperr.Code
	CheckPayer(plain string, number domain.PayerNumber) []apperr.Code
	// Reserve takes a place in the queue for hashing, or fails at once. One
	// client has only a share of the places.
	Reserve(client string) (leave func(), err error)
	Hash(ctx context.Context, plain string) (string, error)
	Verify(ctx context.Context, hash, plain string) (ok, rehash bool, err error)
}

// Parts is what a [Service] is made of.
type Parts struct {
	Tx         Transactor
	Accounts   Accounts
	Payers     Payers
	Sessions   Sessions
	Tokens     Tokens
	Agreements Agreements
	Terms      Terms
	Journal    Journal
	Limits     Limits
	Passwords  Passwords
	Clock      clock.Clock
	Policies   domain.Policies
}

// Service is the use cases of one's own password.
type Service struct{ Parts }

// New returns the service.
func New(p Parts) *Service { return &Service{p} }

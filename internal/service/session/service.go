// Package session signs people in and out and keeps them signed in.
package session

import (
	"context"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/token"
)

// Transactor runs fn in one database transaction, which travels in the context.
type Transactor interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
}

// Sessions keeps sessions.
type Sessions interface {
	Create(ctx context.Context, s domain.Session) error
	Get(ctx context.Context, id uuid.UUID) (domain.Session, error)
	Update(ctx context.Context, id uuid.UUID, fn func(*domain.Session) error) (domain.Session, error)
	List(ctx context.Context, account uuid.UUID, now time.Time, p domain.Page) ([]domain.Session, error)
}

// RefreshTokens keeps the hashes of refresh tokens.
type RefreshTokens interface {
	AddRefresh(ctx context.Context, t domain.RefreshToken) error
	FindRefresh(ctx context.Context, hash []byte) (domain.RefreshToken, error)
	UseRefresh(ctx context.Context, hash []byte, at time.Time) error
	// UseAll marks all tokens of a session as used that are not yet.
	UseAll(ctx context.Context, session uuid.UUID, at time.Time) error
}

// Accounts keeps accounts.
type Accounts interface {
	Get(ctx context.Context, id uuid.UUID) (domain.Account, error)
	// Lock keeps the account as it is until the transaction ends.
	Lock(ctx context.Context, id uuid.UUID) (domain.Account, error)
	FindByContact(ctx context.Context, contact ident.Contact) (domain.Account, error)
	Credential(ctx context.Context, account uuid.UUID) (domain.Credential, error)
	ReplaceHash(ctx context.Context, account uuid.UUID, old, hash string) error
}

// Operators keeps those who sign in by a name and a second factor.
type Operators interface {
	Get(ctx context.Context, id uuid.UUID) (domain.Operator, error)
	FindByLogin(ctx context.Context, login string) (domain.Operator, error)
	// UseStep tells whether the code of a time step is used for the first time,
	// and by an active operator. Of all who try at once, one succeeds.
	UseStep(ctx context.Context, id uuid.UUID, step int64) (bool, error)
}

// Payers keeps those who sign in by the number of a payer.
type Payers interface {
	FindByNumber(ctx context.Context, n domain.PayerNumber) (domain.PayerAccount, error)
	Update(
		ctx context.Context, account uuid.UUID, fn func(*domain.PayerAccount) error,
	) (domain.PayerAccount, error)
}

// Terms is the documents that people agree to, as they are in force.
type Terms interface {
	Current(document string) (domain.Terms, error)
}

// Limits counts against rate limits; over one it is [apperr.RateLimited].
type Limits interface {
	Take(ctx context.Context, l domain.Limit, subject string, now time.Time) (apperr.Quota, error)
}

// Throttles counts wrong passwords by login and client address.
type Throttles interface {
	Update(ctx context.Context, login, address string, fn func(*domain.Throttle) error) error
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

// Passwords compares passwords with their hashes.
type Passwords interface {
	// Reserve takes a place in the queue for hashing, or fails at once. One
	// client has only a share of the places.
	Reserve(client string) (leave func(), err error)
	Hash(ctx context.Context, plain string) (string, error)
	// Verify also tells whether the hash should be made anew.
	Verify(ctx context.Context, hash, plain string) (ok, rehash bool, err error)
	// VerifyDummy takes as long as Verify, for logins that nobody has.
	VerifyDummy(ctx context.Context, plain string) error
}

// AccessTokens signs and reads access tokens.
type AccessTokens interface {
	Issue(c token.Claims) (text string, expires time.Time, err error)
	Verify(text string) (token.Claims, error)
}

// Parts is what a [Service] is made of.
type Parts struct {
	Tx            Transactor
	Sessions      Sessions
	RefreshTokens RefreshTokens
	Accounts      Accounts
	Operators     Operators
	Payers        Payers
	Terms         Terms
	Limits        Limits
	Throttles     Throttles
	Journal       Journal
	Passwords     Passwords
	Tokens        AccessTokens
	Clock         clock.Clock
	// Phones is the time that phones show, also where Clock was moved.
	Phones   clock.Clock
	Policies domain.Policies
}

// Service is the use cases of sessions.
type Service struct{ Parts }

// New returns the service.
func New(p Parts) *Service { return &Service{p} }

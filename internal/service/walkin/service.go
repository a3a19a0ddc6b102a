// Package walkin takes a person without an account from the counter, where an
// operator registers and confirms them, to their first sign-in.
package walkin

import (
	"context"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/otp"
)

// Transactor runs fn in one database transaction, which travels in the context.
type Transactor interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
}

// Accounts keeps accounts.
type Accounts interface {
	CreateWalkIn(ctx context.Context, a domain.Account) error
	Get(ctx context.Context, id uuid.UUID) (domain.Account, error)
	Update(ctx context.Context, id uuid.UUID, fn func(*domain.Account) error) (domain.Account, error)
	FindByContact(ctx context.Context, c ident.Contact) (domain.Account, error)
	// ReplaceContact gives a contact that is not proven another value.
	ReplaceContact(ctx context.Context, a domain.Account, c domain.Contact) error
	ProveContact(ctx context.Context, contact uuid.UUID, now time.Time) error
}

// Credentials keeps what accounts are signed in to with.
type Credentials interface {
	Credential(ctx context.Context, account uuid.UUID) (domain.Credential, error)
	SetCredential(ctx context.Context, c domain.Credential) error
}

// PersonalData keeps personal data and consents.
type PersonalData interface {
	Get(ctx context.Context, account uuid.UUID) (domain.PersonalData, error)
	Put(ctx context.Context, d domain.PersonalData) error
	Accept(ctx context.Context, c domain.Consent) error
}

// Cases keeps verification cases.
type Cases interface {
	Create(ctx context.Context, c domain.VerificationCase) error
}

// Claims keeps whose confirmed account a SNILS belongs to.
type Claims interface {
	// Holder is the account that a SNILS belongs to; zero when it is nobody's.
	Holder(ctx context.Context, snils ident.SNILS) (uuid.UUID, error)
	// Others are the accounts, but for one, that have told a SNILS.
	Others(ctx context.Context, snils ident.SNILS, except uuid.UUID) ([]uuid.UUID, error)
}

// Confirmer confirms identities.
type Confirmer interface {
	// ConfirmAtOnce confirms a person who stands at the counter, in the caller's
	// transaction and while the account is locked.
	ConfirmAtOnce(ctx context.Context, a *domain.Account, p domain.CounterProof) (domain.Confirmation, error)
}

// Challenges keeps one-time codes.
type Challenges interface {
	Issue(ctx context.Context, c domain.Challenge) error
	Current(ctx context.Context, purpose domain.ChallengePurpose, subject uuid.UUID) (domain.Challenge, error)
	Spend(ctx context.Context, id uuid.UUID, now time.Time) (domain.Challenge, bool, error)
	Update(ctx context.Context, id uuid.UUID, fn func(*domain.Challenge) error) (domain.Challenge, error)
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

// Passwords judges and hashes passwords.
type Passwords interface {
	// Check returns why a password is not acceptable for someone with this
	// contact; nothing when it is.
	Check(plain string, contact ident.Contact) []apperr.Code
	// Reserve takes a place in the queue for hashing, or fails at once. One
	// client has only a share of the places.
	Reserve(client string) (leave func(), err error)
	Hash(ctx context.Context, plain string) (string, error)
}

// Sessions opens sessions.
type Sessions interface {
	// Open makes a session with its tokens, and stores nothing.
	Open(a domain.Account, t domain.Transport, by domain.Caller) (domain.SignedIn, error)
	// Save stores it in the caller's transaction.
	Save(ctx context.Context, in domain.SignedIn, by domain.Caller) error
}

// Parts is what a [Service] is made of.
type Parts struct {
	Tx           Transactor
	Accounts     Accounts
	Credentials  Credentials
	PersonalData PersonalData
	Cases        Cases
	Claims       Claims
	Confirmer    Confirmer
	Challenges   Challenges
	Journal      Journal
	Limits       Limits
	Passwords    Passwords
	Sessions     Sessions
	Sealer       *otp.Sealer
	Clock        clock.Clock
	Policies     domain.Policies
}

// Service is the use cases of people who are registered at the counter.
type Service struct{ Parts }

// New returns the service.
func New(p Parts) *Service { return &Service{p} }

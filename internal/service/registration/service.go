// Package registration takes a person from a name and a contact to an account:
// start, code, confirmation, password.
package registration

import (
	"context"
	"crypto/subtle"
	"errors"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/otp"
	"example.org/kabinet/internal/token"
)

// Transactor runs fn in one database transaction, which travels in the context.
type Transactor interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
}

// Registrations keeps registrations.
type Registrations interface {
	Create(ctx context.Context, r domain.Registration) error
	Get(ctx context.Context, id uuid.UUID) (domain.Registration, error)
	Update(ctx context.Context, id uuid.UUID, fn func(*domain.Registration) error) (domain.Registration, error)
	CloseOthers(ctx context.Context, completed domain.Registration, now time.Time) ([]domain.Registration, error)
}

// Challenges finds one-time codes.
type Challenges interface {
	Current(ctx context.Context, purpose domain.ChallengePurpose, subject uuid.UUID) (domain.Challenge, error)
}

// Codes proves contacts by one-time codes.
type Codes interface {
	// Draft makes the next code, and stores nothing.
	Draft(ctx context.Context, of domain.ContactProof) (domain.ContactCode, error)
	// Send counts, stores and sends a code in the caller's transaction.
	Send(ctx context.Context, c domain.Challenge, m domain.Message, by domain.Caller) (*apperr.Quota, error)
	// MayResend refuses while the wait after the last code lasts.
	MayResend(ctx context.Context, of domain.ContactProof) error
	// Try spends an attempt, and solves the challenge if the code is right. The
	// error of a wrong code is separate: its attempt stays spent.
	Try(
		ctx context.Context, of domain.ContactProof, code string, by domain.Caller,
	) (c domain.Challenge, wrong, err error)
}

// Accounts keeps accounts.
type Accounts interface {
	FindByContact(ctx context.Context, contact ident.Contact) (domain.Account, error)
	Create(ctx context.Context, a domain.Account, c domain.Credential) error
}

// Journal keeps what a use case leaves behind in its own transaction.
type Journal interface {
	// Record adds a row to the audit log.
	Record(ctx context.Context, e domain.AuditEvent) error
	// Keep stores the outcome as the answer of a request with an
	// Idempotency-Key; without one it does nothing.
	Keep(ctx context.Context, outcome any) error
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
	Tx            Transactor
	Registrations Registrations
	Challenges    Challenges
	Codes         Codes
	Accounts      Accounts
	Journal       Journal
	Passwords     Passwords
	Sessions      Sessions
	Sealer        *otp.Sealer
	Clock         clock.Clock
	Policies      domain.Policies
}

// Service is the use cases of registration.
type Service struct{ Parts }

// New returns the service.
func New(p Parts) *Service { return &Service{p} }

// Get is the flow as it is now.
func (s *Service) Get(ctx context.Context, key domain.FlowKey) (domain.RegistrationFlow, error) {
	r, err := s.authorize(ctx, key)
	if err != nil {
		return domain.RegistrationFlow{}, err
	}
	return s.flow(ctx, r)
}

func (s *Service) flow(ctx context.Context, r domain.Registration) (domain.RegistrationFlow, error) {
	c, err := s.Challenges.Current(ctx, domain.PurposeRegistration, r.ID)
	if err != nil {
		return domain.RegistrationFlow{}, err
	}
	now := s.Clock.Now()
	r.Refresh(now)
	c.Refresh(now)
	return domain.RegistrationFlow{Registration: r, Challenge: c}, nil
}

// authorize finds the flow that the token is for. An unknown flow and a wrong
// token are the same error.
func (s *Service) authorize(ctx context.Context, key domain.FlowKey) (domain.Registration, error) {
	r, err := s.Registrations.Get(ctx, key.ID)
	if errors.Is(err, apperr.New(apperr.NotFound)) {
		return r, apperr.Wrap(apperr.FlowTokenInvalid, err)
	}
	if err != nil {
		return r, err
	}
	if subtle.ConstantTimeCompare(r.TokenHash, token.HashOpaque(key.Token)) != 1 {
		return r, apperr.New(apperr.FlowTokenInvalid)
	}
	return r, nil
}

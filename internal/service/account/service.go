// Package account is what a person sees and changes of the own account, and its
// being closed to its owner and opened again.
package account

import (
	"context"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/domain"
)

// Accounts keeps accounts.
type Accounts interface {
	Get(ctx context.Context, id uuid.UUID) (domain.Account, error)
}

// Sessions keeps sessions.
type Sessions interface {
	// EndAll closes an account's sessions that are alive, and returns them.
	EndAll(ctx context.Context, account uuid.UUID, now time.Time) ([]domain.Session, error)
}

// Confirmations is what an account has proven of its owner's identity, or is
// about to.
type Confirmations interface {
	// Void makes all of it worthless, in the caller's transaction.
	Void(ctx context.Context, account uuid.UUID, by domain.Caller) (voided bool, err error)
	// Withdraw ends what is under way and keeps what is proven, in the caller's
	// transaction.
	Withdraw(ctx context.Context, account uuid.UUID, by domain.Caller) error
}

// Journal keeps what a use case leaves behind in its own transaction.
type Journal interface {
	// Record adds a row to the audit log.
	Record(ctx context.Context, e domain.AuditEvent) error
	// Enqueue adds a message and the job that sends it.
	Enqueue(ctx context.Context, m domain.Message) error
}

// Parts is what a [Service] is made of.
type Parts struct {
	Accounts      Accounts
	Sessions      Sessions
	Confirmations Confirmations
	Journal       Journal
	Clock         clock.Clock
}

// Service is the use cases of an account as a whole.
type Service struct{ Parts }

// New returns the service.
func New(p Parts) *Service { return &Service{p} }

// Me is the account of who is signed in, as of now.
func (s *Service) Me(ctx context.Context, who domain.Principal) (domain.Account, error) {
	a, err := s.Accounts.Get(ctx, who.AccountID)
	a.Refresh(s.Clock.Now())
	return a, err
}

// Package account is what a person sees and changes of the own account.
package account

import (
	"context"

	"github.com/google/uuid"

	"example.org/kabinet/internal/domain"
)

// Accounts keeps accounts.
type Accounts interface {
	Get(ctx context.Context, id uuid.UUID) (domain.Account, error)
}

// Service is the use cases of one's own account.
type Service struct{ accounts Accounts }

// New returns the service.
func New(a Accounts) *Service { return &Service{a} }

// Me is the account of who is signed in.
func (s *Service) Me(ctx context.Context, who domain.Principal) (domain.Account, error) {
	return s.accounts.Get(ctx, who.AccountID)
}

package payer

import (
	"context"

	"example.org/kabinet/internal/domain"
)

// PasswordHelp is the office where a lost password is replaced; nil where the
// number tells none. It looks at the number alone: whether anybody has it, and
// whether anybody is connected, makes no difference.
func (s *Service) PasswordHelp(ctx context.Context, n domain.PayerNumber) (*domain.ServiceCentre, error) {
	return s.office(ctx, n.Office())
}

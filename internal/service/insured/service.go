// Package insured takes over the fund's own register of insured people from a
// file.
package insured

import (
	"context"

	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/domain"
)

// Transactor runs fn in one database transaction, which travels in the context.
type Transactor interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
}

// Persons keeps the register.
type Persons interface {
	Replace(ctx context.Context, list domain.InsuredList) (domain.InsuredChanges, error)
}

// Journal keeps what a use case leaves behind in its own transaction.
type Journal interface {
	// Record adds a row to the audit log.
	Record(ctx context.Context, e domain.AuditEvent) error
}

// Parts is what a [Service] is made of.
type Parts struct {
	Tx      Transactor
	Persons Persons
	Journal Journal
	Clock   clock.Clock
}

// Service is the use cases of the fund's own register.
type Service struct{ Parts }

// New returns the service.
func New(p Parts) *Service { return &Service{p} }

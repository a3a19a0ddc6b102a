// Package payerregister takes over the fund's register of payers from a file.
package payerregister

import (
	"context"

	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/domain"
)

// Transactor runs fn in one database transaction, which travels in the context.
type Transactor interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
}

// Payers keeps the register.
type Payers interface {
	Listed(ctx context.Context) (bool, error)
	Replace(ctx context.Context, list domain.PayerList) (domain.PayerChanges, error)
	// Revoke has the connections ended of payers who are no more, once the
	// transaction has taken effect.
	Revoke(ctx context.Context) error
}

// Journal keeps what a use case leaves behind in its own transaction.
type Journal interface {
	// Record adds a row to the audit log.
	Record(ctx context.Context, e domain.AuditEvent) error
}

// Parts is what a [Service] is made of.
type Parts struct {
	Tx      Transactor
	Payers  Payers
	Journal Journal
	Clock   clock.Clock
}

// Service is the use cases of the register of payers.
type Service struct{ Parts }

// New returns the service.
func New(p Parts) *Service { return &Service{p} }

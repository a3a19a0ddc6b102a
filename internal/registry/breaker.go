package registry

import (
	"context"
	"errors"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/breaker"
	"example.org/kabinet/internal/domain"
)

// Breaker stands before a register of people, and spares it while it is down, as
// package breaker tells. It is safe for concurrent use.
type Breaker struct {
	*breaker.Breaker

	next Register
}

// NewBreaker puts a breaker before a register.
func NewBreaker(next Register, clock Clock) *Breaker {
	return &Breaker{breaker.New(clock, answered), next}
}

// Ask implements [Register].
func (b *Breaker) Ask(ctx context.Context, request domain.CheckRequest) (string, error) {
	return breaker.Do(ctx, b.Breaker, func() (string, error) { return b.next.Ask(ctx, request) })
}

// Poll implements [Register].
func (b *Breaker) Poll(ctx context.Context, reference string) (domain.CheckOutcome, error) {
	return breaker.Do(ctx, b.Breaker, func() (domain.CheckOutcome, error) { return b.next.Poll(ctx, reference) })
}

// Payers is the register of payers. [apperr.NotFound] means that it has no such
// payer, every other error that there is no answer for now. No error tells
// anything of the payer.
type Payers interface {
	Find(ctx context.Context, number domain.PayerNumber) (domain.Payer, error)
}

// PayersBreaker stands before the register of payers as a [Breaker] does before
// those of people. It is safe for concurrent use.
type PayersBreaker struct {
	*breaker.Breaker

	next Payers
}

// NewPayersBreaker puts a breaker before the register of payers.
func NewPayersBreaker(next Payers, clock Clock) *PayersBreaker {
	return &PayersBreaker{breaker.New(clock, answered), next}
}

// Find implements [Payers].
func (b *PayersBreaker) Find(ctx context.Context, number domain.PayerNumber) (domain.Payer, error) {
	return breaker.Do(ctx, b.Breaker, func() (domain.Payer, error) { return b.next.Find(ctx, number) })
}

// answered tells an error that a working register gives.
func answered(err error) bool {
	return errors.Is(err, ErrAnswered) || errors.Is(err, apperr.New(apperr.NotFound))
}

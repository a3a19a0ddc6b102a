// Package sandbox moves the time of a sandbox, so that nobody who tries out the
// long ways has to wait for them.
package sandbox

import (
	"context"
	"errors"
	"time"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// Clocks keeps how far the clock was moved.
type Clocks interface {
	AdvancedBy(ctx context.Context) (time.Duration, error)
	// Advance moves the clock, [apperr.DurationInvalid] beyond most in all.
	Advance(ctx context.Context, by, most time.Duration) (time.Duration, error)
}

// Clock is the time of the process.
type Clock interface {
	// At is the present moment of a clock that is so far ahead.
	At(by time.Duration) time.Time
	// By is how far the clock is ahead of the machine's.
	By() time.Duration
	// Reach puts the clock that far ahead, or leaves it where it is further.
	Reach(by time.Duration)
}

// Transactor runs fn in one database transaction, which travels in the context.
type Transactor interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
}

// Journal keeps what a use case leaves behind in its own transaction.
type Journal interface {
	// Keep stores the outcome as the answer of the request at hand.
	Keep(ctx context.Context, outcome any) error
}

// Parts is what a [Service] is made of.
type Parts struct {
	Tx      Transactor
	Clocks  Clocks
	Clock   Clock
	Journal Journal
}

// Service is the use cases of the sandbox's clock.
type Service struct{ Parts }

// New returns the service.
func New(p Parts) *Service { return &Service{p} }

// Time is the present time of the sandbox.
func (s *Service) Time(ctx context.Context) (domain.SandboxClock, error) {
	if err := s.Follow(ctx); err != nil {
		return domain.SandboxClock{}, err
	}
	by := s.Clock.By()
	return domain.SandboxClock{Now: s.Clock.At(by), AdvancedBy: by}, nil
}

// Advance moves the time of all processes over the database. This one has
// followed when it returns, the others do with their next [Service.Follow].
func (s *Service) Advance(ctx context.Context, by time.Duration) (domain.SandboxClock, error) {
	var out domain.SandboxClock
	err := s.Tx.InTx(ctx, func(ctx context.Context) error {
		all, err := s.Clocks.Advance(ctx, by, domain.SandboxClockMost)
		if err != nil {
			return err
		}
		out = domain.SandboxClock{Now: s.Clock.At(all), AdvancedBy: all}
		return s.Journal.Keep(ctx, out)
	})
	if errors.Is(err, apperr.New(apperr.DurationInvalid)) {
		return out, apperr.Invalid(apperr.Field{Pointer: "/advance", Code: apperr.DurationInvalid})
	}
	if err == nil {
		s.Clock.Reach(out.AdvancedBy)
	}
	return out, err
}

// Follow takes over how far another process has moved the time.
func (s *Service) Follow(ctx context.Context) error {
	by, err := s.Clocks.AdvancedBy(ctx)
	if err == nil {
		s.Clock.Reach(by)
	}
	return err
}

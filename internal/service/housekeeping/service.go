// Package housekeeping destroys what has served its purpose, within the time that
// the law leaves for it.
package housekeeping

import (
	"context"
	"errors"
	"time"

	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/domain"
)

const (
	// batch is how many rows of a table are destroyed at once, so that nothing is
	// locked for long.
	batch = 500
	// batches is how often that is done in one go. The rest is for the next one.
	batches = 20
)

// Leftovers destroys what has served its purpose.
type Leftovers interface {
	// Destroy destroys leftovers of a kind whose end is at a moment or before: the
	// oldest, so many at most, in a transaction of its own. It returns how many
	// rows of each table are gone.
	Destroy(ctx context.Context, kind domain.Leftover, at time.Time, most int) (map[string]int, error)
}

// Parts is what a [Service] is made of.
type Parts struct {
	Leftovers Leftovers
	Clock     clock.Clock
	// Machine is the time that nobody moves. In a sandbox some answers are kept by
	// it: those to requests that moved the other.
	Machine clock.Clock
}

// Service is the use case of housekeeping.
type Service struct{ Parts }

// New returns the service.
func New(p Parts) *Service { return &Service{p} }

// Tidy destroys what has served its purpose, the oldest first. What fails for one
// kind is done for the others; what is destroyed until then is told all the same.
// Any number at once do it without waiting for each other.
func (s *Service) Tidy(ctx context.Context) (domain.Tidied, error) {
	done := domain.Tidied{Rows: map[string]int{}}
	var failed error
	for _, kind := range domain.Leftovers() {
		failed = errors.Join(failed, s.tidy(ctx, kind, &done))
	}
	return done, failed
}

func (s *Service) tidy(ctx context.Context, kind domain.Leftover, done *domain.Tidied) error {
	at := s.now(kind).Add(-kind.KeptFor())
	for range batches {
		gone, err := s.Leftovers.Destroy(ctx, kind, at, batch)
		for table, rows := range gone {
			done.Rows[table] += rows
		}
		if err != nil || gone[string(kind)] < batch {
			return err
		}
	}
	done.More = true
	return nil
}

// now is the time that leftovers of a kind are kept by.
func (s *Service) now(kind domain.Leftover) time.Time {
	if kind == domain.LeftoverAnswers {
		return s.Machine.Now()
	}
	return s.Clock.Now()
}

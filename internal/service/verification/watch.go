package verification

import (
	"context"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/domain"
)

const (
	// MaxWait is the longest time that [Service.Watch] waits. It is shorter than
	// a request may take.
	MaxWait = 20 * time.Second
	// glance is how often the database is asked while waiting: whichever process
	// made the check, it is seen there.
	glance = 500 * time.Millisecond
	// maxWatchers bounds those who wait in one process. Whoever comes then is
	// answered at once.
	maxWatchers = 200
)

// Watch is the newest case of an account; [apperr.NotFound] without one. While
// it is the registers' turn it waits for a change, for as long as wait says,
// and [MaxWait] at most.
func (s *Service) Watch(ctx context.Context, who domain.Principal, wait time.Duration) (domain.VerificationCase, error) {
	first, err := s.current(ctx, who.AccountID)
	if err != nil || wait <= 0 || first.Status.Turn() != domain.TurnKabinet {
		return first, nothingYet(err)
	}
	select {
	case s.watchers <- struct{}{}:
		defer func() { <-s.watchers }()
	default:
		return first, nil
	}
	return s.changed(ctx, first, min(wait, MaxWait))
}

// changed is the case once it looks different to its owner, or the time is over.
func (s *Service) changed(ctx context.Context, first domain.VerificationCase, wait time.Duration) (domain.VerificationCase, error) {
	over := time.NewTimer(wait)
	defer over.Stop()
	tick := time.NewTicker(glance)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return first, ctx.Err()
		case <-over.C:
			return s.current(ctx, first.AccountID)
		case <-tick.C:
		}
		seen, err := s.current(ctx, first.AccountID)
		if err != nil || !seen.Looks(first) {
			return seen, err
		}
	}
}

func (s *Service) current(ctx context.Context, account uuid.UUID) (domain.VerificationCase, error) {
	c, err := s.Cases.Current(ctx, account)
	c.Refresh(s.Clock.Now())
	return c, err
}

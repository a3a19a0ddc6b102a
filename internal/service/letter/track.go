package letter

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

const (
	// trackPart is how many letters the post is asked about in one look, and
	// trackAgain how long none is asked about twice.
	trackPart  = 25
	trackAgain = 12 * time.Hour
)

// Track asks the post where letters are, and records what became of them. It stops
// at the first failure of the post's: the next look goes on with others.
func (s *Service) Track(ctx context.Context) error {
	now := s.Clock.Now()
	letters, err := s.Handovers.ToTrack(ctx, now.Add(-trackAgain), trackPart)
	if err != nil {
		return err
	}
	for _, id := range letters {
		if err := s.track(ctx, id, now); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) track(ctx context.Context, id uuid.UUID, now time.Time) error {
	l, err := s.Letters.Get(ctx, id)
	if err != nil {
		return err
	}
	// Before it is asked: a letter at which the post stumbles keeps no other waiting.
	if err := s.Handovers.Tracked(ctx, id, now); err != nil {
		return err
	}
	outcome, err := s.Tracker.Trace(ctx, l.Track)
	if errors.Is(err, domain.ErrUndeliverable) || err == nil && outcome == "" {
		return nil
	}
	if err != nil {
		return err
	}
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		_, err := s.move(ctx, step{letter: id, on: outcome.Event()})
		return err
	})
	if errors.Is(err, apperr.New(apperr.InvalidTransition)) {
		return nil // an operator, or the person, was quicker
	}
	return err
}

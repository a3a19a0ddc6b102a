package letter

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"example.org/kabinet/internal/domain"
)

// Sweep does what time alone brings about: it calls for operators over letters
// that are late, tells people whose letters have expired, and reminds of codes
// that are. Any number at once do each of it once.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.Clock.Now()
	// Where the days begin first; for each letter its own address decides.
	today, err := s.today(domain.Address{})
	if err != nil {
		return err
	}
	return errors.Join(
		s.each(ctx, s.late, func(after uuid.UUID) ([]uuid.UUID, error) { return s.Due.Late(ctx, today, after) }),
		s.each(ctx, s.expire, func(after uuid.UUID) ([]uuid.UUID, error) { return s.Due.Ended(ctx, now, after) }),
		s.each(ctx, s.remind, func(after uuid.UUID) ([]uuid.UUID, error) { return s.Due.ToRemind(ctx, now, after) }),
	)
}

// each does something for every letter of a list that comes in pages, each in a
// transaction of its own. What fails for one letter is done for the others.
func (s *Service) each(
	ctx context.Context, do func(context.Context, uuid.UUID) error, page func(after uuid.UUID) ([]uuid.UUID, error),
) error {
	var failed error
	last := uuid.Nil
	for {
		ids, err := page(last)
		if err != nil || len(ids) == 0 {
			return errors.Join(failed, err)
		}
		for _, id := range ids {
			err := s.Tx.InTx(ctx, func(ctx context.Context) error { return do(ctx, id) })
			if err != nil && !errors.Is(err, errLeftAlone) {
				failed = errors.Join(failed, err)
			}
		}
		last = ids[len(ids)-1]
	}
}

// late calls for operators if a letter is not posted though its day is over.
func (s *Service) late(ctx context.Context, id uuid.UUID) error {
	l, err := s.Letters.Get(ctx, id)
	if err != nil {
		return err
	}
	today, err := s.today(l.Address)
	if err != nil || !l.Overdue(today) {
		return err
	}
	return s.Journal.Raise(ctx, domain.NewAlarm(domain.AlarmLetterNotPosted, l.ID, l.AccountID, s.Clock.Now()))
}

// expire ends a letter whose time is over.
func (s *Service) expire(ctx context.Context, id uuid.UUID) error {
	now := s.Clock.Now()
	l, err := s.Letters.Update(ctx, id, func(l *domain.Letter) error {
		if !l.Status.TakesCode() {
			return errLeftAlone
		}
		if l.Refresh(now); l.Status != domain.LetterExpired {
			return errLeftAlone
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.follow(ctx, l, domain.LetterExpire, s.event(l, domain.LetterExpire, domain.Caller{}))
}

// remind reminds of the code of a letter if it is time to.
func (s *Service) remind(ctx context.Context, id uuid.UUID) error {
	l, err := s.Letters.Update(ctx, id, func(l *domain.Letter) error {
		if !l.Remind(s.Clock.Now()) {
			return errLeftAlone
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.tell(ctx, l, domain.MessageLetterReminder)
}

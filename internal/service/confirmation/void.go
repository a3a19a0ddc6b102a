package confirmation

import (
	"context"

	"github.com/google/uuid"

	"example.org/kabinet/internal/domain"
)

// Void takes back everything that was or would have been confirmed of an
// account's identity, and the account's right to its SNILS. It works in the
// transaction of a caller that has locked the account, and tells whether there
// was anything.
func (s *Service) Void(ctx context.Context, account uuid.UUID, by domain.Caller) (voided bool, err error) {
	voided, err = s.supersede(ctx, account, uuid.Nil, actor{by: by})
	if err != nil {
		return voided, err
	}
	return voided, s.Claims.Release(ctx, account)
}

// Withdraw ends the visits and letters that an account has under way, and keeps
// what is confirmed. It works in the transaction of a caller that has locked the
// account.
func (s *Service) Withdraw(ctx context.Context, account uuid.UUID, by domain.Caller) error {
	live, err := s.Finder.Live(ctx, account)
	if err != nil {
		return err
	}
	for _, c := range live {
		if c.Status != domain.ConfirmationRequested {
			continue
		}
		if err := s.end(ctx, c, domain.ConfirmationSupersede, actor{by: by}); err != nil {
			return err
		}
	}
	return nil
}

// LetterUnderWay tells whether an account waits for a letter, or has one whose
// code it can enter.
func (s *Service) LetterUnderWay(ctx context.Context, account uuid.UUID) (bool, error) {
	live, err := s.Finder.Live(ctx, account)
	if err != nil {
		return false, err
	}
	for _, c := range live {
		if c.Method.InPerson() {
			continue
		}
		v, err := s.view(ctx, c)
		if err != nil {
			return false, err
		}
		if v.Confirmation.Status == domain.ConfirmationRequested {
			return true, nil
		}
	}
	return false, nil
}

// supersede ends all confirmations of an account but one, which is to be the
// only one.
func (s *Service) supersede(ctx context.Context, account, but uuid.UUID, who actor) (ended bool, err error) {
	live, err := s.Finder.Live(ctx, account)
	if err != nil {
		return false, err
	}
	for _, c := range live {
		if c.ID == but {
			continue
		}
		if err := s.end(ctx, c, domain.ConfirmationSupersede, who); err != nil {
			return ended, err
		}
		ended = true
	}
	return ended, nil
}

// end ends a confirmation together with its letter; one that time or the post
// has ended before ends by that.
func (s *Service) end(ctx context.Context, c domain.Confirmation, on domain.ConfirmationEvent, who actor) error {
	lapsed, err := s.lapse(ctx, c)
	if lapsed || err != nil {
		return err
	}
	confirmed := c.Status == domain.ConfirmationConfirmed
	c, err = s.Confirmations.Update(ctx, c.ID, func(c *domain.Confirmation) error { return c.Move(on, s.Clock.Now()) })
	if err != nil {
		return err
	}
	if err := s.record(ctx, who, of(c, on)); err != nil {
		return err
	}
	if c.Method.InPerson() || confirmed {
		return nil
	}
	letter := domain.LetterSupersede
	if on == domain.ConfirmationCancel {
		letter = domain.LetterCancel
	}
	return s.Letters.Settle(ctx, c.ID, letter, who.by)
}

// lapse records the end of a requested confirmation whose time is over or whose
// letter came to nothing, and tells whether it is one.
func (s *Service) lapse(ctx context.Context, c domain.Confirmation) (bool, error) {
	v, err := s.view(ctx, c)
	if err != nil || v.Confirmation.Status == c.Status {
		return false, err
	}
	on := domain.ConfirmationExpire
	if v.Confirmation.Status == domain.ConfirmationFailed {
		on = domain.ConfirmationFail
	}
	_, err = s.Confirmations.Update(ctx, c.ID, func(c *domain.Confirmation) error {
		c.Status, c.SettledAt = v.Confirmation.Status, v.Confirmation.SettledAt
		return nil
	})
	if err != nil {
		return false, err
	}
	if err := s.record(ctx, actor{}, of(c, on)); err != nil || c.Method.InPerson() {
		return true, err
	}
	return true, s.Letters.Settle(ctx, c.ID, domain.LetterExpire, domain.Caller{})
}

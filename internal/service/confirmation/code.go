package confirmation

import (
	"context"
	"errors"
	"time"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/otp"
)

// EnterCode confirms an identity by the code of a letter. What cannot be a code
// costs no attempt; of the same right code twice at once, one confirms.
func (s *Service) EnterCode(ctx context.Context, in domain.ConfirmationCode) (out domain.ConfirmationView, err error) {
	code, err := otp.ParseCrockford(in.Code, domain.LetterCodeLength)
	if err != nil {
		return out, apperr.Invalid(apperr.Field{Pointer: "/code", Code: apperr.LetterCodeFormat})
	}
	asked, err := s.ready(ctx, in)
	if err != nil {
		return out, err
	}
	if err := s.Letters.Compare(ctx, in.ID, code); err != nil {
		return out, s.overtaken(ctx, in, err)
	}
	err = s.with(ctx, in.Who.AccountID, func(ctx context.Context, a *domain.Account) (refusal, err error) {
		at, err := s.standingAt(ctx, a, asked)
		if err := s.late(ctx, in, err); err != nil {
			return nil, err
		}
		c, refusal, err := s.confirm(ctx, a, proof{in.ID, at.c, at.data.Subject.SNILS, actor{by: in.Caller}})
		if refusal != nil || err != nil {
			return refusal, err
		}
		if err := s.Letters.Settle(ctx, in.ID, domain.LetterEnterCode, in.Caller); err != nil {
			return nil, err
		}
		if out, err = s.view(ctx, c); err != nil {
			return nil, err
		}
		return nil, s.Journal.Keep(ctx, out)
	})
	return out, err
}

// ready refuses a code before it costs an attempt, where no code can help. It
// returns when the letter was asked for.
func (s *Service) ready(ctx context.Context, in domain.ConfirmationCode) (time.Time, error) {
	c, err := s.own(ctx, in.Who, in.ID)
	if err != nil {
		return time.Time{}, err
	}
	v, err := s.view(ctx, c)
	if err != nil {
		return time.Time{}, err
	}
	a, err := s.Accounts.Get(ctx, in.Who.AccountID)
	if err != nil {
		return time.Time{}, err
	}
	_, err = s.standingAt(ctx, &a, c.CreatedAt)
	return c.CreatedAt, why(v, err)
}

// overtaken is why a code was not compared. What has ended the letter since
// [Service.ready] looked at it says more than the letter itself.
func (s *Service) overtaken(ctx context.Context, in domain.ConfirmationCode, refused error) error {
	if !errors.Is(refused, apperr.New(apperr.InvalidTransition)) {
		return refused
	}
	if _, err := s.ready(ctx, in); err != nil {
		return err
	}
	return refused
}

// why is the reason for which a code cannot confirm, the one that says most: an
// account on hold, a confirmation that is over, and what else is missing.
func why(v domain.ConfirmationView, standing error) error {
	if errors.Is(standing, apperr.New(apperr.IdentityOnHold)) {
		return standing
	}
	switch v.Confirmation.Status {
	case domain.ConfirmationRequested, domain.ConfirmationExpired, domain.ConfirmationFailed:
		// The letter itself knows best what is wrong with its code.
	case domain.ConfirmationConfirmed, domain.ConfirmationRefused, domain.ConfirmationCancelled,
		domain.ConfirmationSuperseded, domain.ConfirmationDisputed:
		return invalid(v)
	}
	if v.Letter == nil {
		return invalid(v)
	}
	return standing
}

// late is why a code that was right comes too late, if it does: another way, or
// another try, was quicker.
func (s *Service) late(ctx context.Context, in domain.ConfirmationCode, standing error) error {
	v, err := s.Get(ctx, in.Who, in.ID)
	if err != nil {
		return err
	}
	if err := why(v, standing); err != nil {
		return err
	}
	if v.Confirmation.Status != domain.ConfirmationRequested {
		return invalid(v)
	}
	return nil
}

package registration

import (
	"context"
	"errors"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// Confirm compares a code with the one that was sent last. An attempt is paid
// for before the comparison, so that guesses made at once all count.
func (s *Service) Confirm(ctx context.Context, in domain.CodeEntry) (domain.RegistrationFlow, error) {
	r, err := s.authorize(ctx, in.Key)
	if err != nil {
		return domain.RegistrationFlow{}, err
	}
	if err := r.Check(domain.RegistrationConfirmContact, s.Clock.Now()); err != nil {
		return domain.RegistrationFlow{}, err
	}
	c, err := s.spend(ctx, r)
	if err != nil {
		return domain.RegistrationFlow{}, err
	}
	if !s.Sealer.Matches(c.MAC, c.ID, string(c.Purpose), in.Code) {
		return domain.RegistrationFlow{}, s.wrongCode(ctx, r, c, in.Caller)
	}
	return s.rightCode(ctx, r, c, in.Caller)
}

// spend takes one attempt from the code and one from the contact's day.
func (s *Service) spend(ctx context.Context, r domain.Registration) (domain.Challenge, error) {
	now := s.Clock.Now()
	c, err := s.Challenges.Current(ctx, domain.PurposeRegistration, r.ID)
	if err != nil {
		return c, err
	}
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		spent, ok, err := s.Challenges.Spend(ctx, c.ID, now)
		if err != nil {
			return err
		}
		c = spent
		if !ok {
			return c.Refusal(now)
		}
		_, err = s.Limits.Take(ctx, s.Policies.AttemptsPerDayLimit(), r.Contact.Key(), now)
		if limited := (*apperr.Error)(nil); errors.As(err, &limited) && limited.Code == apperr.RateLimited {
			return &apperr.Error{Code: apperr.TooManyAttempts, RetryAt: limited.RetryAt, Quota: limited.Quota}
		}
		return err
	})
	return c, err
}

func (s *Service) wrongCode(ctx context.Context, r domain.Registration, c domain.Challenge, by domain.Caller) error {
	failure := &apperr.Error{
		Code:         apperr.CodeIncorrect,
		AttemptsLeft: &c.AttemptsLeft,
		NextActions:  []string{"confirm_contact", "resend_code"},
	}
	event := domain.NewAuditEvent("challenge.wrong_code", r.ID, by, s.Clock.Now())
	if c.AttemptsLeft > 0 {
		return errors.Join(s.Journal.Record(ctx, event), failure)
	}
	failure.NextActions = []string{"resend_code"}
	event.Action = "challenge.exhaust"
	err := s.Tx.InTx(ctx, func(ctx context.Context) error {
		if _, err := s.Challenges.Update(ctx, c.ID, (*domain.Challenge).Exhaust); err != nil {
			return err
		}
		return s.Journal.Record(ctx, event)
	})
	return errors.Join(err, failure)
}

func (s *Service) rightCode(ctx context.Context, r domain.Registration, c domain.Challenge, by domain.Caller) (domain.RegistrationFlow, error) {
	now := s.Clock.Now()
	var flow domain.RegistrationFlow
	err := s.Tx.InTx(ctx, func(ctx context.Context) (err error) {
		flow.Challenge, err = s.Challenges.Update(ctx, c.ID, (*domain.Challenge).Solve)
		if err != nil {
			return err
		}
		flow.Registration, err = s.Registrations.Update(ctx, r.ID, func(r *domain.Registration) error {
			return r.ConfirmContact(now, s.Policies.RegistrationPasswordWindow)
		})
		if err != nil {
			return err
		}
		if err := s.Journal.Record(ctx, domain.NewAuditEvent("registration.confirm_contact", r.ID, by, now)); err != nil {
			return err
		}
		return s.Journal.Keep(ctx, flow)
	})
	return flow, err
}

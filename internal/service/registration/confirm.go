package registration

import (
	"context"
	"errors"
	"time"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// Confirm compares a code with the one that was sent last. The attempt is paid
// for before the comparison and stays paid whatever its outcome, so that any
// number of guesses at once gets no more of them.
func (s *Service) Confirm(ctx context.Context, in domain.CodeEntry) (domain.RegistrationFlow, error) {
	r, err := s.authorize(ctx, in.Key)
	if err != nil {
		return domain.RegistrationFlow{}, err
	}
	var flow domain.RegistrationFlow
	var wrong error
	err = s.Tx.InTx(ctx, func(ctx context.Context) (err error) {
		// The registration is locked first, as everywhere.
		flow.Registration, err = s.Registrations.Update(ctx, r.ID, func(r *domain.Registration) (err error) {
			flow.Challenge, wrong, err = s.tryCode(ctx, r, in)
			return err
		})
		if err != nil || wrong != nil {
			return err
		}
		return s.Journal.Keep(ctx, flow)
	})
	if err != nil {
		return domain.RegistrationFlow{}, err
	}
	return flow, wrong
}

// tryCode spends an attempt and moves the registration if the code is right.
// The attempt of a wrong one must not be rolled back: its error is separate.
func (s *Service) tryCode(
	ctx context.Context, r *domain.Registration, in domain.CodeEntry,
) (c domain.Challenge, wrong, err error) {
	now := s.Clock.Now()
	if err := r.Check(domain.RegistrationConfirmContact, now); err != nil {
		return c, nil, err
	}
	if c, err = s.spend(ctx, r, now); err != nil {
		return c, nil, err
	}
	if !s.Sealer.Matches(c.MAC, c.ID, string(c.Purpose), in.Code) {
		wrong, err = s.wrongCode(ctx, c, in.Caller, now)
		return c, wrong, err
	}
	if c, err = s.Challenges.Update(ctx, c.ID, (*domain.Challenge).Solve); err != nil {
		return c, nil, err
	}
	if err := r.ConfirmContact(now, s.Policies.RegistrationPasswordWindow); err != nil {
		return c, nil, err
	}
	return c, nil, s.Journal.Record(ctx, domain.NewAuditEvent("registration.confirm_contact", r.ID, in.Caller, now))
}

// spend takes one attempt from the code and one from the contact's day.
func (s *Service) spend(ctx context.Context, r *domain.Registration, now time.Time) (domain.Challenge, error) {
	last, err := s.Challenges.Current(ctx, domain.PurposeRegistration, r.ID)
	if err != nil {
		return last, err
	}
	c, ok, err := s.Challenges.Spend(ctx, last.ID, now)
	if err != nil {
		return c, err
	}
	if !ok {
		return c, c.Refusal(now)
	}
	_, err = s.Limits.Take(ctx, s.Policies.AttemptsPerDayLimit(), r.Contact.Key(), now)
	if limited, is := errors.AsType[*apperr.Error](err); is && limited.Code == apperr.RateLimited {
		return c, &apperr.Error{Code: apperr.TooManyAttempts, RetryAt: limited.RetryAt, Quota: limited.Quota}
	}
	return c, err
}

// wrongCode records a wrong code and makes its error.
func (s *Service) wrongCode(
	ctx context.Context, c domain.Challenge, by domain.Caller, now time.Time,
) (wrong, err error) {
	failure := &apperr.Error{
		Code:         apperr.CodeIncorrect,
		AttemptsLeft: &c.AttemptsLeft,
		NextActions:  []string{"confirm_contact", "resend_code"},
	}
	event := domain.NewAuditEvent("challenge.wrong_code", c.SubjectID, by, now)
	if c.AttemptsLeft == 0 {
		failure.NextActions = []string{"resend_code"}
		event.Action = "challenge.exhaust"
		if _, err := s.Challenges.Update(ctx, c.ID, (*domain.Challenge).Exhaust); err != nil {
			return nil, err
		}
	}
	return failure, s.Journal.Record(ctx, event)
}

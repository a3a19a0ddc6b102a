package registration

import (
	"context"
	"errors"
	"time"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/otp"
)

// dispatch is a code on its way: what is kept of it and what is sent.
type dispatch struct {
	challenge domain.Challenge
	message   domain.Message
}

// prepare makes the next code of a registration, or its decoy where the
// contact has an account. Both take the same steps.
func (s *Service) prepare(ctx context.Context, r domain.Registration, now time.Time) (dispatch, error) {
	owner, err := s.Accounts.FindByContact(ctx, r.Contact)
	taken := err == nil
	if err != nil && !errors.Is(err, apperr.New(apperr.NotFound)) {
		return dispatch{}, err
	}
	code, err := otp.Digits(domain.CodeDigits)
	if err != nil {
		return dispatch{}, err
	}
	d := s.dispatch(r, code, now)
	if d.challenge.AttemptsLeft, err = s.attempts(ctx, r, now); err != nil {
		return dispatch{}, err
	}
	if !taken {
		d.challenge.MAC, err = s.Sealer.Seal(d.challenge.ID, string(d.challenge.Purpose), code)
		return d, err
	}
	d.message.Kind, d.message.Locale = domain.MessageRegistrationAttempt, owner.Locale
	d.message.Code, d.message.ExpiresAt = "", time.Time{}
	d.challenge.MAC, err = s.Sealer.Decoy()
	return d, err
}

// attempts is how many guesses the next code has: what is left of the
// contact's day bounds it, and a code that nobody could enter is not sent.
func (s *Service) attempts(ctx context.Context, r domain.Registration, now time.Time) (int, error) {
	today, err := s.Limits.Peek(ctx, s.Policies.AttemptsPerDayLimit(), r.Contact.Key(), now)
	if err != nil {
		return 0, err
	}
	if today.Remaining == 0 {
		return 0, &apperr.Error{Code: apperr.TooManyAttempts, RetryAt: now.Add(today.Reset), Quota: &today}
	}
	return min(s.Policies.CodeAttempts, today.Remaining), nil
}

func (s *Service) dispatch(r domain.Registration, code string, now time.Time) dispatch {
	expires := now.Add(s.Policies.CodeLifetime(domain.ChannelOf(r.Contact)))
	return dispatch{
		challenge: domain.Challenge{
			ID:        domain.NewID(),
			Purpose:   domain.PurposeRegistration,
			SubjectID: r.ID,
			Status:    domain.ChallengeIssued,
			CreatedAt: now,
			ExpiresAt: expires,
			ResendAt:  now.Add(s.Policies.ResendAfter(r.CodesSent)),
		},
		message: domain.Message{
			ID:        domain.NewID(),
			Kind:      domain.MessageRegistrationCode,
			Status:    domain.MessageQueued,
			To:        r.Contact,
			Locale:    r.Locale,
			Code:      code,
			CreatedAt: now,
			ExpiresAt: expires,
		},
	}
}

// send counts the code, stores it and queues its message, in the caller's
// transaction: a code that is not sent counts nowhere.
func (s *Service) send(ctx context.Context, d dispatch, by domain.Caller) (*apperr.Quota, error) {
	quota, err := s.countCode(ctx, d, by)
	if err != nil {
		return nil, err
	}
	if err := s.Challenges.Issue(ctx, d.challenge); err != nil {
		return nil, err
	}
	return &quota, s.Journal.Enqueue(ctx, d.message)
}

// countCode counts a code against the limits of the client's network and of
// the contact.
func (s *Service) countCode(ctx context.Context, d dispatch, by domain.Caller) (apperr.Quota, error) {
	now, contact := d.challenge.CreatedAt, d.message.To.Key()
	quota, err := s.Limits.Take(ctx, s.Policies.CodesPerClientLimit(), by.Network(), now)
	if err != nil {
		return quota, err
	}
	if _, err := s.Limits.Take(ctx, s.Policies.CodesPerHourLimit(), contact, now); err != nil {
		return quota, err
	}
	_, err = s.Limits.Take(ctx, s.Policies.CodesPerDayLimit(), contact, now)
	return quota, err
}

// Resend sends another code; the one before is worth nothing from then on.
func (s *Service) Resend(ctx context.Context, key domain.FlowKey, by domain.Caller) (domain.RegistrationFlow, error) {
	now := s.Clock.Now()
	r, err := s.authorize(ctx, key)
	if err != nil {
		return domain.RegistrationFlow{}, err
	}
	if err := r.ResendCode(now); err != nil {
		return domain.RegistrationFlow{}, err
	}
	d, err := s.prepare(ctx, r, now)
	if err != nil {
		return domain.RegistrationFlow{}, err
	}
	flow := domain.RegistrationFlow{Challenge: d.challenge}
	err = s.Tx.InTx(ctx, func(ctx context.Context) (err error) {
		flow.Registration, err = s.Registrations.Update(ctx, r.ID, func(r *domain.Registration) error {
			if err := s.mayResend(ctx, r, now); err != nil {
				return err
			}
			return r.ResendCode(now)
		})
		if err != nil {
			return err
		}
		if flow.Quota, err = s.send(ctx, d, by); err != nil {
			return err
		}
		if err := s.Journal.Record(ctx, domain.NewAuditEvent("registration.resend_code", r.ID, by, now)); err != nil {
			return err
		}
		return s.Journal.Keep(ctx, flow)
	})
	return flow, err
}

// mayResend refuses while the wait after the last code lasts.
func (s *Service) mayResend(ctx context.Context, r *domain.Registration, now time.Time) error {
	if err := r.Check(domain.RegistrationResendCode, now); err != nil {
		return err
	}
	last, err := s.Challenges.Current(ctx, domain.PurposeRegistration, r.ID)
	if err != nil {
		return err
	}
	if now.Before(last.ResendAt) {
		return &apperr.Error{Code: apperr.CodeResendTooEarly, RetryAt: last.ResendAt, NextActions: []string{"confirm_contact"}}
	}
	return nil
}

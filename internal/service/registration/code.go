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
func (s *Service) prepare(ctx context.Context, r *domain.Registration, now time.Time) (dispatch, error) {
	owner, err := s.Accounts.FindByContact(ctx, r.Contact)
	if err != nil && !errors.Is(err, apperr.New(apperr.NotFound)) {
		return dispatch{}, err
	}
	r.Decoy = err == nil
	code, err := otp.Digits(domain.CodeDigits)
	if err != nil {
		return dispatch{}, err
	}
	d := s.dispatch(*r, code, now)
	if d.challenge.MAC, err = s.seal(r.Decoy, d.challenge, code); err != nil {
		return dispatch{}, err
	}
	if r.Decoy {
		d.message.Kind, d.message.Code = domain.MessageRegistrationAttempt, ""
		d.message.Locale = owner.Locale
	}
	return d, nil
}

func (s *Service) seal(decoy bool, c domain.Challenge, code string) ([]byte, error) {
	if decoy {
		return s.Sealer.Decoy()
	}
	return s.Sealer.Seal(c.ID, string(c.Purpose), code)
}

func (s *Service) dispatch(r domain.Registration, code string, now time.Time) dispatch {
	expires := now.Add(s.Policies.CodeLifetime(domain.ChannelOf(r.Contact)))
	return dispatch{
		challenge: domain.Challenge{
			ID:           domain.NewID(),
			Purpose:      domain.PurposeRegistration,
			SubjectID:    r.ID,
			Status:       domain.ChallengeIssued,
			AttemptsLeft: s.Policies.CodeAttempts,
			CreatedAt:    now,
			ExpiresAt:    expires,
			ResendAt:     now.Add(s.Policies.ResendAfter(r.CodesSent)),
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

// send stores the code and queues its message, in the caller's transaction.
func (s *Service) send(ctx context.Context, d dispatch) error {
	if err := s.Challenges.Issue(ctx, d.challenge); err != nil {
		return err
	}
	return s.Journal.Enqueue(ctx, d.message)
}

// Resend sends another code; the one before is worth nothing from then on.
func (s *Service) Resend(ctx context.Context, key domain.FlowKey, by domain.Caller) (domain.RegistrationFlow, error) {
	now := s.Clock.Now()
	r, err := s.authorize(ctx, key)
	if err != nil {
		return domain.RegistrationFlow{}, err
	}
	if err := s.mayResend(ctx, r); err != nil {
		return domain.RegistrationFlow{}, err
	}
	quota, err := s.countCode(ctx, r.Contact, by)
	if err != nil {
		return domain.RegistrationFlow{}, err
	}
	r.CodesSent++
	d, err := s.prepare(ctx, &r, now)
	if err != nil {
		return domain.RegistrationFlow{}, err
	}
	flow := domain.RegistrationFlow{Challenge: d.challenge, Quota: quota}
	err = s.Tx.InTx(ctx, func(ctx context.Context) (err error) {
		flow.Registration, err = s.Registrations.Update(ctx, r.ID, func(r *domain.Registration) error {
			return r.ResendCode(now)
		})
		if err != nil {
			return err
		}
		if err := s.mayResend(ctx, flow.Registration); err != nil {
			return err
		}
		if err := s.send(ctx, d); err != nil {
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
func (s *Service) mayResend(ctx context.Context, r domain.Registration) error {
	now := s.Clock.Now()
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

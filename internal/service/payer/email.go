package payer

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

// prepareCode makes the next code that proves the address of an application.
// What is left of the address's day bounds its attempts, and a code that nobody
// could enter is not sent.
func (s *Service) prepareCode(ctx context.Context, a domain.PayerApplication, now time.Time) (d dispatch, err error) {
	today, err := s.Limits.Peek(ctx, s.Policies.AttemptsPerDayLimit(), a.Email.Key(), now)
	if err != nil {
		return d, err
	}
	if today.Remaining == 0 {
		return d, &apperr.Error{Code: apperr.TooManyAttempts, RetryAt: now.Add(today.Reset), Quota: &today}
	}
	code, err := otp.Digits(domain.CodeDigits)
	if err != nil {
		return d, err
	}
	d.challenge = domain.Challenge{
		ID: domain.NewID(), Purpose: domain.PurposePayerEmail, SubjectID: a.ID, Status: domain.ChallengeIssued,
		AttemptsLeft: min(s.Policies.CodeAttempts, today.Remaining), CreatedAt: now,
		ExpiresAt: now.Add(s.Policies.CodeEmailLifetime), ResendAt: now.Add(s.Policies.ResendAfter(a.CodesSent)),
	}
	d.message = s.toApplicant(a, domain.MessagePayerApplication)
	d.message.Code, d.message.CreatedAt, d.message.ExpiresAt = code, now, d.challenge.ExpiresAt
	d.challenge.MAC, err = s.Sealer.Seal(d.challenge.ID, string(d.challenge.Purpose), code)
	return d, err
}

// sendCode counts the code, stores it and queues its message, in the caller's
// transaction.
func (s *Service) sendCode(ctx context.Context, d dispatch, by domain.Caller) (*apperr.Quota, error) {
	now, contact := d.challenge.CreatedAt, d.message.To.Key()
	quota, err := s.Limits.Take(ctx, s.Policies.CodesPerClientLimit(), by.Network(), now)
	if err != nil {
		return nil, err
	}
	for _, limit := range []domain.Limit{s.Policies.CodesPerHourLimit(), s.Policies.CodesPerDayLimit()} {
		if _, err := s.Limits.Take(ctx, limit, contact, now); err != nil {
			return nil, err
		}
	}
	if err := s.Challenges.Issue(ctx, d.challenge); err != nil {
		return nil, err
	}
	return &quota, s.Journal.Enqueue(ctx, d.message)
}

// ResendCode sends another code to the address of an application; the one before
// is worth nothing from then on.
func (s *Service) ResendCode(
	ctx context.Context, key domain.FlowKey, by domain.Caller,
) (flow domain.PayerApplicationFlow, err error) {
	now := s.Clock.Now()
	a, err := s.authorize(ctx, key)
	if err != nil {
		return flow, err
	}
	a.CodesSent++
	d, err := s.prepareCode(ctx, a, now)
	if err != nil {
		return flow, err
	}
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		a, err := s.Applications.Update(ctx, a.ID, func(a *domain.PayerApplication) error {
			a.CodesSent++
			return s.mayResend(ctx, *a, now)
		})
		if err != nil {
			return err
		}
		quota, err := s.sendCode(ctx, d, by)
		if err != nil {
			return err
		}
		if err := s.Journal.Record(ctx, domain.NewAuditEvent("payer_application.resend_code", a.ID, by, now)); err != nil {
			return err
		}
		if flow, err = s.flow(ctx, a); err != nil {
			return err
		}
		flow.Quota = quota
		return s.Journal.Keep(ctx, flow)
	})
	return flow, err
}

// mayResend refuses while the wait after the last code lasts, and where there is
// nothing to prove any more.
func (s *Service) mayResend(ctx context.Context, a domain.PayerApplication, now time.Time) error {
	if err := s.mayConfirm(a, now); err != nil {
		return err
	}
	last, err := s.Challenges.Current(ctx, domain.PurposePayerEmail, a.ID)
	if err == nil && now.Before(last.ResendAt) {
		return &apperr.Error{Code: apperr.CodeResendTooEarly, RetryAt: last.ResendAt, NextActions: []string{"confirm_email"}}
	}
	return err
}

// mayConfirm refuses to prove an address that is proven, and that of an
// application whose time is over.
func (s *Service) mayConfirm(a domain.PayerApplication, now time.Time) error {
	if !a.EmailConfirmedAt.IsZero() || !now.Before(a.ExpiresAt) {
		return &apperr.Error{Code: apperr.InvalidTransition, NextActions: a.NextActions()}
	}
	return nil
}

// ConfirmEmail compares a code with the one that was sent last. The attempt is
// paid for before the comparison and stays paid whatever its outcome.
func (s *Service) ConfirmEmail(ctx context.Context, in domain.CodeEntry) (flow domain.PayerApplicationFlow, err error) {
	a, err := s.authorize(ctx, in.Key)
	if err != nil {
		return flow, err
	}
	var wrong error
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		a, err := s.Applications.Update(ctx, a.ID, func(a *domain.PayerApplication) (err error) {
			wrong, err = s.tryCode(ctx, a, in)
			return err
		})
		if err != nil || wrong != nil {
			return err
		}
		if flow, err = s.flow(ctx, a); err != nil {
			return err
		}
		return s.Journal.Keep(ctx, flow)
	})
	if err != nil {
		return domain.PayerApplicationFlow{}, err
	}
	return flow, wrong
}

// tryCode spends an attempt and records that the address is proven if the code is
// right. The attempt of a wrong one must not be rolled back: its error is
// separate.
func (s *Service) tryCode(ctx context.Context, a *domain.PayerApplication, in domain.CodeEntry) (wrong, err error) {
	now := s.Clock.Now()
	if err := s.mayConfirm(*a, now); err != nil {
		return nil, err
	}
	c, err := s.spend(ctx, a, now)
	if err != nil {
		return nil, err
	}
	if !s.Sealer.Matches(c.MAC, c.ID, string(c.Purpose), in.Code) {
		return s.wrongCode(ctx, c, in.Caller, now)
	}
	if _, err := s.Challenges.Update(ctx, c.ID, (*domain.Challenge).Solve); err != nil {
		return nil, err
	}
	a.EmailConfirmedAt = now
	return nil, s.Journal.Record(ctx, domain.NewAuditEvent("payer_application.confirm_email", a.ID, in.Caller, now))
}

// spend takes one attempt from the code and one from the address's day.
func (s *Service) spend(ctx context.Context, a *domain.PayerApplication, now time.Time) (domain.Challenge, error) {
	last, err := s.Challenges.Current(ctx, domain.PurposePayerEmail, a.ID)
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
	_, err = s.Limits.Take(ctx, s.Policies.AttemptsPerDayLimit(), a.Email.Key(), now)
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
		Code: apperr.CodeIncorrect, AttemptsLeft: &c.AttemptsLeft, NextActions: []string{"confirm_email", "resend_code"},
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

// toApplicant is a message to the address that the applicant gave.
func (s *Service) toApplicant(a domain.PayerApplication, kind domain.MessageKind) domain.Message {
	return domain.Message{
		ID: domain.NewID(), Kind: kind, Status: domain.MessageQueued, To: a.Email, Locale: a.Locale,
		About: a.Number.Formatted(), CreatedAt: s.Clock.Now(),
	}
}

package payer

import (
	"context"
	"time"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// dispatch is a code on its way: what is kept of it and what is sent.
type dispatch struct {
	challenge domain.Challenge
	message   domain.Message
}

// emailProof is what an application wants proven.
func emailProof(a domain.PayerApplication) domain.ContactProof {
	return domain.ContactProof{
		Purpose: domain.PurposePayerEmail, SubjectID: a.ID, Contact: a.Email, CodesSent: a.CodesSent,
		Confirm: "confirm_email",
	}
}

// prepareCode makes the next code that proves the address of an application.
func (s *Service) prepareCode(ctx context.Context, a domain.PayerApplication) (d dispatch, err error) {
	code, err := s.Codes.Draft(ctx, emailProof(a))
	if err != nil {
		return d, err
	}
	d = dispatch{code.Challenge, s.toApplicant(a, domain.MessagePayerApplication)}
	d.message.Code = code.Code
	d.message.CreatedAt, d.message.ExpiresAt = code.Challenge.CreatedAt, code.Challenge.ExpiresAt
	return d, nil
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
	d, err := s.prepareCode(ctx, a)
	if err != nil {
		return flow, err
	}
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		a, err := s.Applications.Update(ctx, a.ID, func(a *domain.PayerApplication) error {
			a.CodesSent++
			if err := s.mayConfirm(*a, now); err != nil {
				return err
			}
			return s.Codes.MayResend(ctx, emailProof(*a))
		})
		if err != nil {
			return err
		}
		quota, err := s.Codes.Send(ctx, d.challenge, d.message, by)
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

// mayConfirm refuses to prove an address that is proven, and that of an
// application whose time is over.
func (s *Service) mayConfirm(a domain.PayerApplication, now time.Time) error {
	a.Refresh(now)
	over := a.Status == domain.ApplicationActivated || a.Status == domain.ApplicationSuperseded || a.Status == domain.ApplicationExpired
	if !a.EmailConfirmedAt.IsZero() || over {
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

// tryCode records that the address is proven if the code is right. The attempt of
// a wrong one must not be rolled back: its error is separate.
func (s *Service) tryCode(ctx context.Context, a *domain.PayerApplication, in domain.CodeEntry) (wrong, err error) {
	now := s.Clock.Now()
	if err := s.mayConfirm(*a, now); err != nil {
		return nil, err
	}
	if _, wrong, err = s.Codes.Try(ctx, emailProof(*a), in.Code, in.Caller); err != nil || wrong != nil {
		return wrong, err
	}
	a.EmailConfirmedAt = now
	return nil, s.Journal.Record(ctx, domain.NewAuditEvent("payer_application.confirm_email", a.ID, in.Caller, now))
}

// toApplicant is a message to the address that the applicant gave.
func (s *Service) toApplicant(a domain.PayerApplication, kind domain.MessageKind) domain.Message {
	m := domain.NewMessage(kind, a.Email, a.Locale, s.Clock.Now())
	m.About = a.Number.Formatted()
	return m
}

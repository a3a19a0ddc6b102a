package registration

import (
	"context"
	"errors"
	"time"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// dispatch is a code on its way: what is kept of it and what is sent.
type dispatch struct {
	challenge domain.Challenge
	message   domain.Message
}

// proof is what a registration wants proven.
func proof(r domain.Registration) domain.ContactProof {
	return domain.ContactProof{
		Purpose: domain.PurposeRegistration, SubjectID: r.ID, Contact: r.Contact, CodesSent: r.CodesSent,
		Confirm: "confirm_contact",
	}
}

// prepare makes the next code of a registration, or its decoy where the
// contact has an account. Both take the same steps.
func (s *Service) prepare(ctx context.Context, r domain.Registration) (dispatch, error) {
	owner, err := s.Accounts.FindByContact(ctx, r.Contact)
	taken := err == nil
	if err != nil && !errors.Is(err, apperr.New(apperr.NotFound)) {
		return dispatch{}, err
	}
	code, err := s.Codes.Draft(ctx, proof(r))
	if err != nil {
		return dispatch{}, err
	}
	m := domain.NewMessage(domain.MessageRegistrationCode, r.Contact, r.Locale, code.Challenge.CreatedAt)
	m.Code, m.ExpiresAt = code.Code, code.Challenge.ExpiresAt
	d := dispatch{challenge: code.Challenge, message: m}
	if !taken {
		return d, nil
	}
	d.message.Kind, d.message.Locale = domain.MessageRegistrationAttempt, owner.Locale
	d.message.Code, d.message.ExpiresAt = "", time.Time{}
	d.challenge.MAC, err = s.Sealer.Decoy()
	return d, err
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
	d, err := s.prepare(ctx, r)
	if err != nil {
		return domain.RegistrationFlow{}, err
	}
	flow := domain.RegistrationFlow{Challenge: d.challenge}
	err = s.Tx.InTx(ctx, func(ctx context.Context) (err error) {
		flow.Registration, err = s.Registrations.Update(ctx, r.ID, func(r *domain.Registration) error {
			if err := r.Check(domain.RegistrationResendCode, now); err != nil {
				return err
			}
			if err := s.Codes.MayResend(ctx, proof(*r)); err != nil {
				return err
			}
			return r.ResendCode(now)
		})
		if err != nil {
			return err
		}
		if flow.Quota, err = s.Codes.Send(ctx, d.challenge, d.message, by); err != nil {
			return err
		}
		if err := s.Journal.Record(ctx, domain.NewAuditEvent("registration.resend_code", r.ID, by, now)); err != nil {
			return err
		}
		return s.Journal.Keep(ctx, flow)
	})
	return flow, err
}

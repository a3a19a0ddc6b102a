package payer

import (
	"context"
	"crypto/subtle"
	"errors"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/token"
)

// Get is an application as it is now.
func (s *Service) Get(ctx context.Context, key domain.FlowKey) (domain.PayerApplicationFlow, error) {
	a, err := s.authorize(ctx, key)
	if err != nil {
		return domain.PayerApplicationFlow{}, err
	}
	return s.flow(ctx, a)
}

func (s *Service) flow(ctx context.Context, a domain.PayerApplication) (flow domain.PayerApplicationFlow, err error) {
	now := s.Clock.Now()
	a.Refresh(now)
	flow.Application = a
	if flow.Challenge, err = s.Challenges.Current(ctx, domain.PurposePayerEmail, a.ID); err != nil {
		return flow, err
	}
	flow.Challenge.Refresh(now)
	flow.Office, err = s.officeOf(ctx, a)
	return flow, err
}

// officeOf is the office of an application's payer: the one that the number tells,
// or that the register has told since.
func (s *Service) officeOf(ctx context.Context, a domain.PayerApplication) (*domain.ServiceCentre, error) {
	if !a.Number.Office().IsZero() || a.AccountID == uuid.Nil {
		return s.office(ctx, a.Number.Office())
	}
	p, err := s.Payers.Get(ctx, a.AccountID)
	if err != nil {
		return nil, err
	}
	return s.office(ctx, p.Office)
}

// authorize finds the application that the token is for. An unknown one and a
// wrong token are the same error.
func (s *Service) authorize(ctx context.Context, key domain.FlowKey) (domain.PayerApplication, error) {
	a, err := s.Applications.Get(ctx, key.ID)
	if errors.Is(err, apperr.New(apperr.NotFound)) {
		return a, apperr.Wrap(apperr.FlowTokenInvalid, err)
	}
	if err != nil {
		return a, err
	}
	if subtle.ConstantTimeCompare(a.TokenHash, token.HashOpaque(key.Token)) != 1 {
		return a, apperr.New(apperr.FlowTokenInvalid)
	}
	return a, nil
}

// ChooseMethod takes another way for the code of an application; the day of
// filing stays. It is for applicants who have proven the e-mail address: others
// would learn from it what the register says.
func (s *Service) ChooseMethod(ctx context.Context, in domain.DeliveryChoice) (domain.PayerApplicationFlow, error) {
	a, err := s.authorize(ctx, in.Key)
	if err != nil {
		return domain.PayerApplicationFlow{}, err
	}
	if a.EmailConfirmedAt.IsZero() {
		return domain.PayerApplicationFlow{}, &apperr.Error{
			Code: apperr.EmailNotConfirmed, NextActions: []string{"confirm_email", "resend_code"},
		}
	}
	now := s.Clock.Now()
	var flow domain.PayerApplicationFlow
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		if _, err := s.Limits.Take(ctx, domain.DeliveryChoicesLimit(), a.ID.String(), now); err != nil {
			return err
		}
		a, err := s.Applications.Update(ctx, a.ID, func(a *domain.PayerApplication) error {
			a.Method = in.Method
			return a.Move(domain.ApplicationChooseMethod, now)
		})
		if err != nil {
			return err
		}
		if err := s.Applications.Identify(ctx, a.ID); err != nil {
			return err
		}
		if err := s.record(ctx, a, domain.ApplicationChooseMethod, in.Caller); err != nil {
			return err
		}
		if flow, err = s.flow(ctx, a); err != nil {
			return err
		}
		return s.Journal.Keep(ctx, flow)
	})
	return flow, err
}

// record adds a move of an application to the audit log.
func (s *Service) record(
	ctx context.Context, a domain.PayerApplication, on domain.PayerApplicationEvent, by domain.Caller,
) error {
	event := domain.NewAuditEvent("payer_application."+string(on), a.ID, by, s.Clock.Now()).Of(a.AccountID)
	return s.Journal.Record(ctx, event.Because(string(a.Reason)))
}

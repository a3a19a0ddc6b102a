package payer

import (
	"context"
	"errors"
	"time"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/token"
)

// Apply files an application. What becomes of it is found out later, by a job:
// the answer is the same whatever the register says of the number, and whether
// the payer is connected (M26).
func (s *Service) Apply(ctx context.Context, in domain.PayerApplicationRequest) (domain.PayerApplicationFlow, error) {
	now := s.Clock.Now()
	text, hash, err := token.NewOpaque()
	if err != nil {
		return domain.PayerApplicationFlow{}, err
	}
	office, err := s.office(ctx, in.Number.Office())
	if err != nil {
		return domain.PayerApplicationFlow{}, err
	}
	a := domain.PayerApplication{
		ID: domain.NewID(), Status: domain.ApplicationSubmitted, Number: in.Number, INN: in.INN, Email: in.Email,
		Method: in.Method, Locale: in.Locale, TokenHash: hash, CodesSent: 1, CreatedAt: now,
		ExpiresAt: now.Add(s.Policies.PayerApplicationLifetime),
	}
	if a.Term, err = s.term(now, office); err != nil {
		return domain.PayerApplicationFlow{}, err
	}
	d, err := s.prepareCode(ctx, a)
	if err != nil {
		return domain.PayerApplicationFlow{}, err
	}
	flow := domain.PayerApplicationFlow{Application: a, Challenge: d.challenge, Office: office, Token: text}
	err = s.Tx.InTx(ctx, func(ctx context.Context) (err error) {
		if err := s.countApplication(ctx, in, now); err != nil {
			return err
		}
		if err := s.Applications.Create(ctx, a); err != nil {
			return err
		}
		if flow.Quota, err = s.Codes.Send(ctx, d.challenge, d.message, in.Caller); err != nil {
			return err
		}
		if err := s.Journal.Record(ctx, domain.NewAuditEvent("payer_application.submit", a.ID, in.Caller, now)); err != nil {
			return err
		}
		return s.Journal.Keep(ctx, flow)
	})
	return flow, err
}

// countApplication counts an application against the limits of its number.
func (s *Service) countApplication(ctx context.Context, in domain.PayerApplicationRequest, now time.Time) error {
	number := in.Number.Digits()
	_, err := s.Limits.Take(ctx, s.Policies.PayerApplicationsLimit(), number+" "+in.Caller.Network(), now)
	if err != nil {
		return err
	}
	_, err = s.Limits.Take(ctx, s.Policies.AllPayerApplicationsLimit(), number, now)
	return err
}

// office is the office that has a code; nil where there is none.
func (s *Service) office(ctx context.Context, code ident.OfficeCode) (*domain.ServiceCentre, error) {
	office, err := s.Offices.FindByOffice(ctx, code)
	if errors.Is(err, apperr.New(apperr.NotFound)) {
		return nil, nil //nolint:nilnil // a number of no office is as good as any
	}
	return &office, err
}

// term is the term of an application that is filed now. The day is that of the
// payer's region: of the office, or of Moscow where nobody knows it.
func (s *Service) term(now time.Time, office *domain.ServiceCentre) (t domain.ApplicationTerm, err error) {
	zone, err := s.zone(office)
	if err != nil {
		return t, err
	}
	return domain.NewApplicationTerm(now, zone, s.Days, s.Policies)
}

func (s *Service) zone(office *domain.ServiceCentre) (*time.Location, error) {
	if office != nil {
		return office.Zone, nil
	}
	return s.zones.Load("Europe/Moscow")
}

package confirmation

import (
	"context"
	"strings"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/otp"
)

// Request begins a way to a confirmed identity: a visit gets its code, a letter
// is ordered. Several ways may be under way at once, one of each kind.
func (s *Service) Request(ctx context.Context, in domain.ConfirmationRequest) (out domain.ConfirmationView, err error) {
	err = s.with(ctx, in.Who.AccountID, func(ctx context.Context, a *domain.Account) (refusal, err error) {
		at, err := s.standing(ctx, a)
		if err != nil {
			return nil, err
		}
		way, err := s.way(ctx, a, in.Method)
		if err != nil {
			return nil, err
		}
		if !way.Available() {
			return nil, unavailable(way)
		}
		if out, err = s.begin(ctx, a, at, in); err != nil {
			return nil, err
		}
		return nil, s.Journal.Keep(ctx, out)
	})
	return out, err
}

// unavailable is the error of a way that is not open.
func unavailable(way domain.ConfirmationWay) *apperr.Error {
	failure := &apperr.Error{Code: way.Reason, RetryAt: way.NextAllowedAt, NextActions: way.NextActions}
	if way.Because != "" {
		failure.Fields = []apperr.Field{{Pointer: "/method", Code: way.Because}}
	}
	return failure
}

// begin works while the account is locked.
func (s *Service) begin(
	ctx context.Context, a *domain.Account, at standing, in domain.ConfirmationRequest,
) (out domain.ConfirmationView, err error) {
	c := domain.Confirmation{
		ID: domain.NewID(), AccountID: a.ID, CaseID: at.c.ID, Method: in.Method,
		Status: domain.ConfirmationRequested, CreatedAt: s.Clock.Now(),
	}
	if in.Method.InPerson() {
		c.ExpiresAt = c.CreatedAt.Add(s.Policies.VisitLifetime)
		if at.c.ValidUntil.Before(c.ExpiresAt) {
			c.ExpiresAt = at.c.ValidUntil
		}
		if c.VisitCode, err = otp.Crockford(domain.VisitCodeLength); err != nil {
			return out, err
		}
	}
	if err := s.add(ctx, c, actor{by: in.Caller}); err != nil {
		return out, err
	}
	if !in.Method.InPerson() {
		if _, err := s.Letters.Request(ctx, order(a, at.data, c, in)); err != nil {
			return out, err
		}
	}
	views, err := s.views(ctx, a.ID, []domain.Confirmation{c})
	if err != nil {
		return out, err
	}
	return views[0], nil
}

// add stores a requested confirmation. Where one of the same way has ended and
// nothing has recorded that yet, it is recorded first.
func (s *Service) add(ctx context.Context, c domain.Confirmation, who actor) error {
	live, err := s.Finder.Live(ctx, c.AccountID)
	if err != nil {
		return err
	}
	for _, before := range live {
		if before.Method != c.Method || before.Status != domain.ConfirmationRequested {
			continue
		}
		if _, err := s.lapse(ctx, before); err != nil {
			return err
		}
	}
	if err := s.Confirmations.Create(ctx, c); err != nil {
		return err
	}
	return s.record(ctx, who, of(c, "request"))
}

func order(
	a *domain.Account, data domain.PersonalData, c domain.Confirmation, in domain.ConfirmationRequest,
) domain.LetterOrder {
	name := []string{
		data.Subject.FamilyName.Text(), data.Subject.GivenName.Text(), data.Subject.Patronymic.Text(),
	}
	return domain.LetterOrder{
		ID: c.ID, AccountID: a.ID, Purpose: domain.LetterIdentity,
		Recipient: strings.TrimSpace(strings.Join(name, " ")), Address: in.Address, Locale: a.Locale, Caller: in.Caller,
	}
}

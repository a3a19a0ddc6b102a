package confirmation

import (
	"context"
	"errors"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/token"
)

// Dispute takes a confirmation back because the account's owner, who has the
// token of the notice, says that it was not them. The token is good once. A
// wrong one, a used one and one that came too late are the same error.
func (s *Service) Dispute(ctx context.Context, in domain.Dispute) (out domain.Confirmation, err error) {
	found, err := s.Finder.FindByDispute(ctx, token.HashOpaque(in.Token))
	if errors.Is(err, apperr.New(apperr.NotFound)) {
		return out, apperr.New(apperr.DisputeTokenInvalid)
	}
	if err != nil {
		return out, err
	}
	err = s.with(ctx, found.AccountID, func(ctx context.Context, a *domain.Account) (refusal, err error) {
		out, err = s.Confirmations.Update(ctx, found.ID, func(c *domain.Confirmation) error {
			if now := s.Clock.Now(); !now.Before(c.DisputeUntil) || c.Move(domain.ConfirmationDispute, now) != nil {
				return apperr.New(apperr.DisputeTokenInvalid)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		if err := s.doubt(ctx, a, out, actor{by: in.Caller}); err != nil {
			return nil, err
		}
		return nil, s.Journal.Keep(ctx, out)
	})
	return out, err
}

// doubt does to a locked account what follows from a denied confirmation: its
// level, its right to the SNILS and its sessions go, and operators are called.
func (s *Service) doubt(ctx context.Context, a *domain.Account, c domain.Confirmation, who actor) error {
	now := s.Clock.Now()
	rows := []entry{of(c, domain.ConfirmationDispute)}
	// Whoever edited the data since has lowered the level already.
	if a.Level == domain.LevelConfirmed {
		if err := a.DoubtIdentity(); err != nil {
			return err
		}
		rows = append(rows, entry{action: "account." + string(domain.LevelDoubtIdentity), subject: a.ID, account: a.ID})
		// The one that is denied may have given way to another, which falls with it.
		if _, err := s.supersede(ctx, a.ID, c.ID, who); err != nil {
			return err
		}
	}
	if err := s.Claims.Release(ctx, a.ID); err != nil {
		return err
	}
	ended, err := s.Sessions.EndAll(ctx, a.ID, now)
	if err != nil {
		return err
	}
	for _, session := range ended {
		rows = append(rows, entry{action: "session." + string(domain.SessionClose), subject: session.ID, account: a.ID})
	}
	for _, row := range rows {
		if err := s.record(ctx, who, row); err != nil {
			return err
		}
	}
	if err := s.Journal.Raise(ctx, domain.NewAlarm(domain.AlarmConfirmationDisputed, c.ID, a.ID, now)); err != nil {
		return err
	}
	return s.tell(ctx, a, domain.Message{Kind: domain.MessageConfirmationDisputed})
}

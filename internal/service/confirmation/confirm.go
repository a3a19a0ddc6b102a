package confirmation

import (
	"context"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/token"
)

// proof is an identity that was proven in the way of a requested confirmation.
type proof struct {
	id    uuid.UUID
	c     domain.VerificationCase
	snils ident.SNILS
	who   actor
}

// confirm raises an account, which is locked, to the level confirmed. Where the
// SNILS is another account's, this one goes on hold instead, which is the
// refusal.
func (s *Service) confirm(
	ctx context.Context, a *domain.Account, p proof,
) (out domain.Confirmation, refusal, err error) {
	holder, err := s.Claims.Claim(ctx, p.snils, a.ID, s.Clock.Now())
	if err != nil {
		return out, nil, err
	}
	if holder != a.ID {
		return out, onHold(), s.hold(ctx, a, p)
	}
	if _, err := s.supersede(ctx, a.ID, p.id, p.who); err != nil {
		return out, nil, err
	}
	link, out, err := s.succeed(ctx, p)
	if err != nil {
		return out, nil, err
	}
	if err := a.ConfirmIdentity(); err != nil {
		return out, nil, err
	}
	raised := entry{action: "account." + string(domain.LevelConfirmIdentity), subject: a.ID, account: a.ID}
	if err := s.record(ctx, p.who, raised); err != nil {
		return out, nil, err
	}
	notice := domain.Message{Kind: domain.MessageIdentityConfirmed, Link: link, ExpiresAt: out.DisputeUntil}
	if err := s.tell(ctx, a, notice); err != nil {
		return out, nil, err
	}
	return out, nil, s.Cases.ScheduleSettle(ctx, domain.SettleSNILS{AccountID: a.ID})
}

// succeed moves the confirmation, and returns the link by which its owner can
// deny it.
func (s *Service) succeed(ctx context.Context, p proof) (link string, out domain.Confirmation, err error) {
	text, hash, err := token.NewOpaque()
	if err != nil {
		return "", out, err
	}
	now := s.Clock.Now()
	out, err = s.Confirmations.Update(ctx, p.id, func(c *domain.Confirmation) error {
		if c.CaseID != p.c.ID {
			return apperr.New(apperr.InvalidTransition)
		}
		if err := c.Move(domain.ConfirmationConfirm, now); err != nil {
			return err
		}
		c.DisputeHash, c.DisputeUntil = hash, now.Add(s.Policies.DisputeWindow)
		if p.who.desk != nil {
			c.PlaceID, c.OperatorID = p.who.desk.Place.ID, p.who.desk.Operator.ID
		}
		return nil
	})
	if err != nil {
		return "", out, err
	}
	return s.CabinetURL + "/not-me#" + text, out, s.record(ctx, p.who, of(out, domain.ConfirmationConfirm))
}

// hold stops an account whose SNILS another one has confirmed. It learns nothing
// of the other, nor the other of it.
func (s *Service) hold(ctx context.Context, a *domain.Account, p proof) error {
	_, err := s.Cases.Update(ctx, p.c.ID, func(c *domain.VerificationCase) error { return c.Hold() })
	if err != nil {
		return err
	}
	if _, err := s.supersede(ctx, a.ID, uuid.Nil, p.who); err != nil {
		return err
	}
	if err := a.LoseSNILS(); err != nil {
		return err
	}
	for _, e := range []entry{
		{action: "verification." + string(domain.VerificationHold), subject: p.c.ID, account: a.ID},
		{action: "account." + string(domain.LevelLoseSNILS), subject: a.ID, account: a.ID},
	} {
		if err := s.record(ctx, p.who, e); err != nil {
			return err
		}
	}
	alarm := domain.NewAlarm(domain.AlarmSNILSConflict, p.c.ID, a.ID, s.Clock.Now())
	if err := s.Journal.Raise(ctx, alarm); err != nil {
		return err
	}
	return s.tell(ctx, a, domain.Message{Kind: domain.MessageVerificationOnHold})
}

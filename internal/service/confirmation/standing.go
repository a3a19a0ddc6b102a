package confirmation

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// standing is what a confirmation builds on: data that the registers have
// confirmed and that are still the same.
type standing struct {
	data domain.PersonalData
	c    domain.VerificationCase
}

// standing finds it. The error says why an account has none, or needs none any
// more.
func (s *Service) standing(ctx context.Context, a *domain.Account) (standing, error) {
	return s.standingAt(ctx, a, s.Clock.Now())
}

// standingAt finds what an account had to build on at a moment, if that has not
// changed since: a letter that was asked for in time may arrive later.
func (s *Service) standingAt(ctx context.Context, a *domain.Account, then time.Time) (at standing, err error) {
	if frozen := a.Frozen(); frozen != nil {
		return at, frozen
	}
	if a.Level == domain.LevelConfirmed {
		return at, &apperr.Error{
			Code: apperr.IdentityConfirmed, NextActions: domain.ConfirmationConfirmed.NextActions(),
		}
	}
	at.c, err = s.Cases.Current(ctx, a.ID)
	if err != nil && !errors.Is(err, apperr.New(apperr.NotFound)) {
		return at, err
	}
	at.c.Refresh(then)
	switch {
	case at.c.Status == domain.VerificationOnHold:
		return at, onHold()
	case a.Level != domain.LevelStandard || at.c.Status != domain.VerificationPassed:
		return at, &apperr.Error{Code: apperr.IdentityNotVerified, NextActions: at.c.Status.NextActions()}
	}
	at.data, err = s.PersonalData.Get(ctx, a.ID)
	if err == nil && at.data.CaseID != at.c.ID {
		return at, &apperr.Error{
			Code: apperr.IdentityNotVerified, NextActions: domain.VerificationExpired.NextActions(),
		}
	}
	return at, err
}

// onHold is the error of a SNILS that another account has confirmed. It tells
// nothing of that account.
func onHold() *apperr.Error {
	return &apperr.Error{Code: apperr.IdentityOnHold, NextActions: domain.VerificationOnHold.NextActions()}
}

// with works on an account while it is locked. The refusal of fn is returned
// after what fn did is committed; its error undoes it.
func (s *Service) with(
	ctx context.Context, account uuid.UUID, fn func(ctx context.Context, a *domain.Account) (refusal, err error),
) error {
	var refusal error
	err := s.Tx.InTx(ctx, func(ctx context.Context) error {
		_, err := s.Accounts.Update(ctx, account, func(a *domain.Account) (err error) {
			refusal, err = fn(ctx, a)
			return err
		})
		return err
	})
	if err != nil {
		return err
	}
	return refusal
}

// actor is who does something: a person, or an operator at a desk.
type actor struct {
	by   domain.Caller
	desk *domain.Desk
}

func operator(d domain.Desk) actor { return actor{d.Caller, &d} }

// entry is one row of the audit log.
type entry struct {
	action  string
	subject uuid.UUID
	account uuid.UUID
	reason  string
}

// of is the row of a confirmation's event.
func of(c domain.Confirmation, on domain.ConfirmationEvent) entry {
	return entry{action: "confirmation." + string(on), subject: c.ID, account: c.AccountID, reason: string(c.Reason)}
}

func (s *Service) record(ctx context.Context, who actor, e entry) error {
	event := domain.NewAuditEvent(e.action, e.subject, who.by, s.Clock.Now()).Of(e.account)
	if who.desk != nil {
		event = event.By(*who.desk)
	}
	return s.Journal.Record(ctx, event.Because(e.reason))
}

// tell sends a message to every proven contact of an account.
func (s *Service) tell(ctx context.Context, a *domain.Account, m domain.Message) error {
	for _, m := range a.Notices(m, s.Clock.Now()) {
		if err := s.Journal.Enqueue(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

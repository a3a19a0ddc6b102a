package review

import (
	"context"

	"github.com/google/uuid"

	"example.org/kabinet/internal/domain"
)

// ListReviews is a page of the cases that wait for a supervisor, oldest first. They
// tell nothing of the people. Reading them is recorded.
func (s *Service) ListReviews(ctx context.Context, d domain.Desk, p domain.Page) ([]domain.VerificationCase, error) {
	return listed(ctx, s, s.event("review.list", d.Place.ID, domain.AccountAction{Desk: d}),
		func(ctx context.Context) ([]domain.VerificationCase, error) { return s.Cases.Reviews(ctx, p) })
}

// Review is a case with the data that it is about. Reading them is recorded.
func (s *Service) Review(ctx context.Context, d domain.Desk, id uuid.UUID) (out domain.Review, err error) {
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		if out.Case, err = s.Cases.Get(ctx, id); err != nil {
			return err
		}
		out.Case.Refresh(s.Clock.Now())
		a, err := s.Accounts.Get(ctx, out.Case.AccountID)
		if err != nil {
			return err
		}
		if err := s.mayDecide(ctx, d, &a); err != nil {
			return err
		}
		if out.Data, err = s.PersonalData.Get(ctx, a.ID); err != nil {
			return err
		}
		why := domain.AccountAction{Desk: d, AccountID: a.ID, Reason: "review/" + string(out.Case.Status)}
		return s.record(ctx, "personal_data.read", a.ID, why)
	})
	return out, err
}

// Decide settles a case that a register never answered, with all that the
// register's own answer would have caused.
func (s *Service) Decide(ctx context.Context, in domain.ReviewDecision) (out domain.VerificationCase, err error) {
	c, err := s.Cases.Get(ctx, in.CaseID)
	if err != nil {
		return c, err
	}
	why := domain.AccountAction{Desk: in.Desk, AccountID: c.AccountID, Reason: in.Reason}
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		_, err := s.Accounts.Update(ctx, c.AccountID, func(a *domain.Account) error {
			if err := s.mayDecide(ctx, in.Desk, a); err != nil {
				return err
			}
			if frozen := a.Frozen(); frozen != nil {
				return frozen
			}
			out, err = s.decide(ctx, in, a, why)
			return err
		})
		if err != nil {
			return err
		}
		return s.Journal.Keep(ctx, out)
	})
	return out, err
}

// decide works while the account is locked. A SNILS that another account has
// confirmed meanwhile puts the case on hold, as it would have without a review.
func (s *Service) decide(
	ctx context.Context, in domain.ReviewDecision, a *domain.Account, why domain.AccountAction,
) (domain.VerificationCase, error) {
	holder, err := s.contested(ctx, a.ID)
	if err != nil {
		return domain.VerificationCase{}, err
	}
	on := domain.VerificationNeedCorrection
	c, err := s.Cases.Update(ctx, in.CaseID, func(c *domain.VerificationCase) error {
		now := s.Clock.Now()
		switch {
		case !in.Pass:
			return c.SendBack(in.Fields, now)
		case holder != uuid.Nil:
			on = domain.VerificationHold
			return c.HoldReviewed()
		default:
			on = domain.VerificationPass
			return c.Accept(now, s.Policies.ChecksValid)
		}
	})
	if err != nil {
		return c, err
	}
	if err := s.record(ctx, "verification."+string(on), c.ID, why); err != nil {
		return c, err
	}
	if err := s.follow(ctx, a, on, why); err != nil {
		return c, err
	}
	if on != domain.VerificationHold {
		return c, nil
	}
	if err := s.Journal.Raise(ctx, domain.NewAlarm(domain.AlarmSNILSConflict, c.ID, a.ID, s.Clock.Now())); err != nil {
		return c, err
	}
	other, err := s.Accounts.Get(ctx, holder)
	if err != nil {
		return c, err
	}
	return c, s.tell(ctx, other, domain.MessageSNILSContested)
}

// contested is another account that has confirmed an account's SNILS; zero where
// none has.
func (s *Service) contested(ctx context.Context, account uuid.UUID) (uuid.UUID, error) {
	data, err := s.PersonalData.Get(ctx, account)
	if err != nil {
		return uuid.Nil, err
	}
	holder, err := s.Claims.Holder(ctx, data.Subject.SNILS)
	if holder == account {
		return uuid.Nil, err
	}
	return holder, err
}

// follow does to the account what a move of its case causes, and tells its
// owner.
func (s *Service) follow(
	ctx context.Context, a *domain.Account, on domain.VerificationEvent, why domain.AccountAction,
) error {
	if on == domain.VerificationPass || on == domain.VerificationRelease {
		if err := a.PassChecks(); err != nil {
			return err
		}
		if err := s.record(ctx, "account."+string(domain.LevelPassChecks), a.ID, why); err != nil {
			return err
		}
	}
	kind, told := domain.VerificationMessage(on)
	if !told {
		return nil
	}
	return s.tell(ctx, *a, kind)
}

package review

import (
	"bytes"
	"context"
	"errors"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// ListApprovals is a page of what takes two people, newest first. Reading it is
// recorded.
func (s *Service) ListApprovals(
	ctx context.Context, d domain.Desk, f domain.ApprovalFilter,
) ([]domain.Approval, error) {
	return listed(ctx, s, s.event("approval.list", d.Place.ID, domain.AccountAction{Desk: d}),
		func(ctx context.Context) ([]domain.Approval, error) { return s.Approvals.List(ctx, f, s.Clock.Now()) })
}

// Request asks a second person for something that takes two. What could not be
// done now is not asked for.
func (s *Service) Request(ctx context.Context, in domain.ApprovalRequest) (domain.Approval, error) {
	now := s.Clock.Now()
	out := domain.Approval{
		ID: domain.NewID(), Kind: in.Kind, AccountID: in.AccountID, Status: domain.ApprovalRequested,
		Reason: in.Reason, PlaceID: in.Desk.Place.ID, RequestedBy: in.Desk.Operator.ID,
		RequestedAt: now, ExpiresAt: now.Add(s.Policies.ApprovalLifetime),
	}
	err := s.Tx.InTx(ctx, func(ctx context.Context) error {
		_, err := s.Accounts.Update(ctx, in.AccountID, func(a *domain.Account) error {
			if err := s.mayDecide(ctx, in.Desk, a); err != nil {
				return err
			}
			if err := s.possible(ctx, in.Kind, *a); err != nil {
				return err
			}
			if err := s.expireBefore(ctx, in); err != nil {
				return err
			}
			return s.Approvals.Create(ctx, out)
		})
		if err != nil {
			return err
		}
		if err := s.record(ctx, "approval.request", out.ID, in.AccountAction); err != nil {
			return err
		}
		return s.Journal.Keep(ctx, out)
	})
	return out, err
}

// possible refuses what would lead nowhere from where the account is.
func (s *Service) possible(ctx context.Context, kind domain.ApprovalKind, a domain.Account) error {
	ok := false
	switch kind {
	case domain.ApproveReinstate:
		ok = a.Status == domain.AccountSuspended
	case domain.ApproveUndoDeath:
		ok = a.Status == domain.AccountDeceased
	case domain.ApproveAwardSNILS:
		c, err := s.Cases.Current(ctx, a.ID)
		if err != nil && !errors.Is(err, apperr.New(apperr.NotFound)) {
			return err
		}
		ok = a.Status == domain.AccountActive && c.Status == domain.VerificationOnHold
	}
	if !ok {
		return &apperr.Error{Code: apperr.InvalidTransition, NextActions: []string{"search_account"}}
	}
	return nil
}

// expireBefore puts away the same request whose time is over, so that it is not
// in the way.
func (s *Service) expireBefore(ctx context.Context, in domain.ApprovalRequest) error {
	before, err := s.Approvals.Open(ctx, in.AccountID, in.Kind)
	if errors.Is(err, apperr.New(apperr.NotFound)) {
		return nil
	}
	if err != nil {
		return err
	}
	expired := false
	_, err = s.Approvals.Update(ctx, before.ID, func(a *domain.Approval) error {
		a.Refresh(s.Clock.Now())
		expired = a.Status == domain.ApprovalExpired
		return nil
	})
	if err != nil || !expired {
		return err
	}
	event := domain.NewAuditEvent("approval."+string(domain.ApprovalExpire), before.ID, in.Desk.Caller, s.Clock.Now())
	return s.Journal.Record(ctx, event.Of(in.AccountID))
}

// DecideApproval is the second person's word. What was approved happens with it,
// or neither does.
func (s *Service) DecideApproval(ctx context.Context, in domain.ApprovalDecision) (out domain.Approval, err error) {
	asked, err := s.Approvals.Get(ctx, in.ID)
	if err != nil {
		return asked, err
	}
	d := deciding{in, asked, domain.AccountAction{Desk: in.Desk, AccountID: asked.AccountID, Reason: in.Reason}}
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		out, err = s.locked(ctx, d)
		if err != nil {
			return err
		}
		return s.Journal.Keep(ctx, out)
	})
	return out, err
}

// deciding is a decision on its way.
type deciding struct {
	in    domain.ApprovalDecision
	asked domain.Approval
	why   domain.AccountAction
}

// locked locks the account, and with it the present holder of its SNILS where
// that is at stake: in the order of their ids, as everywhere.
func (s *Service) locked(ctx context.Context, d deciding) (out domain.Approval, err error) {
	decide := func(former *domain.Account) func(a *domain.Account) error {
		return func(a *domain.Account) error {
			out, err = s.conclude(ctx, d, a, former)
			return err
		}
	}
	former, err := s.former(ctx, d)
	if err != nil {
		return out, err
	}
	switch {
	case former == uuid.Nil:
		_, err = s.Accounts.Update(ctx, d.asked.AccountID, decide(nil))
	case bytes.Compare(former[:], d.asked.AccountID[:]) < 0:
		_, err = s.Accounts.Update(ctx, former, func(f *domain.Account) error {
			_, err := s.Accounts.Update(ctx, d.asked.AccountID, decide(f))
			return err
		})
	default:
		_, err = s.Accounts.Update(ctx, d.asked.AccountID, func(a *domain.Account) error {
			_, err := s.Accounts.Update(ctx, former, func(f *domain.Account) error { return decide(f)(a) })
			return err
		})
	}
	return out, err
}

// former is the account that loses its SNILS by the decision; zero where none
// does.
func (s *Service) former(ctx context.Context, d deciding) (uuid.UUID, error) {
	if d.asked.Kind != domain.ApproveAwardSNILS || d.in.On != domain.ApprovalApprove {
		return uuid.Nil, nil
	}
	return s.contested(ctx, d.asked.AccountID)
}

// conclude records the decision and does what was approved.
func (s *Service) conclude(ctx context.Context, d deciding, a, former *domain.Account) (domain.Approval, error) {
	if err := s.mayDecide(ctx, d.in.Desk, a); err != nil {
		return domain.Approval{}, err
	}
	out, err := s.Approvals.Update(ctx, d.in.ID, func(v *domain.Approval) error {
		return v.Decide(d.in.On, d.in.Desk.Operator.ID, s.Clock.Now())
	})
	if err != nil {
		return out, err
	}
	if err := s.record(ctx, "approval."+string(d.in.On), out.ID, d.why); err != nil || d.in.On != domain.ApprovalApprove {
		return out, err
	}
	switch out.Kind {
	case domain.ApproveReinstate:
		return out, s.thaw(ctx, domain.AccountReinstate, a, d.why)
	case domain.ApproveUndoDeath:
		return out, s.undoDeath(ctx, a, d.why)
	case domain.ApproveAwardSNILS:
		return out, s.award(ctx, a, former, d)
	}
	return out, nil
}

func (s *Service) thaw(ctx context.Context, on domain.AccountEvent, a *domain.Account, why domain.AccountAction) error {
	return s.Freezer.Thaw(ctx, a, on, s.event("account."+string(on), a.ID, why).Of(a.ID))
}

// undoDeath brings the account back. Its data have to be given again: what the
// register said of them was wrong.
func (s *Service) undoDeath(ctx context.Context, a *domain.Account, why domain.AccountAction) error {
	if err := s.thaw(ctx, domain.AccountUndoDeath, a, why); err != nil {
		return err
	}
	current, err := s.Cases.Current(ctx, a.ID)
	if err != nil {
		return err
	}
	if _, err := s.Cases.Update(ctx, current.ID, (*domain.VerificationCase).UndoDeath); err != nil {
		return err
	}
	return s.record(ctx, "verification."+string(domain.VerificationUndoDeath), current.ID, why)
}

// award takes a SNILS from its present holder, if it has one, and gives it to
// the account that is on hold for it.
func (s *Service) award(ctx context.Context, a, former *domain.Account, d deciding) error {
	if err := s.possible(ctx, d.asked.Kind, *a); err != nil {
		return err
	}
	data, err := s.PersonalData.Get(ctx, a.ID)
	if err != nil {
		return err
	}
	if former != nil {
		if err := s.mayDecide(ctx, d.in.Desk, former); err != nil {
			return err
		}
		if err := s.Claims.Release(ctx, former.ID); err != nil {
			return err
		}
		if err := s.Holder.HoldLocked(ctx, former); err != nil {
			return err
		}
	}
	holder, err := s.Claims.Claim(ctx, data.Subject.SNILS, a.ID, s.Clock.Now())
	if err != nil {
		return err
	}
	if holder != a.ID {
		return apperr.New(apperr.ServiceUnavailable) // somebody was quicker: the same again succeeds
	}
	if err := s.release(ctx, a, d.why); err != nil {
		return err
	}
	return s.Cases.ScheduleSettle(ctx, domain.SettleSNILS{AccountID: a.ID})
}

// release ends the hold on an account's case.
func (s *Service) release(ctx context.Context, a *domain.Account, why domain.AccountAction) error {
	current, err := s.Cases.Current(ctx, a.ID)
	if err != nil {
		return err
	}
	_, err = s.Cases.Update(ctx, current.ID, func(c *domain.VerificationCase) error {
		return c.Release(s.Clock.Now(), s.Policies.ChecksValid)
	})
	if err != nil {
		return err
	}
	if err := s.record(ctx, "verification."+string(domain.VerificationRelease), current.ID, why); err != nil {
		return err
	}
	return s.follow(ctx, a, domain.VerificationRelease, why)
}

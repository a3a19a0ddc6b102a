package walkin

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// Register makes the account of a person who stands at the counter and whose
// documents the operator has seen: at the level confirmed, without a password.
// The code with which the person sets one goes to the contact, which it proves;
// the operator never sees it. All of it happens or nothing.
func (s *Service) Register(ctx context.Context, in domain.WalkIn) (domain.WalkedIn, error) {
	now := s.Clock.Now()
	if err := s.mayRegister(ctx, in, now); err != nil {
		return domain.WalkedIn{}, err
	}
	a := domain.NewWalkIn(in, now)
	code, err := s.prepare(a, now, s.Policies.CodeResendAfter)
	if err != nil {
		return domain.WalkedIn{}, err
	}
	out := domain.WalkedIn{Code: code.view()}
	err = s.Tx.InTx(ctx, func(ctx context.Context) (err error) {
		if err := s.Accounts.CreateWalkIn(ctx, a); err != nil {
			return err
		}
		out.Account, err = s.Accounts.Update(ctx, a.ID, func(a *domain.Account) error {
			return s.confirm(ctx, in, a, now)
		})
		if err != nil {
			return err
		}
		if err := s.send(ctx, code, in.Desk); err != nil {
			return err
		}
		return s.Journal.Keep(ctx, out)
	})
	return out, taken(err)
}

// taken turns a claim that came too late into what it means at the counter.
func taken(err error) error {
	if errors.Is(err, apperr.New(apperr.IdentityOnHold)) {
		return registered()
	}
	return err
}

func registered() error {
	return &apperr.Error{Code: apperr.PersonRegistered, NextActions: []string{"search_account"}}
}

// mayRegister refuses what the operator must not do, or not here.
func (s *Service) mayRegister(ctx context.Context, in domain.WalkIn, now time.Time) error {
	place := in.Desk.Place
	if !place.Offering(place.Kind.Method(), place.Today(now)) {
		return apperr.New(apperr.MethodNotAvailable)
	}
	if in.Desk.Operator.Is(domain.NewWalkIn(in, now), in.Data.Subject.SNILS) {
		return apperr.New(apperr.OwnAccount)
	}
	holder, err := s.Claims.Holder(ctx, in.Data.Subject.SNILS)
	if err == nil && holder != uuid.Nil {
		return registered()
	}
	if err != nil {
		return err
	}
	return s.noneClosed(ctx, in.Data.Subject.SNILS)
}

// noneClosed refuses people with an account that is suspended or closed by a
// death: it takes two to open that one again, and a new one would be a way
// around them.
func (s *Service) noneClosed(ctx context.Context, snils ident.SNILS) error {
	ids, err := s.Claims.Others(ctx, snils, uuid.Nil)
	if err != nil {
		return err
	}
	for _, id := range ids {
		a, err := s.Accounts.Get(ctx, id)
		if err != nil {
			return err
		}
		if a.Frozen() != nil {
			return registered()
		}
	}
	return nil
}

// confirm gives the new account its data, which the operator vouches for, and
// its confirmed identity.
func (s *Service) confirm(ctx context.Context, in domain.WalkIn, a *domain.Account, now time.Time) error {
	if err := s.record(ctx, "account.register", a.ID, deed{in.Desk, a.ID}); err != nil {
		return err
	}
	c := domain.NewVouchedCase(a.ID, now, s.Policies.ChecksValid)
	if err := s.Cases.Create(ctx, c); err != nil {
		return err
	}
	if err := s.record(ctx, "verification.vouch", c.ID, deed{in.Desk, a.ID}); err != nil {
		return err
	}
	if err := s.keepData(ctx, in, c, now); err != nil {
		return err
	}
	if err := a.PassChecks(); err != nil {
		return err
	}
	if err := s.record(ctx, "account."+string(domain.LevelPassChecks), a.ID, deed{in.Desk, a.ID}); err != nil {
		return err
	}
	a.Verification = c.Status
	_, err := s.Confirmer.ConfirmAtOnce(ctx, a, domain.CounterProof{Desk: in.Desk, Case: c, SNILS: in.Data.Subject.SNILS})
	return err
}

// keepData stores the data with the consent that the person has signed.
func (s *Service) keepData(ctx context.Context, in domain.WalkIn, c domain.VerificationCase, now time.Time) error {
	data := in.Data
	data.AccountID, data.CaseID, data.UpdatedAt = c.AccountID, c.ID, now
	data.ConsentVersion = in.Consent.Version
	if err := s.PersonalData.Put(ctx, data); err != nil {
		return err
	}
	err := s.PersonalData.Accept(ctx, domain.Consent{
		ID: domain.NewID(), AccountID: c.AccountID, Document: in.Consent.Document, Version: in.Consent.Version,
		TextHash: in.Consent.Hash, AcceptedAt: now, Channel: domain.ConsentAtCounter,
	})
	if err != nil {
		return err
	}
	return s.record(ctx, "personal_data.submit", c.AccountID, deed{in.Desk, c.AccountID})
}

// deed is what an operator does for an account.
type deed struct {
	desk    domain.Desk
	account uuid.UUID
}

func (s *Service) record(ctx context.Context, action string, subject uuid.UUID, d deed) error {
	event := domain.NewAuditEvent(action, subject, d.desk.Caller, s.Clock.Now())
	return s.Journal.Record(ctx, event.Of(d.account).By(d.desk))
}

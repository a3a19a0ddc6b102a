package registration

import (
	"context"
	"errors"

	"golang.org/x/text/unicode/norm"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// SetPassword turns a registration with a proven contact into an account and
// signs its owner in. Where another registration was quicker to take the
// contact, this one is closed.
func (s *Service) SetPassword(ctx context.Context, in domain.PasswordChoice) (domain.SignedIn, error) {
	now := s.Clock.Now()
	r, err := s.authorize(ctx, in.Key)
	if err != nil {
		return domain.SignedIn{}, err
	}
	if err := r.Check(domain.RegistrationComplete, now); err != nil {
		return domain.SignedIn{}, err
	}
	if err := s.judge(in, r); err != nil {
		return domain.SignedIn{}, err
	}
	hash, err := s.hash(ctx, in)
	if err != nil {
		return domain.SignedIn{}, err
	}
	account := domain.NewCitizen(r, now)
	signedIn, err := s.Sessions.Open(account, in.Transport, in.Caller)
	if err != nil {
		return domain.SignedIn{}, err
	}
	credential := domain.Credential{AccountID: account.ID, Hash: hash, ChangedAt: now}
	err = s.complete(ctx, in, signedIn, credential)
	if errors.Is(err, apperr.New(apperr.ContactTaken)) {
		return domain.SignedIn{}, s.close(ctx, in)
	}
	return signedIn, err
}

func (s *Service) hash(ctx context.Context, in domain.PasswordChoice) (string, error) {
	leave, err := s.Passwords.Reserve(in.Caller.Network())
	if err != nil {
		return "", err
	}
	defer leave()
	return s.Passwords.Hash(ctx, in.Password)
}

// judge reports all that is wrong with the two passwords at once.
func (s *Service) judge(in domain.PasswordChoice, r domain.Registration) error {
	var wrong []apperr.Field
	for _, code := range s.Passwords.Check(in.Password, r.Contact) {
		wrong = append(wrong, apperr.Field{Pointer: "/password", Code: code})
	}
	if norm.NFC.String(in.Password) != norm.NFC.String(in.Confirmation) {
		wrong = append(wrong, apperr.Field{Pointer: "/password_confirmation", Code: apperr.PasswordMismatch})
	}
	if len(wrong) > 0 {
		return apperr.Invalid(wrong...)
	}
	return nil
}

func (s *Service) complete(ctx context.Context, in domain.PasswordChoice, out domain.SignedIn, c domain.Credential) error {
	now := s.Clock.Now()
	return s.Tx.InTx(ctx, func(ctx context.Context) error {
		r, err := s.Registrations.Update(ctx, in.Key.ID, func(r *domain.Registration) error {
			return r.Complete(now)
		})
		if err != nil {
			return err
		}
		if err := s.Accounts.Create(ctx, out.Account, c); err != nil {
			return err
		}
		if err := s.closeOthers(ctx, r, in.Caller); err != nil {
			return err
		}
		event := domain.NewAuditEvent("registration.complete", r.ID, in.Caller, now).Of(out.Account.ID)
		if err := s.Journal.Record(ctx, event); err != nil {
			return err
		}
		if err := s.Sessions.Save(ctx, out, in.Caller); err != nil {
			return err
		}
		return s.Journal.Keep(ctx, out)
	})
}

// closeOthers ends the other registrations of the contact.
func (s *Service) closeOthers(ctx context.Context, completed domain.Registration, by domain.Caller) error {
	now := s.Clock.Now()
	others, err := s.Registrations.CloseOthers(ctx, completed, now)
	if err != nil {
		return err
	}
	for _, r := range others {
		action := "registration.close"
		if r.Status == domain.RegistrationExpired {
			action = "registration.expire"
		}
		if err := s.Journal.Record(ctx, domain.NewAuditEvent(action, r.ID, by, now)); err != nil {
			return err
		}
	}
	return nil
}

// close ends a registration that came too late and says so.
func (s *Service) close(ctx context.Context, in domain.PasswordChoice) error {
	now := s.Clock.Now()
	err := s.Tx.InTx(ctx, func(ctx context.Context) error {
		_, err := s.Registrations.Update(ctx, in.Key.ID, func(r *domain.Registration) error { return r.Close(now) })
		if err != nil {
			return err
		}
		return s.Journal.Record(ctx, domain.NewAuditEvent("registration.close", in.Key.ID, in.Caller, now))
	})
	if err != nil {
		return err
	}
	return &apperr.Error{Code: apperr.RegistrationClosed, NextActions: domain.RegistrationClosed.NextActions()}
}

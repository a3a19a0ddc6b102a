package credential

import (
	"context"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// store makes the new password the only one. Of two changes at once, the second
// finds that its old password is not the one in use any more.
func (s *Service) store(ctx context.Context, in domain.PasswordChange, c change) (out domain.SignedIn, err error) {
	session, err := s.Sessions.Get(ctx, in.Who.SessionID)
	if err != nil {
		return out, err
	}
	now := s.Clock.Now()
	if err := session.Widen(now); err != nil {
		return out, err
	}
	if out, err = s.Tokens.Renew(c.account, session); err != nil {
		return out, err
	}
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.replace(ctx, in, c, &out); err != nil {
			return err
		}
		if err := s.endOthers(ctx, in); err != nil {
			return err
		}
		out.Session, err = s.Sessions.Update(ctx, session.ID, func(session *domain.Session) error { return session.Widen(now) })
		if err != nil {
			return err
		}
		if err := s.Tokens.Replace(ctx, out); err != nil {
			return err
		}
		return s.leave(ctx, in, out)
	})
	return out, err
}

// replace puts the new password in the place of the old one.
func (s *Service) replace(ctx context.Context, in domain.PasswordChange, c change, out *domain.SignedIn) error {
	if err := s.stillGood(ctx, c); err != nil {
		return err
	}
	if c.account.Payer != nil {
		payer, err := s.connect(ctx, in, c)
		if err != nil {
			return err
		}
		out.Account.Payer = &payer
	}
	return s.Accounts.SetCredential(ctx, c.fresh)
}

// stillGood holds the account, and makes sure that the password is still the one
// that was compared.
func (s *Service) stillGood(ctx context.Context, c change) error {
	a, err := s.Accounts.Lock(ctx, c.account.ID)
	if err != nil {
		return err
	}
	if frozen := a.Frozen(); frozen != nil {
		return frozen
	}
	now, err := s.Accounts.Credential(ctx, a.ID)
	if err == nil && now.Hash != c.old.Hash {
		return apperr.Invalid(apperr.Field{Pointer: "/current_password", Code: apperr.CurrentPasswordIncorrect})
	}
	return err
}

// connect records the new password of a payer, and the terms that come with it.
func (s *Service) connect(ctx context.Context, in domain.PasswordChange, c change) (p domain.PayerAccount, err error) {
	now := s.Clock.Now()
	p, err = s.Payers.Update(ctx, c.account.ID, func(p *domain.PayerAccount) error {
		if c.terms.Version != "" {
			p.TermsVersion = c.terms.Version
		}
		return p.Connect(now, s.Policies.PayerPasswordMaxAge)
	})
	if err != nil {
		return p, err
	}
	if !oneTime(c.account) {
		if err := s.Payers.Remember(ctx, c.old, now, s.Policies.PayerPasswordHistory); err != nil {
			return p, err
		}
	}
	if c.terms.Version == "" {
		return p, nil
	}
	return p, s.Agreements.Accept(ctx, domain.Consent{
		ID: domain.NewID(), AccountID: c.account.ID, Document: c.terms.Document, Version: c.terms.Version,
		TextHash: c.terms.Hash, AcceptedAt: now, Channel: domain.ConsentByAPI, Address: in.Caller.Address,
	})
}

func (s *Service) endOthers(ctx context.Context, in domain.PasswordChange) error {
	now := s.Clock.Now()
	ended, err := s.Sessions.EndOthers(ctx, in.Who.AccountID, in.Who.SessionID, now)
	if err != nil {
		return err
	}
	for _, session := range ended {
		event := domain.NewAuditEvent("session."+string(domain.SessionClose), session.ID, in.Caller, now)
		if err := s.Journal.Record(ctx, event.Of(in.Who.AccountID)); err != nil {
			return err
		}
	}
	return nil
}

// leave records the change and tells the owner of it.
func (s *Service) leave(ctx context.Context, in domain.PasswordChange, out domain.SignedIn) error {
	now := s.Clock.Now()
	event := domain.NewAuditEvent("credential.change", out.Account.ID, in.Caller, now).Of(out.Account.ID)
	if err := s.Journal.Record(ctx, event); err != nil {
		return err
	}
	notice := domain.Message{Kind: domain.MessagePasswordChanged}
	if out.Account.Payer != nil {
		notice.About = out.Account.Payer.Number.Formatted()
	}
	for _, m := range out.Account.Notices(notice, now) {
		if err := s.Journal.Enqueue(ctx, m); err != nil {
			return err
		}
	}
	return s.Journal.Keep(ctx, out)
}

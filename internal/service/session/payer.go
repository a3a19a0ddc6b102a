package session

import (
	"context"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/otp"
)

// findPayer finds the account of a payer by either of its numbers. One whose
// password opens nothing is like one that is not there.
func (s *Service) findPayer(ctx context.Context, text string, c *candidate) error {
	number, err := domain.ParsePayerNumber(text)
	if err != nil {
		return apperr.Wrap(apperr.NotFound, err)
	}
	payer, err := s.Payers.FindByNumber(ctx, number)
	if err != nil {
		return err
	}
	if c.account, err = s.Accounts.Get(ctx, payer.AccountID); err != nil {
		return err
	}
	if !payer.Credential.SignsIn(s.Clock.Now()) {
		return apperr.New(apperr.NotFound)
	}
	return nil
}

// typed is a password as it was typed. That of a registration card may be typed
// with or without its dashes, in any case.
func (c candidate) typed(password string) string {
	if c.account.Payer == nil || !c.account.Payer.Credential.OneTime {
		return password
	}
	if printed, err := otp.ParseCrockford(password, domain.CardPasswordLength); err == nil {
		return printed
	}
	return password
}

// open makes the session for a proven password, and stores nothing. That of a
// payer may be for one thing alone.
func (s *Service) open(p proof, in domain.SignIn) (domain.SignedIn, error) {
	out, err := s.Open(p.account, in.Transport, in.Caller)
	if err != nil || p.account.Type != domain.AccountPayer {
		return out, err
	}
	credential := p.account.Payer.Credential
	session := out.Session
	if session.Scope, session.ScopeReason, err = credential.SignIn(s.Clock.Now()); err != nil {
		return out, err
	}
	terms, err := s.Terms.Current(domain.DocumentPayerConnection)
	if err != nil {
		return out, err
	}
	if session.Scope == domain.ScopeCabinet && p.account.Payer.TermsVersion != terms.Version {
		session.Scope, session.ScopeReason = domain.ScopeTerms, domain.ScopeForTerms
	}
	return s.tokens(p.account, session)
}

// usePayerPassword records the sign-in of a payer, in the transaction that opens
// the session. What it is for was found out before: whoever has changed the
// password or used the card since then was quicker.
func (s *Service) usePayerPassword(ctx context.Context, p proof, out *domain.SignedIn) error {
	now := s.Clock.Now()
	payer, err := s.Payers.Update(ctx, p.account.ID, func(payer *domain.PayerAccount) error {
		scope, _, err := payer.Credential.SignIn(now)
		if err != nil {
			return err
		}
		narrow := scope == domain.ScopePasswordChange
		if narrow != (out.Session.Scope == domain.ScopePasswordChange) {
			return apperr.New(apperr.CredentialsIncorrect)
		}
		return nil
	})
	if err != nil {
		return err
	}
	current, err := s.Accounts.Credential(ctx, p.account.ID)
	if err != nil {
		return err
	}
	if current.Hash != p.hash {
		return apperr.New(apperr.CredentialsIncorrect)
	}
	out.Account.Payer = &payer
	if out.Session.Scope != domain.ScopePasswordChange {
		return nil
	}
	event := domain.NewAuditEvent("payer_credential."+string(domain.CredentialUse), p.account.ID, p.caller, now)
	return s.Journal.Record(ctx, event.Of(p.account.ID))
}

package payer

import (
	"context"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// AcceptTerms records that a payer who is signed in agrees to the terms of
// connection in force. A session that was opened for that alone may be used for
// everything from then on.
func (s *Service) AcceptTerms(ctx context.Context, in domain.TermsAcceptance) (domain.Account, error) {
	terms, wrong, err := s.judgeTerms(in.Version)
	if err != nil {
		return domain.Account{}, err
	}
	if wrong != nil {
		return domain.Account{}, apperr.Invalid(*wrong)
	}
	now := s.Clock.Now()
	var a domain.Account
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		if a, err = s.Accounts.Lock(ctx, in.Who.AccountID); err != nil {
			return err
		}
		if frozen := a.Frozen(); frozen != nil {
			return frozen
		}
		payer, err := s.Payers.Update(ctx, a.ID, func(p *domain.PayerAccount) error {
			p.TermsVersion = terms.Version
			return nil
		})
		if err != nil {
			return err
		}
		a.Payer = &payer
		if err := s.accept(ctx, a.ID, terms, in.Caller); err != nil {
			return err
		}
		if err := s.widen(ctx, in); err != nil {
			return err
		}
		event := domain.NewAuditEvent("payer.accept_terms", a.ID, in.Caller, now).Of(a.ID)
		if err := s.Journal.Record(ctx, event.Because(terms.Version)); err != nil {
			return err
		}
		return s.Journal.Keep(ctx, a)
	})
	return a, err
}

// widen lets the session that asked be used for everything, if the terms alone
// stood in its way.
func (s *Service) widen(ctx context.Context, in domain.TermsAcceptance) error {
	_, err := s.Sessions.Update(ctx, in.Who.SessionID, func(session *domain.Session) error {
		if session.Scope != domain.ScopeTerms {
			return nil
		}
		return session.Widen(s.Clock.Now())
	})
	return err
}

package payer

import (
	"context"
	"errors"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// Seed connects a payer of a sandbox with a password that everybody may know,
// unless the payer has an account already.
func (s *Service) Seed(ctx context.Context, n domain.PayerNumber, password string) error {
	_, err := s.Payers.FindByNumber(ctx, n)
	if !errors.Is(err, apperr.New(apperr.NotFound)) {
		return err
	}
	p, err := s.Register.Find(ctx, n)
	if err != nil {
		return err
	}
	terms, err := s.Terms.Current(domain.DocumentPayerConnection)
	if err != nil {
		return err
	}
	hash, err := s.hash(ctx, "", password)
	if err != nil {
		return err
	}
	now := s.Clock.Now()
	return s.Tx.InTx(ctx, func(ctx context.Context) error {
		account, err := s.ensure(ctx, p, domain.LocaleRussian)
		if err != nil || account.Connected() {
			return err
		}
		_, err = s.Payers.Update(ctx, account.AccountID, func(p *domain.PayerAccount) error {
			p.TermsVersion = terms.Version
			return p.Connect(now, s.Policies.PayerPasswordMaxAge)
		})
		if err != nil {
			return err
		}
		credential := domain.Credential{AccountID: account.AccountID, Hash: hash, ChangedAt: now}
		return s.Accounts.SetCredential(ctx, credential)
	})
}

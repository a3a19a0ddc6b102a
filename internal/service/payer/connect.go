package payer

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// connection is a right code and what it brings.
type connection struct {
	proven

	terms      domain.Terms
	credential domain.Credential
}

// connect gives the payer the password. Of the same code entered twice at once,
// of two codes, and of a code and a registration card, one gets there: the payer's
// account is held while it is looked at.
func (s *Service) connect(ctx context.Context, in domain.PayerActivation, with connection) (a domain.Account, err error) {
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		if a, err = s.Accounts.Lock(ctx, with.account); err != nil {
			return err
		}
		if frozen := a.Frozen(); frozen != nil {
			return frozen
		}
		if a.Payer.Connected() {
			return incorrectCode()
		}
		if err := s.settleCode(ctx, with.proven, in.Caller); err != nil {
			return err
		}
		if err := s.finish(ctx, in, with); err != nil {
			return err
		}
		if a, err = s.Accounts.Get(ctx, with.account); err != nil {
			return err
		}
		if err := s.tellAccount(ctx, a, domain.MessagePayerConnected); err != nil {
			return err
		}
		return s.Journal.Keep(ctx, a)
	})
	if errors.Is(err, apperr.New(apperr.InvalidTransition)) {
		return a, incorrectCode()
	}
	return a, err
}

// settleCode records that a code was entered.
func (s *Service) settleCode(ctx context.Context, p proven, by domain.Caller) error {
	if p.letter != uuid.Nil {
		return s.Letters.Settle(ctx, p.letter, domain.LetterEnterCode, by)
	}
	d, err := s.Documents.Update(ctx, p.edo, func(d *domain.EDODocument) error {
		return d.Move(domain.EDOEnterCode, s.Clock.Now())
	})
	if err != nil {
		return err
	}
	return s.recordDocument(ctx, d, domain.EDOEnterCode)
}

// finish lets the application come to its end and all others give way to it, and
// stores the password and the consent.
func (s *Service) finish(ctx context.Context, in domain.PayerActivation, with connection) error {
	now := s.Clock.Now()
	done, err := s.conclude(ctx, with.account, with.code(), in.Caller)
	if err != nil {
		return err
	}
	_, err = s.Payers.Update(ctx, with.account, func(p *domain.PayerAccount) error {
		p.TermsVersion = with.terms.Version
		if !done.Email.IsZero() {
			p.Email, p.EmailProvenAt = done.Email, done.EmailConfirmedAt
		}
		return p.Connect(now, s.Policies.PayerPasswordMaxAge)
	})
	if err != nil {
		return err
	}
	if err := s.Accounts.SetCredential(ctx, with.credential); err != nil {
		return err
	}
	if err := s.accept(ctx, with.account, with.terms, in.Caller); err != nil {
		return err
	}
	return s.Journal.Record(ctx, domain.NewAuditEvent("payer.connect", with.account, in.Caller, now).Of(with.account))
}

// accept keeps the proof that a payer agreed to the terms.
func (s *Service) accept(ctx context.Context, account uuid.UUID, terms domain.Terms, by domain.Caller) error {
	return s.Agreements.Accept(ctx, domain.Consent{
		ID: domain.NewID(), AccountID: account, Document: terms.Document, Version: terms.Version,
		TextHash: terms.Hash, AcceptedAt: s.Clock.Now(), Channel: domain.ConsentByAPI, Address: by.Address,
	})
}

// conclude ends what is open for an account: the application whose code it was is
// activated, or the last one for a visit where it was a card; all others are
// superseded, and their codes are worth nothing any more. Codes come before applications, as everywhere.
func (s *Service) conclude(
	ctx context.Context, account, code uuid.UUID, by domain.Caller,
) (done domain.PayerApplication, err error) {
	open, err := s.Ledger.OpenOf(ctx, account, s.Clock.Now())
	if err != nil {
		return done, err
	}
	if err := s.voidCodes(ctx, open, code, by); err != nil {
		return done, err
	}
	for _, a := range open {
		on := domain.ApplicationSupersede
		visit := code == uuid.Nil && a.Status == domain.ApplicationOfficeVisit && done.ID == uuid.Nil
		if code != uuid.Nil && a.CodeID == code || visit {
			on = domain.ApplicationActivate
		}
		a, err := s.Applications.Update(ctx, a.ID, func(a *domain.PayerApplication) error {
			return a.Move(on, s.Clock.Now())
		})
		if err != nil {
			return done, err
		}
		if on == domain.ApplicationActivate {
			done = a
		}
		if err := s.record(ctx, a, on, by); err != nil {
			return done, err
		}
	}
	return done, nil
}

// voidCodes makes the codes of applications worth nothing, but for one.
func (s *Service) voidCodes(ctx context.Context, of []domain.PayerApplication, but uuid.UUID, by domain.Caller) error {
	for _, a := range of {
		if a.CodeID == uuid.Nil || a.CodeID == but {
			continue
		}
		if err := s.voidCode(ctx, a, by); err != nil {
			return err
		}
	}
	return nil
}

// voidCode makes the code of an application worth nothing.
func (s *Service) voidCode(ctx context.Context, a domain.PayerApplication, by domain.Caller) error {
	if a.Method == domain.DeliverByMail {
		return s.Letters.Settle(ctx, a.CodeID, domain.LetterSupersede, by)
	}
	d, err := s.Documents.Update(ctx, a.CodeID, func(d *domain.EDODocument) error {
		return d.Move(domain.EDOSupersede, s.Clock.Now())
	})
	if errors.Is(err, apperr.New(apperr.InvalidTransition)) {
		return nil // it has come to its end already
	}
	if err != nil {
		return err
	}
	return s.recordDocument(ctx, d, domain.EDOSupersede)
}

// tellAccount writes to a payer.
func (s *Service) tellAccount(ctx context.Context, a domain.Account, kind domain.MessageKind) error {
	for _, m := range a.Notices(domain.Message{Kind: kind, About: a.Payer.Number.Formatted()}, s.Clock.Now()) {
		if err := s.Journal.Enqueue(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

package payer

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/calendar"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/otp"
)

// IssueCard issues a registration card: a paper with a password that is good for
// one sign-in, which leads to a password of the payer's own. From that moment on
// it is the only one: the old password, sessions, and all codes under way are dead.
// The password stands on the paper alone.
func (s *Service) IssueCard(ctx context.Context, in domain.CardOrder) ([]byte, error) {
	p, err := s.visited(ctx, in.Desk, in.Number)
	if err != nil {
		return nil, err
	}
	if p.State != domain.PayerActive {
		return nil, &apperr.Error{Code: apperr.PayerLiquidated, NextActions: []string{"check_register"}}
	}
	until, err := s.cardEnd(in.Desk.Place)
	if err != nil {
		return nil, err
	}
	password, err := otp.Crockford(domain.CardPasswordLength)
	if err != nil {
		return nil, err
	}
	hash, err := s.hash(ctx, in.Desk.Operator.ID.String(), password)
	if err != nil {
		return nil, err
	}
	now := s.Clock.Now()
	card := domain.RegistrationCard{
		ID: domain.NewID(), PlaceID: in.Desk.Place.ID, OperatorID: in.Desk.Operator.ID, Purpose: in.Purpose,
		Visitor: in.Visitor, IssuedAt: now, ValidUntil: until,
	}
	paper, err := s.Press.Card(domain.PrintedCard{
		ID: card.ID, Number: p.Number, PayerName: p.Name, Password: password, IssuedAt: now, ValidUntil: until,
		Office: in.Desk.Place, Locale: domain.LocaleRussian,
	})
	if err != nil {
		return nil, err
	}
	if err := s.issue(ctx, in, issued{p, card, hash}); err != nil {
		return nil, err
	}
	return paper, nil
}

// hash hashes a password in the place of a queue that is counted for a client.
func (s *Service) hash(ctx context.Context, client, password string) (string, error) {
	leave, err := s.Passwords.Reserve(client)
	if err != nil {
		return "", err
	}
	defer leave()
	return s.Passwords.Hash(ctx, password)
}

// cardEnd is the end of a card that is issued now: that of the last of its working
// days at the office.
func (s *Service) cardEnd(at domain.ServiceCentre) (time.Time, error) {
	last, err := s.Days.AddWorkingDays(calendar.DateIn(s.Clock.Now(), at.Zone), s.Policies.CardDays)
	if err != nil {
		return time.Time{}, err
	}
	return last.AddDays(1).In(at.Zone), nil
}

// visited is the payer for whom somebody stands at the counter. Every look counts
// against the operator's limit, and one in vain is recorded, too.
func (s *Service) visited(ctx context.Context, d domain.Desk, n domain.PayerNumber) (domain.Payer, error) {
	now := s.Clock.Now()
	_, err := s.Limits.Take(ctx, s.Policies.SearchesLimit(), d.Operator.ID.String(), now)
	if err != nil {
		return domain.Payer{}, err
	}
	p, err := s.ownPayer(ctx, d, n)
	refusal, refused := errors.AsType[*apperr.Error](err)
	if !refused || refusal.Code == apperr.ServiceUnavailable {
		return p, err
	}
	event := domain.NewAuditEvent("payer.refuse", d.Place.ID, d.Caller, now).By(d).Because(string(refusal.Code))
	return p, errors.Join(s.Journal.Record(ctx, event), err)
}

// ownPayer is a payer of the office's own, who is in the register, and is not the
// operator's own.
func (s *Service) ownPayer(ctx context.Context, d domain.Desk, n domain.PayerNumber) (domain.Payer, error) {
	found, err := s.lookUp(ctx, n)
	switch {
	case err != nil:
		return domain.Payer{}, apperr.Wrap(apperr.ServiceUnavailable, err)
	case found == nil:
		return domain.Payer{}, &apperr.Error{Code: apperr.PayerNotFound, NextActions: []string{"check_number"}}
	case found.Office != d.Place.Office:
		return domain.Payer{}, &apperr.Error{Code: apperr.PayerOfOtherOffice, NextActions: []string{"visit_another_place"}}
	case !found.Email.IsZero() && found.Email.Key() == d.Operator.Email.Key():
		return domain.Payer{}, &apperr.Error{Code: apperr.OwnAccount, NextActions: []string{"ask_another_operator"}}
	}
	return *found, nil
}

// issued is a card that is printed and about to count.
type issued struct {
	payer domain.Payer
	card  domain.RegistrationCard
	hash  string
}

func (s *Service) issue(ctx context.Context, in domain.CardOrder, with issued) error {
	return s.Tx.InTx(ctx, func(ctx context.Context) error {
		account, err := s.ensure(ctx, with.payer, domain.LocaleRussian)
		if err != nil {
			return err
		}
		a, err := s.Accounts.Get(ctx, account.AccountID)
		if err != nil {
			return err
		}
		if in.Desk.Operator.Knows(a) {
			return &apperr.Error{Code: apperr.OwnAccount, NextActions: []string{"ask_another_operator"}}
		}
		if err := mayIssue(a, in.Purpose); err != nil {
			return err
		}
		if err := s.takeOver(ctx, account, in, with); err != nil {
			return err
		}
		with.card.AccountID = account.AccountID
		if err := s.Cards.Create(ctx, with.card); err != nil {
			return err
		}
		event := domain.NewAuditEvent("registration_card.issue", with.card.ID, in.Desk.Caller, with.card.IssuedAt)
		if err := s.Journal.Record(ctx, event.Of(account.AccountID).By(in.Desk).Because(string(in.Purpose))); err != nil {
			return err
		}
		return s.tellAccount(ctx, a, domain.MessagePayerCard)
	})
}

// takeOver makes the card's password the only thing that works for a payer.
func (s *Service) takeOver(ctx context.Context, p domain.PayerAccount, in domain.CardOrder, with issued) error {
	if err := s.replacePassword(ctx, p, in.Email, with); err != nil {
		return err
	}
	if err := s.endSessions(ctx, p, in.Desk); err != nil {
		return err
	}
	_, err := s.conclude(ctx, p.AccountID, uuid.Nil, in.Desk.Caller)
	return err
}

// mayIssue refuses a card for a payer whose account is suspended, or who is
// connected meanwhile, or is not: what the operator has decided was decided on
// other facts.
func mayIssue(a domain.Account, purpose domain.CardPurpose) error {
	if frozen := a.Frozen(); frozen != nil {
		return frozen
	}
	switch p := a.Payer; {
	case purpose == domain.CardForConnection && p.Connected():
		return &apperr.Error{Code: apperr.PayerConnected, NextActions: []string{"sign_in", "issue_card"}}
	case purpose == domain.CardForLostPassword && !p.Connected():
		return &apperr.Error{Code: apperr.PayerNotConnected, NextActions: []string{"issue_card"}}
	}
	return nil
}

// replacePassword makes the card's password the only one. That before is
// remembered, so that it is not chosen again.
func (s *Service) replacePassword(
	ctx context.Context, p domain.PayerAccount, email ident.Contact, with issued,
) error {
	now := s.Clock.Now()
	old, err := s.Accounts.Credential(ctx, p.AccountID)
	if err == nil && !p.Credential.OneTime {
		err = s.Payers.Remember(ctx, old, now, s.Policies.PayerPasswordHistory)
	}
	if err != nil && !errors.Is(err, apperr.New(apperr.NotFound)) {
		return err
	}
	_, err = s.Payers.Update(ctx, p.AccountID, func(p *domain.PayerAccount) error {
		if !email.IsZero() {
			p.Email, p.EmailProvenAt = email, time.Time{}
		}
		return p.Credential.IssueCard(with.card.ValidUntil)
	})
	if err != nil {
		return err
	}
	return s.Accounts.SetCredential(ctx, domain.Credential{AccountID: p.AccountID, Hash: with.hash, ChangedAt: now})
}

func (s *Service) endSessions(ctx context.Context, p domain.PayerAccount, by domain.Desk) error {
	now := s.Clock.Now()
	ended, err := s.Sessions.EndAll(ctx, p.AccountID, now)
	if err != nil {
		return err
	}
	for _, session := range ended {
		event := domain.NewAuditEvent("session."+string(domain.SessionClose), session.ID, by.Caller, now).Of(p.AccountID)
		if err := s.Journal.Record(ctx, event.By(by)); err != nil {
			return err
		}
	}
	return nil
}

// Search is a payer of the office's own as an operator sees it. Every look is
// recorded, and counts against the operator's limit.
func (s *Service) Search(ctx context.Context, in domain.PayerSearch) (out domain.PayerFound, err error) {
	now := s.Clock.Now()
	if out.Payer, err = s.visited(ctx, in.Desk, in.Number); err != nil {
		return out, err
	}
	out.Credential = domain.CredentialNone
	account, err := s.Payers.FindByNumber(ctx, domain.PayerNumber{PFR: out.Payer.Number})
	if err != nil && !errors.Is(err, apperr.New(apperr.NotFound)) {
		return out, err
	}
	if err == nil {
		account.Credential.Refresh(now)
		out.Connected, out.Credential = account.Connected(), account.Credential.Status
		if out.Applications, err = s.Ledger.OpenOf(ctx, account.AccountID, now); err != nil {
			return out, err
		}
	}
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		event := domain.NewAuditEvent("payer.view", account.AccountID, in.Desk.Caller, now).Of(account.AccountID)
		if err := s.Journal.Record(ctx, event.By(in.Desk)); err != nil {
			return err
		}
		return s.Journal.Keep(ctx, out)
	})
	return out, err
}

package payer

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/calendar"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// Sweep does what time alone brings about: it calls for operators over codes that
// are late and records those that are too late, warns of passwords that come to
// their end, and ends the connections of payers who are no more. Any number at
// once do each of it once.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.Clock.Now()
	// Where the days begin first; for each application its own region decides.
	east, err := s.zones.Load("Asia/Kamchatka")
	if err != nil {
		return err
	}
	today := calendar.DateIn(now, east)
	return errors.Join(
		s.each(ctx, s.late, func(after uuid.UUID) ([]uuid.UUID, error) { return s.Ledger.Late(ctx, today, after) }),
		s.each(ctx, s.warn, func(after uuid.UUID) ([]uuid.UUID, error) { return s.Aging.ToWarn(ctx, now, after) }),
		s.each(ctx, s.lapse, func(after uuid.UUID) ([]uuid.UUID, error) { return s.Aging.ToLapse(ctx, now, after) }),
		s.RevokeLiquidated(ctx),
	)
}

// RevokeLiquidated ends the connections of payers who, the register says, are no
// more.
func (s *Service) RevokeLiquidated(ctx context.Context) error {
	return s.each(ctx, s.revoke, func(after uuid.UUID) ([]uuid.UUID, error) { return s.Aging.Liquidated(ctx, after) })
}

// errLeftAlone ends a change that turned out to be none.
var errLeftAlone = errors.New("nothing to change")

// each does something for every one of a list that comes in pages, each in a
// transaction of its own. What fails for one is done for the others.
func (s *Service) each(
	ctx context.Context, do func(context.Context, uuid.UUID) error, page func(after uuid.UUID) ([]uuid.UUID, error),
) error {
	var failed error
	last := uuid.Nil
	for {
		ids, err := page(last)
		if err != nil || len(ids) == 0 {
			return errors.Join(failed, err)
		}
		for _, id := range ids {
			err := s.Tx.InTx(ctx, func(ctx context.Context) error { return do(ctx, id) })
			if err != nil && !errors.Is(err, errLeftAlone) {
				failed = errors.Join(failed, err)
			}
		}
		last = ids[len(ids)-1]
	}
}

// late calls for operators if the code of an application has not left though its
// term is nearly over, and records it if the term is over.
func (s *Service) late(ctx context.Context, id uuid.UUID) error {
	a, err := s.Applications.Get(ctx, id)
	if errors.Is(err, apperr.New(apperr.NotFound)) {
		return errLeftAlone // it was over for so long that it is gone
	}
	if err != nil {
		return err
	}
	today, err := s.today(ctx, a)
	if err != nil {
		return err
	}
	return s.judgeLate(ctx, a, today)
}

func (s *Service) judgeLate(ctx context.Context, a domain.PayerApplication, today ident.Date) error {
	now := s.Clock.Now()
	late, breached := a.Late(today)
	if late {
		alarm := domain.NewAlarm(domain.AlarmPayerCodeLate, a.ID, a.AccountID, now)
		if err := s.Journal.Raise(ctx, alarm); err != nil {
			return err
		}
	}
	if !breached || !a.BreachedAt.IsZero() {
		return nil
	}
	a, err := s.Applications.Update(ctx, a.ID, func(a *domain.PayerApplication) error {
		if _, breached := a.Late(today); !breached || !a.BreachedAt.IsZero() {
			return errLeftAlone
		}
		a.BreachedAt = now
		return nil
	})
	if err != nil {
		return err
	}
	if err := s.Journal.Raise(ctx, domain.NewAlarm(domain.AlarmPayerCodeOverdue, a.ID, a.AccountID, now)); err != nil {
		return err
	}
	event := domain.NewAuditEvent("payer_application.breach", a.ID, domain.Caller{}, now)
	return s.Journal.Record(ctx, event.Of(a.AccountID))
}

// warn warns a payer of the password's end if it is time to.
func (s *Service) warn(ctx context.Context, account uuid.UUID) error {
	now := s.Clock.Now()
	p, err := s.Payers.Update(ctx, account, func(p *domain.PayerAccount) error {
		if !p.Credential.Warn(now) {
			return errLeftAlone
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := s.recordCredential(ctx, account, domain.CredentialWarn); err != nil {
		return err
	}
	a, err := s.Accounts.Get(ctx, account)
	if err != nil {
		return err
	}
	const day = 24 * time.Hour
	before := domain.PasswordWarnings()[p.Credential.Warnings-1]
	warning := domain.Message{
		Kind: domain.MessagePasswordExpiring, About: p.Number.Formatted(), ExpiresAt: p.Credential.ExpiresAt,
		Reason: "days_" + strconv.Itoa(int(before/day)),
	}
	for _, m := range a.Notices(warning, now) {
		if err := s.Journal.Enqueue(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// lapse records that a password has come to its end, which every sign-in decides
// by itself.
func (s *Service) lapse(ctx context.Context, account uuid.UUID) error {
	_, err := s.Payers.Update(ctx, account, func(p *domain.PayerAccount) error {
		if p.Credential.Refresh(s.Clock.Now()); p.Credential.Status != domain.CredentialExpired {
			return errLeftAlone
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.recordCredential(ctx, account, domain.CredentialLapse)
}

func (s *Service) recordCredential(ctx context.Context, account uuid.UUID, on domain.PayerCredentialEvent) error {
	event := domain.NewAuditEvent("payer_credential."+string(on), account, domain.Caller{}, s.Clock.Now())
	return s.Journal.Record(ctx, event.Of(account))
}

// revoke ends the connection of a payer who is no more: nothing old works.
func (s *Service) revoke(ctx context.Context, account uuid.UUID) error {
	a, err := s.Accounts.Lock(ctx, account)
	if err != nil {
		return err
	}
	connected := false
	p, err := s.Payers.Update(ctx, account, func(p *domain.PayerAccount) error {
		if p.Credential.Status == domain.CredentialRevoked {
			return errLeftAlone
		}
		connected = p.Connected()
		return p.Credential.Revoke()
	})
	if err != nil {
		return err
	}
	if err := s.Payers.Forget(ctx, account); err != nil {
		return err
	}
	if err := s.endSessions(ctx, p, domain.Desk{}); err != nil {
		return err
	}
	if err := s.closeAll(ctx, account); err != nil {
		return err
	}
	if err := s.recordCredential(ctx, account, domain.CredentialRevoke); err != nil || !connected {
		return err
	}
	return s.tellAccount(ctx, a, domain.MessagePayerRevoked)
}

// closeAll closes what is open for a payer who is no more.
func (s *Service) closeAll(ctx context.Context, account uuid.UUID) error {
	open, err := s.Ledger.OpenOf(ctx, account, s.Clock.Now())
	if err != nil {
		return err
	}
	if err := s.voidCodes(ctx, open, uuid.Nil, domain.Caller{}); err != nil {
		return err
	}
	for _, a := range open {
		_, err := s.Applications.Update(ctx, a.ID, func(a *domain.PayerApplication) error {
			a.Reason = domain.ReasonPayerLiquidated
			return s.move(ctx, a, domain.ApplicationClose, domain.MessagePayerNotIdentified)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

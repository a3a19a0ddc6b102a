package payer

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/calendar"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// patience is how long the register may take to answer.
const patience = 20 * time.Second

// Identify looks an application's payer up in the register and has a code made,
// or finds out why there will be none. It returns how long to wait before the
// next try; zero when there is nothing more to do. Repeating it changes nothing.
// An error together with a wait tells why the register did not answer.
func (s *Service) Identify(ctx context.Context, job domain.IdentifyPayer) (time.Duration, error) {
	a, err := s.Applications.Get(ctx, job.ApplicationID)
	if errors.Is(err, apperr.New(apperr.NotFound)) {
		return 0, nil // it was over for so long that it is gone
	}
	if err != nil {
		return 0, err
	}
	a.Refresh(s.Clock.Now())
	if a.Status != domain.ApplicationSubmitted && a.Status != domain.ApplicationIdentified {
		return 0, nil
	}
	p, err := s.lookUp(ctx, a.Number)
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	if err != nil {
		return s.again(a), err
	}
	return s.settle(ctx, a, p)
}

// again is how long to wait before the register is asked again: longer the longer
// it has not answered, and never the same for all.
func (s *Service) again(a domain.PayerApplication) time.Duration {
	age := s.Clock.Now().Sub(a.CreatedAt)
	wait := min(max(age, s.Policies.CheckRetryAfter), s.Policies.CheckRetryAtMost)
	const fifth = 5
	return wait - time.Duration(rand.Int64N(int64(wait)/fifth+1)) //nolint:gosec // nothing secret hangs on it
}

// lookUp is what the register says of a number, outside of any transaction; nil
// where it does not know it.
func (s *Service) lookUp(ctx context.Context, n domain.PayerNumber) (*domain.Payer, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	p, err := s.Register.Find(ctx, n)
	if errors.Is(err, apperr.New(apperr.NotFound)) {
		return nil, nil //nolint:nilnil // not to be there is an answer like any other
	}
	return &p, err
}

// settle lets an application go where the register's answer leads it. The
// payer's account is held first, as everywhere.
func (s *Service) settle(ctx context.Context, a domain.PayerApplication, p *domain.Payer) (wait time.Duration, err error) {
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		account, err := s.accountOf(ctx, p, a)
		if err != nil {
			return err
		}
		a, err = s.Applications.Update(ctx, a.ID, func(a *domain.PayerApplication) error {
			wait, err = s.judge(ctx, a, found{p, account})
			return err
		})
		return err
	})
	if errors.Is(err, apperr.New(apperr.InvalidTransition)) {
		return 0, nil // somebody else was quicker
	}
	return wait, err
}

// found is what is known of the payer of an application.
type found struct {
	payer *domain.Payer
	// account is the payer's; it has no id where the register does not know the
	// payer, or not with this INN.
	account domain.PayerAccount
}

// accountOf is the account of a payer, kept as the register has it and locked.
// Nobody else gets one by an application: who types numbers at random leaves no
// accounts behind.
func (s *Service) accountOf(
	ctx context.Context, p *domain.Payer, a domain.PayerApplication,
) (account domain.PayerAccount, err error) {
	if p == nil || p.INN != a.INN || p.State != domain.PayerActive {
		return account, nil
	}
	return s.ensure(ctx, *p, a.Locale)
}

// ensure is the account of a payer who exists, made where there is none, kept as
// the register has it, and locked.
func (s *Service) ensure(ctx context.Context, p domain.Payer, locale domain.Locale) (domain.PayerAccount, error) {
	if err := s.Payers.Release(ctx, p); err != nil {
		return domain.PayerAccount{}, err
	}
	base, fresh := domain.NewPayerAccount(p, locale, s.Clock.Now())
	account, err := s.Payers.Ensure(ctx, base, fresh)
	if err != nil {
		return account, err
	}
	if _, err := s.Accounts.Lock(ctx, account.AccountID); err != nil {
		return account, err
	}
	restored := false
	account, err = s.Payers.Update(ctx, account.AccountID, func(now *domain.PayerAccount) error {
		now.Unified, now.Name, now.Office, now.OnRecord = p.Unified, p.Name, p.Office, p.Email
		restored = now.Restore()
		return nil
	})
	if err != nil || !restored {
		return account, err
	}
	return account, s.recordCredential(ctx, account.AccountID, domain.CredentialRestore)
}

// judge moves an application by what is known of its payer.
func (s *Service) judge(ctx context.Context, a *domain.PayerApplication, f found) (time.Duration, error) {
	now := s.Clock.Now()
	waiting := a.Status == domain.ApplicationIdentified
	if err := a.Check(domain.ApplicationClose, now); err != nil {
		return 0, err
	}
	reason, goesOn := a.Judge(f.payer, f.account.Connected())
	if reason != domain.ReasonApplied {
		a.Reason = reason
	}
	if waiting && goesOn {
		return s.prepare(ctx, a, f)
	}
	// Another way for the code is no other application.
	if a.AccountID == uuid.Nil || !goesOn {
		if err := s.tellPayer(ctx, *a, f, reason); err != nil {
			return 0, err
		}
	}
	a.AccountID = f.account.AccountID
	if !goesOn {
		return 0, s.move(ctx, a, domain.ApplicationClose, domain.MessagePayerNotIdentified)
	}
	return s.byMethod(ctx, a, f)
}

// byMethod lets an application whose payer is identified take the way that was
// chosen, if it is open to the payer.
func (s *Service) byMethod(ctx context.Context, a *domain.PayerApplication, f found) (time.Duration, error) {
	switch a.Method {
	case domain.DeliverInPerson:
		return 0, s.move(ctx, a, domain.ApplicationInvite, "")
	case domain.DeliverByEDO:
		today, err := s.today(ctx, *a)
		if err != nil {
			return 0, err
		}
		if !f.payer.Agreement.InForce(today) {
			return 0, s.move(ctx, a, domain.ApplicationRequireMethod, domain.MessagePayerMethod)
		}
	case domain.DeliverByMail:
	}
	if err := s.move(ctx, a, domain.ApplicationIdentify, ""); err != nil {
		return 0, err
	}
	return s.prepare(ctx, a, f)
}

// today is the day that it is in the region of an application's payer.
func (s *Service) today(ctx context.Context, a domain.PayerApplication) (today ident.Date, err error) {
	office, err := s.officeOf(ctx, a)
	if err != nil {
		return today, err
	}
	zone, err := s.zone(office)
	if err != nil {
		return today, err
	}
	return calendar.DateIn(s.Clock.Now(), zone), nil
}

// move lets an event happen to an application that is held, records it, and tells
// the applicant where there is something to tell.
func (s *Service) move(
	ctx context.Context, a *domain.PayerApplication, on domain.PayerApplicationEvent, tell domain.MessageKind,
) error {
	if err := a.Move(on, s.Clock.Now()); err != nil {
		return err
	}
	if err := s.record(ctx, *a, on, domain.Caller{}); err != nil || tell == "" {
		return err
	}
	return s.Journal.Enqueue(ctx, s.toApplicant(*a, tell))
}

// tellPayer tells the payer, on the address on record, that somebody applied and
// what came of it. That address alone is told all of it (M26).
func (s *Service) tellPayer(
	ctx context.Context, a domain.PayerApplication, f found, reason domain.ApplicationReason,
) error {
	if f.payer == nil || f.payer.Email.IsZero() || reason == domain.ReasonApplied && f.payer.Email.Key() == a.Email.Key() {
		return nil
	}
	m := s.toApplicant(a, domain.MessagePayerAttempt)
	m.To, m.Reason = f.payer.Email, string(reason)
	return s.Journal.Enqueue(ctx, m)
}

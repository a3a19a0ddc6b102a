package verification

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// Hold puts the current case of an account on hold, because another account has
// confirmed the same SNILS. A case that has not passed is left alone: it is held
// when its checks pass. Repeating it changes nothing.
func (s *Service) Hold(ctx context.Context, account uuid.UUID) error {
	return s.hold(ctx, account, func(context.Context, *domain.Account) (bool, error) { return true, nil })
}

// HoldLocked is [Service.Hold] in the transaction of a caller who holds the
// account.
func (s *Service) HoldLocked(ctx context.Context, a *domain.Account) error {
	c, err := s.Cases.Current(ctx, a.ID)
	if errors.Is(err, apperr.New(apperr.NotFound)) {
		return nil
	}
	if err != nil || c.Status != domain.VerificationPassed {
		return err
	}
	held := false
	c, err = s.Cases.Update(ctx, c.ID, func(c *domain.VerificationCase) error {
		held = c.Status == domain.VerificationPassed
		if !held {
			return nil
		}
		return c.Hold()
	})
	if err != nil || !held {
		return err
	}
	return s.follow(ctx, a, moved{c: c, on: moves(domain.VerificationHold)})
}

// Settle puts everybody on hold who passed the checks with the SNILS that an
// account has confirmed. Whoever changed the data meanwhile is left alone.
func (s *Service) Settle(ctx context.Context, j domain.SettleSNILS) error {
	data, err := s.PersonalData.Get(ctx, j.AccountID)
	if err != nil {
		return err
	}
	snils := data.Subject.SNILS
	others, err := s.Claims.Others(ctx, snils, j.AccountID)
	if err != nil {
		return err
	}
	for _, other := range others {
		if err := s.hold(ctx, other, s.still(j.AccountID, snils)); err != nil {
			return err
		}
	}
	return nil
}

// still tells whether an account has the SNILS of another one that holds it.
func (s *Service) still(holder uuid.UUID, snils ident.SNILS) func(context.Context, *domain.Account) (bool, error) {
	return func(ctx context.Context, a *domain.Account) (bool, error) {
		now, err := s.Claims.Holder(ctx, snils)
		if err != nil || now != holder {
			return false, err
		}
		data, err := s.PersonalData.Get(ctx, a.ID)
		return data.Subject.SNILS == snils, err
	}
}

// hold works while the account is locked, where the condition holds.
func (s *Service) hold(
	ctx context.Context, account uuid.UUID, condition func(context.Context, *domain.Account) (bool, error),
) error {
	return s.Tx.InTx(ctx, func(ctx context.Context) error {
		_, err := s.Accounts.Update(ctx, account, func(a *domain.Account) error {
			ok, err := condition(ctx, a)
			if err != nil || !ok {
				return err
			}
			return s.HoldLocked(ctx, a)
		})
		return err
	})
}

// contest is what a SNILS that is confirmed elsewhere means for an account: what
// it had proven is worth nothing until an operator has decided.
func (s *Service) contest(ctx context.Context, a *domain.Account, c domain.VerificationCase) error {
	if err := s.alert(ctx, c); err != nil {
		return err
	}
	if _, err := s.Confirmations.Void(ctx, a.ID, domain.Caller{}); err != nil {
		return err
	}
	if a.Level == domain.LevelSimplified {
		return nil
	}
	if err := a.LoseSNILS(); err != nil {
		return err
	}
	return s.record(ctx, "account."+string(domain.LevelLoseSNILS), a.ID, a.ID)
}

// alert calls for operators, once a day for each account that contests a SNILS:
// the case is on their list all the same, and whoever sends other data every
// minute must not drown the alarms of others.
func (s *Service) alert(ctx context.Context, c domain.VerificationCase) error {
	first, err := s.firstToday(ctx, domain.SNILSAlarmsLimit(), c.AccountID)
	if err != nil || !first {
		return err
	}
	return s.raise(ctx, domain.AlarmSNILSConflict, c)
}

// firstToday counts what happens to an account, and tells whether that is the
// first in a day.
func (s *Service) firstToday(ctx context.Context, l domain.Limit, account uuid.UUID) (bool, error) {
	_, err := s.Limits.Take(ctx, l, account.String(), s.Clock.Now())
	if errors.Is(err, apperr.New(apperr.RateLimited)) {
		return false, nil
	}
	return err == nil, err
}

// warn tells the holder of a SNILS that somebody else gave it, and nothing of
// who that is; once a day, however often it is given.
func (s *Service) warn(ctx context.Context, holder uuid.UUID) error {
	first, err := s.firstToday(ctx, domain.SNILSWarningsLimit(), holder)
	if err != nil || !first {
		return err
	}
	a, err := s.Accounts.Get(ctx, holder)
	if err != nil {
		return err
	}
	return s.tell(ctx, a, domain.MessageSNILSContested)
}

package verification

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// moves are the events that moved a case; those that are empty moved nothing.
func moves(events ...domain.VerificationEvent) (all []domain.VerificationEvent) {
	for _, on := range events {
		if on != "" {
			all = append(all, on)
		}
	}
	return all
}

// answered is a register's answer to the question of a job, and the SNILS that it
// was asked with.
type answered struct {
	run     domain.CheckRun
	outcome domain.CheckOutcome
	snils   ident.SNILS
}

// change is what happens to a case that is locked, as is its account. It returns
// the moves that this causes.
type change func(ctx context.Context, c *domain.VerificationCase) ([]domain.VerificationEvent, error)

// answer records a register's answer. Whether another account has confirmed the
// SNILS is looked up while the account is locked: what is confirmed later is
// settled by its own job, which waits for that lock.
func (s *Service) answer(ctx context.Context, c domain.VerificationCase, in answered) error {
	return s.step(ctx, c, func(ctx context.Context, c *domain.VerificationCase) ([]domain.VerificationEvent, error) {
		holder, err := s.Claims.Holder(ctx, in.snils)
		if err != nil {
			return nil, err
		}
		if holder == uuid.Nil || holder == c.AccountID {
			return moves(c.Answer(in.run, in.outcome, s.Clock.Now(), s.Policies.ChecksValid)), nil
		}
		on := c.AnswerContested(in.run, in.outcome, s.Clock.Now())
		if on == domain.VerificationHold {
			err = s.warn(ctx, holder)
		}
		return moves(on), err
	})
}

// step changes a case by what happened to one of its checks, with all that
// follows from it. The account is locked before the case, as in [Service.Submit].
func (s *Service) step(ctx context.Context, c domain.VerificationCase, fn change) error {
	return s.Tx.InTx(ctx, func(ctx context.Context) error {
		_, err := s.Accounts.Update(ctx, c.AccountID, func(a *domain.Account) error {
			if a.Status == domain.AccountSuspended {
				return apperr.New(apperr.InvalidTransition) // it was closed meanwhile
			}
			m := moved{}
			after, err := s.Cases.Update(ctx, c.ID, func(c *domain.VerificationCase) (err error) {
				m.told = c.DelayTold
				m.on, err = fn(ctx, c)
				c.DelayTold = m.told || slices.Contains(m.on, domain.VerificationWait)
				return err
			})
			if err != nil {
				return err
			}
			m.c = after
			return s.follow(ctx, a, m)
		})
		return err
	})
}

// moved is a case that came to another state.
type moved struct {
	c  domain.VerificationCase
	on []domain.VerificationEvent
	// told is whether the person knew before that a register is down.
	told bool
}

// follow does what the moves of a case cause: alarms, the account's level, the
// audit log and the messages.
func (s *Service) follow(ctx context.Context, a *domain.Account, m moved) error {
	for _, kind := range m.c.RegisterAlarms(s.Policies, s.Clock.Now()) {
		if err := s.raise(ctx, kind, m.c); err != nil {
			return err
		}
	}
	for _, on := range m.on {
		if err := s.record(ctx, "verification."+string(on), m.c.ID, a.ID); err != nil {
			return err
		}
		if err := s.affect(ctx, a, m.c, on); err != nil {
			return err
		}
		kind, tells := domain.VerificationMessage(on)
		if !tells || on == domain.VerificationWait && m.told {
			continue
		}
		if err := s.tell(ctx, *a, kind); err != nil {
			return err
		}
	}
	return nil
}

// affect does to the account what a move of its case causes.
func (s *Service) affect(
	ctx context.Context, a *domain.Account, c domain.VerificationCase, on domain.VerificationEvent,
) error {
	switch on { //nolint:exhaustive // all others leave the account as it is
	case domain.VerificationPass:
		if err := a.PassChecks(); err != nil {
			return err
		}
		return s.record(ctx, "account."+string(domain.LevelPassChecks), a.ID, a.ID)
	case domain.VerificationReject:
		if err := s.raise(ctx, domain.AlarmDeathRecorded, c); err != nil {
			return err
		}
		event := domain.NewAuditEvent("account."+string(domain.AccountRecordDeath), a.ID, domain.Caller{}, s.Clock.Now())
		return s.Freezer.Freeze(ctx, a, domain.AccountRecordDeath, event)
	case domain.VerificationHold:
		return s.contest(ctx, a, c)
	default:
		return nil
	}
}

func (s *Service) raise(ctx context.Context, kind domain.AlarmKind, c domain.VerificationCase) error {
	return s.Journal.Raise(ctx, domain.NewAlarm(kind, c.ID, c.AccountID, s.Clock.Now()))
}

// record adds what happened by itself to the audit log.
func (s *Service) record(ctx context.Context, action string, subject, account uuid.UUID) error {
	return s.Journal.Record(ctx, domain.NewAuditEvent(action, subject, domain.Caller{}, s.Clock.Now()).Of(account))
}

// tell writes to every proven contact of an account.
func (s *Service) tell(ctx context.Context, a domain.Account, kind domain.MessageKind) error {
	for _, m := range a.Notices(domain.Message{Kind: kind}, s.Clock.Now()) {
		if err := s.Journal.Enqueue(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

package verification

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"example.org/kabinet/internal/domain"
)

// patience is how long a register may take to say that it has a question, and
// whether it has the answer. It leaves time to record that it did not.
const patience = 20 * time.Second

// errNoAnswer is the failure of a register that could not check.
var errNoAnswer = errors.New("the register could not check")

// Run brings one check a step further: it puts the question, or asks for the
// answer. It returns how long to wait before the next step; zero when the check
// is over, or was over before. Repeating it changes nothing. An error together
// with a wait tells why the register could not be reached; an error alone is
// one of Kabinet, and the step is to be tried again.
func (s *Service) Run(ctx context.Context, run domain.CheckRun) (time.Duration, error) {
	c, err := s.Cases.Get(ctx, run.CaseID)
	if err != nil {
		return 0, err
	}
	check := c.Awaited(run)
	if check == nil {
		return 0, nil
	}
	if now := s.Clock.Now(); now.Before(check.RetryAt) {
		return check.RetryAt.Sub(now), nil
	}
	data, err := s.PersonalData.Get(ctx, c.AccountID)
	if err != nil || data.CaseID != c.ID {
		return 0, err // other data came in: the case is over
	}
	outcome, reference, err := s.consult(ctx, run.Request(data.Subject), check.Reference)
	if err == nil && outcome.Done {
		return 0, s.answer(ctx, c, run, outcome)
	}
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	if err == nil {
		wait := jittered(s.Policies.CheckPollWait(check.Polls))
		return wait, s.step(ctx, c, func(c *domain.VerificationCase) domain.VerificationEvent {
			return c.Taken(run, reference, s.Clock.Now().Add(wait))
		})
	}
	wait := jittered(s.Policies.CheckRetryWait(check.Failures))
	failed := s.step(ctx, c, func(c *domain.VerificationCase) domain.VerificationEvent {
		return c.Delay(run, s.Clock.Now().Add(wait))
	})
	if failed != nil {
		return 0, failed
	}
	return wait, err
}

// consult asks a register, outside of any transaction. The reference is empty
// while the register has not got the question.
func (s *Service) consult(
	ctx context.Context, question domain.CheckRequest, reference string,
) (outcome domain.CheckOutcome, taken string, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	register, ok := s.Registers[question.Kind]
	if !ok {
		return outcome, "", fmt.Errorf("there is no register for the check %s", question.Kind)
	}
	if reference == "" {
		if reference, err = register.Ask(ctx, question); err != nil {
			return outcome, "", err
		}
	}
	outcome, err = register.Poll(ctx, reference)
	switch {
	case err != nil:
	case outcome.Result == domain.CheckUnavailable:
		err = errNoAnswer
	case outcome.Result == domain.CheckPending:
		outcome.Done = false
	}
	return outcome, reference, err
}

// answer records a register's answer.
func (s *Service) answer(
	ctx context.Context, c domain.VerificationCase, run domain.CheckRun, outcome domain.CheckOutcome,
) error {
	return s.step(ctx, c, func(c *domain.VerificationCase) domain.VerificationEvent {
		return c.Answer(run, outcome, s.Clock.Now(), s.Policies.ChecksValid)
	})
}

// step changes a case by what happened to one of its checks, with all that
// follows from it. The account is locked before the case, as in [Service.Submit].
func (s *Service) step(
	ctx context.Context, c domain.VerificationCase, change func(*domain.VerificationCase) domain.VerificationEvent,
) error {
	return s.Tx.InTx(ctx, func(ctx context.Context) error {
		_, err := s.Accounts.Update(ctx, c.AccountID, func(a *domain.Account) error {
			var on domain.VerificationEvent
			news := true
			_, err := s.Cases.Update(ctx, c.ID, func(c *domain.VerificationCase) error {
				if on = change(c); on == domain.VerificationWait {
					news, c.DelayTold = !c.DelayTold, true
				}
				return nil
			})
			if err != nil || on == "" {
				return err
			}
			return s.follow(ctx, a, moved{c, on, news})
		})
		return err
	})
}

// moved is a case that came to another state.
type moved struct {
	c    domain.VerificationCase
	on   domain.VerificationEvent
	news bool // the person does not know yet
}

// follow does what a move of a case causes: the account's level, the audit log
// and the messages.
func (s *Service) follow(ctx context.Context, a *domain.Account, m moved) error {
	now := s.Clock.Now()
	event := domain.NewAuditEvent("verification."+string(m.on), m.c.ID, domain.Caller{}, now)
	if err := s.Journal.Record(ctx, event.Of(a.ID)); err != nil {
		return err
	}
	if m.on == domain.VerificationPass {
		if err := a.PassChecks(); err != nil {
			return err
		}
		event := domain.NewAuditEvent("account."+string(domain.LevelPassChecks), a.ID, domain.Caller{}, now)
		if err := s.Journal.Record(ctx, event.Of(a.ID)); err != nil {
			return err
		}
	}
	kind, told := domain.VerificationMessage(m.on)
	if !told || !m.news {
		return nil
	}
	return s.tell(ctx, *a, kind)
}

// tell writes to every contact of an account.
func (s *Service) tell(ctx context.Context, a domain.Account, kind domain.MessageKind) error {
	for _, contact := range a.Contacts {
		err := s.Journal.Enqueue(ctx, domain.Message{
			ID: domain.NewID(), Kind: kind, Status: domain.MessageQueued,
			To: contact.Value, Locale: a.Locale, CreatedAt: s.Clock.Now(),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// jittered is a wait made up to a fifth shorter, so that those who met the same
// failure do not come back all at once.
func jittered(wait time.Duration) time.Duration {
	const fifth = 5
	return wait - time.Duration(rand.Int64N(int64(wait)/fifth+1)) //nolint:gosec // nothing secret hangs on it
}

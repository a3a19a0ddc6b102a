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
	a, err := s.Accounts.Get(ctx, c.AccountID)
	if err != nil {
		return 0, err
	}
	if a.Status != domain.AccountActive {
		return s.Policies.CheckRetryAtMost, nil // nothing happens to an account that is closed
	}
	data, err := s.PersonalData.Get(ctx, c.AccountID)
	if err != nil || data.CaseID != c.ID {
		return 0, err // other data came in: the case is over
	}
	return s.turnTo(ctx, c, run, data.Subject)
}

// turnTo turns to the register of a check that has no result yet.
func (s *Service) turnTo(
	ctx context.Context, c domain.VerificationCase, run domain.CheckRun, subject domain.CheckSubject,
) (time.Duration, error) {
	check := c.Awaited(run)
	outcome, reference, err := s.consult(ctx, run.Request(subject), check.Reference)
	if err == nil && outcome.Done {
		return 0, s.answer(ctx, c, answered{run, outcome, subject.SNILS})
	}
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	if err == nil && s.tooSlow(*check) {
		err = errNoAnswer
	}
	if err != nil {
		return s.delay(ctx, c, run, err)
	}
	wait := jittered(s.Policies.CheckPollWait(check.Polls))
	return wait, s.step(ctx, c, func(_ context.Context, c *domain.VerificationCase) ([]domain.VerificationEvent, error) {
		return moves(c.Taken(run, reference, s.Clock.Now().Add(wait))), nil
	})
}

// tooSlow tells whether a register has been at work for so long that it counts
// as one that cannot be reached.
func (s *Service) tooSlow(c domain.Check) bool {
	return time.Duration(c.Polls)*s.Policies.CheckPollAtMost >= s.Policies.RegisterAlarmAfter
}

// delay records that a register could not be reached, and why. Where that has
// gone on for too long, an operator decides in its place.
func (s *Service) delay(
	ctx context.Context, c domain.VerificationCase, run domain.CheckRun, cause error,
) (time.Duration, error) {
	now, check := s.Clock.Now(), c.Awaited(run)
	retryAt := s.Policies.RetryAt(*check, now, jittered(s.Policies.CheckRetryWait(check.Failures)))
	escalated := false
	err := s.step(ctx, c, func(_ context.Context, c *domain.VerificationCase) ([]domain.VerificationEvent, error) {
		waits, review := c.Delay(run, now, retryAt), c.Escalate(s.Policies, now)
		escalated = review != ""
		return moves(waits, review), nil
	})
	switch {
	case err != nil:
		return 0, err
	case escalated:
		return 0, nil
	default:
		return retryAt.Sub(now), cause
	}
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

// jittered is a wait made up to a fifth shorter, so that those who met the same
// failure do not come back all at once.
func jittered(wait time.Duration) time.Duration {
	const fifth = 5
	return wait - time.Duration(rand.Int64N(int64(wait)/fifth+1)) //nolint:gosec // nothing secret hangs on it
}

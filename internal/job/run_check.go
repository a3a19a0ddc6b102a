package job

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/riverqueue/river"

	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/domain"
)

// Checks is the use cases of verification.
type Checks interface {
	// Run brings a check a step further; a wait says that there is another step.
	Run(ctx context.Context, run domain.CheckRun) (wait time.Duration, err error)
}

// RunCheck brings one check of a verification case to its end.
type RunCheck struct {
	river.WorkerDefaults[domain.CheckRun]

	service Checks
	clock   clock.Clock
	log     *slog.Logger
	most    time.Duration
}

// RunCheckParts is what a [RunCheck] is made of.
type RunCheckParts struct {
	Service Checks
	Clock   clock.Clock
	Log     *slog.Logger
	// LongestPause bounds the time between two looks at a check, for a program
	// whose clock can be moved while the queue's cannot; zero for no bound.
	LongestPause time.Duration
}

// NewRunCheck returns the worker.
func NewRunCheck(p RunCheckParts) *RunCheck {
	return &RunCheck{service: p.Service, clock: p.Clock, log: p.Log, most: p.LongestPause}
}

// errNotChecked is all that the queue is told of a failure: its table is not
// encrypted.
var errNotChecked = errors.New("check not brought further")

// Work implements [river.Worker].
func (w *RunCheck) Work(ctx context.Context, job *river.Job[domain.CheckRun]) error {
	wait, err := w.service.Run(ctx, job.Args)
	if err != nil {
		w.log.WarnContext(ctx, "check not brought further", "case_id", job.Args.CaseID, "check", job.Args.Check,
			"attempt", job.Args.Attempt, "wait", wait, "error", err)
	}
	switch {
	case wait > 0 && w.most > 0:
		return river.JobSnooze(min(wait, w.most))
	case wait > 0:
		return river.JobSnooze(wait)
	case err != nil:
		return errNotChecked
	default:
		return nil
	}
}

// lastCheckRetry is the longest wait after a failure of Kabinet.
const lastCheckRetry = 5 * time.Minute

// NextRetry implements [river.Worker]. It is for failures of Kabinet; how long
// to wait for a register is the service's business.
func (w *RunCheck) NextRetry(job *river.Job[domain.CheckRun]) time.Time {
	return w.clock.Now().Add(waitAfter(len(job.Errors), lastCheckRetry))
}

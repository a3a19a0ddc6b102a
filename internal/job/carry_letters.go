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

// LetterCarriage is the use case of print batches on their way.
type LetterCarriage interface {
	// Carry does the next step; a wait says that there is another one, at once if
	// there is no error.
	Carry(ctx context.Context, j domain.CarryLetters) (wait time.Duration, err error)
}

// CarryLettersParts is what a [CarryLetters] is made of.
type CarryLettersParts struct {
	Service LetterCarriage
	Clock   clock.Clock
	Log     *slog.Logger
	// LongestPause bounds the time between two tries, for a program whose clock can be
	// moved while the queue's cannot; zero for no bound.
	LongestPause time.Duration
}

// CarryLetters brings a print batch a step further.
type CarryLetters struct {
	river.WorkerDefaults[domain.CarryLetters]
	CarryLettersParts
}

// NewCarryLetters returns the worker.
func NewCarryLetters(p CarryLettersParts) *CarryLetters { return &CarryLetters{CarryLettersParts: p} }

// errLettersNotCarried is all that the queue is told of a failure.
var errLettersNotCarried = errors.New("letters not carried")

// Work implements [river.Worker].
func (w *CarryLetters) Work(ctx context.Context, job *river.Job[domain.CarryLetters]) error {
	wait, err := w.carry(ctx, job.Args)
	if err != nil {
		w.Log.WarnContext(ctx, "letters not carried", "batch_id", job.Args.BatchID, "wait", wait, "error", err)
	}
	switch {
	case wait > 0 && w.LongestPause > 0:
		return river.JobSnooze(min(wait, w.LongestPause))
	case wait > 0:
		return river.JobSnooze(wait)
	case errors.Is(err, domain.ErrUndeliverable):
		return river.JobCancel(errLettersNotCarried)
	case err != nil:
		return errLettersNotCarried
	default:
		return nil
	}
}

// atAStretch is how long one job goes on with further steps. The last one has to end
// before the job's time is over.
const atAStretch = 4 * time.Second

// carry takes step after step for a while.
func (w *CarryLetters) carry(ctx context.Context, j domain.CarryLetters) (wait time.Duration, err error) {
	started := w.Clock.Now()
	for {
		wait, err = w.Service.Carry(ctx, j)
		if err != nil || wait == 0 || w.Clock.Now().Sub(started) > atAStretch {
			return wait, err
		}
	}
}

// carryTimeout is how long one job may take; less than after what a job whose process
// died is given to another.
const carryTimeout = 50 * time.Second

// Timeout implements [river.Worker].
func (w *CarryLetters) Timeout(*river.Job[domain.CarryLetters]) time.Duration { return carryTimeout }

// NextRetry implements [river.Worker]. It is for failures of Kabinet; how long to wait
// for a printing house is the service's business.
func (w *CarryLetters) NextRetry(job *river.Job[domain.CarryLetters]) time.Time {
	return w.Clock.Now().Add(waitAfter(len(job.Errors), lastSweepRetry))
}

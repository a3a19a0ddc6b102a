package job

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/domain"
)

// Letters is the use case of letters that time alone brings about.
type Letters interface {
	Sweep(ctx context.Context) error
}

// SweepLetters looks through the letters.
type SweepLetters struct {
	river.WorkerDefaults[domain.SweepLetters]

	service Letters
	clock   clock.Clock
	log     *slog.Logger
	pause   time.Duration
}

// SweepLettersParts is what a [SweepLetters] is made of.
type SweepLettersParts struct {
	Service Letters
	Clock   clock.Clock
	Log     *slog.Logger
	// Pause makes one job look again and again, so long after the last time, for
	// a program whose clock can be moved while the queue's cannot; zero for one
	// look a job.
	Pause time.Duration
}

// NewSweepLetters returns the worker.
func NewSweepLetters(p SweepLettersParts) *SweepLetters {
	return &SweepLetters{service: p.Service, clock: p.Clock, log: p.Log, pause: p.Pause}
}

// errNotSwept is all that the queue is told of a failure.
var errNotSwept = errors.New("letters not swept")

// Work implements [river.Worker].
func (w *SweepLetters) Work(ctx context.Context, _ *river.Job[domain.SweepLetters]) error {
	err := w.service.Sweep(ctx)
	if err != nil {
		w.log.WarnContext(ctx, "letters not swept", "error", err)
	}
	switch {
	case w.pause > 0:
		return river.JobSnooze(w.pause)
	case err != nil:
		return errNotSwept
	default:
		return nil
	}
}

// lastSweepRetry is the longest wait after a failure.
const lastSweepRetry = time.Minute

// NextRetry implements [river.Worker].
func (w *SweepLetters) NextRetry(job *river.Job[domain.SweepLetters]) time.Time {
	return w.clock.Now().Add(waitAfter(len(job.Errors), lastSweepRetry))
}

// Sweeping is a look as it comes round: at the start and then ever so often, one of
// a kind at a time among all processes.
func Sweeping(look river.JobArgs, every time.Duration) *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(every), func() (river.JobArgs, *river.InsertOpts) {
		return look, &river.InsertOpts{
			Queue: string(domain.QueueSweeps), UniqueOpts: river.UniqueOpts{ByState: waiting()},
		}
	}, &river.PeriodicJobOpts{RunOnStart: true})
}

// waiting is the states of a job that is to be done or being done.
func waiting() []rivertype.JobState {
	return []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
		rivertype.JobStateRunning, rivertype.JobStateScheduled,
	}
}

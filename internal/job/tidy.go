package job

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/riverqueue/river"

	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/domain"
)

// Housekeeping is the use case of destroying what has served its purpose.
type Housekeeping interface {
	// Tidy also tells what it has destroyed before it failed.
	Tidy(ctx context.Context) (domain.Tidied, error)
}

// TidyParts is what a [Tidy] is made of.
type TidyParts struct {
	Service Housekeeping
	Clock   clock.Clock
	Log     *slog.Logger
	// Count is told how many rows of a table are gone.
	Count func(table string, rows int)
	// Pause makes one job tidy again and again, so long after the last time, for
	// a program whose clock can be moved while the queue's cannot; zero for once a
	// job.
	Pause time.Duration
}

// Tidy destroys what has served its purpose.
type Tidy struct {
	river.WorkerDefaults[domain.Tidy]
	TidyParts
}

// errNotTidied is all that the queue is told of a failure.
var errNotTidied = errors.New("not tidied")

// moreAfter is the pause before what one go has left.
const moreAfter = time.Second

// Work implements [river.Worker].
func (w *Tidy) Work(ctx context.Context, _ *river.Job[domain.Tidy]) error {
	done, err := w.Service.Tidy(ctx)
	w.report(ctx, done)
	if err != nil {
		w.Log.WarnContext(ctx, "not tidied", "error", err)
	}
	switch {
	case w.Pause > 0:
		return river.JobSnooze(w.Pause)
	case err != nil:
		return errNotTidied
	case done.More:
		return river.JobSnooze(moreAfter)
	default:
		return nil
	}
}

// report counts what is gone, and logs it. Who tidies again and again says nothing
// of nothing.
func (w *Tidy) report(ctx context.Context, done domain.Tidied) {
	all, counts := 0, []any{}
	for _, table := range slices.Sorted(maps.Keys(done.Rows)) {
		w.Count(table, done.Rows[table])
		all, counts = all+done.Rows[table], append(counts, table, done.Rows[table])
	}
	if all > 0 || w.Pause == 0 {
		w.Log.InfoContext(ctx, "tidied", counts...)
	}
}

// NextRetry implements [river.Worker].
func (w *Tidy) NextRetry(job *river.Job[domain.Tidy]) time.Time {
	return w.Clock.Now().Add(waitAfter(len(job.Errors), lastSweepRetry))
}

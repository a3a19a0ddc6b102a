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

// Receipts is the use case of what time alone brings about for messages.
type Receipts interface {
	Sweep(ctx context.Context) error
}

// SweepMessages asks for receipts, and forgets messages that failed long ago.
type SweepMessages struct {
	river.WorkerDefaults[domain.SweepMessages]

	Service Receipts
	Clock   clock.Clock
	Log     *slog.Logger
}

// errMessagesNotSwept is all that the queue is told of a failure.
var errMessagesNotSwept = errors.New("messages not swept")

// Work implements [river.Worker].
func (w *SweepMessages) Work(ctx context.Context, _ *river.Job[domain.SweepMessages]) error {
	if err := w.Service.Sweep(ctx); err != nil {
		w.Log.WarnContext(ctx, "messages not swept", "error", err)
		return errMessagesNotSwept
	}
	return nil
}

// NextRetry implements [river.Worker].
func (w *SweepMessages) NextRetry(job *river.Job[domain.SweepMessages]) time.Time {
	return w.Clock.Now().Add(waitAfter(len(job.Errors), lastSweepRetry))
}

package job

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/riverqueue/river"

	"example.org/kabinet/internal/domain"
)

// LetterTracking is the use case of asking the post where letters are.
type LetterTracking interface {
	Track(ctx context.Context) error
}

// TrackLettersParts is what a [TrackLetters] is made of.
type TrackLettersParts struct {
	Service LetterTracking
	Log     *slog.Logger
	// Pause makes one job ask again and again, so long after the last time, for a
	// program whose clock can be moved while the queue's cannot; zero for once a job.
	Pause time.Duration
}

// TrackLetters asks the post where some of the letters are.
type TrackLetters struct {
	river.WorkerDefaults[domain.TrackLetters]
	TrackLettersParts
}

// NewTrackLetters returns the worker.
func NewTrackLetters(p TrackLettersParts) *TrackLetters { return &TrackLetters{TrackLettersParts: p} }

// errNotTracked is all that the queue is told of a failure.
var errNotTracked = errors.New("letters not tracked")

// Work implements [river.Worker]. A failure waits for the next time that it comes
// round: the post is asked gently.
func (w *TrackLetters) Work(ctx context.Context, _ *river.Job[domain.TrackLetters]) error {
	err := w.Service.Track(ctx)
	if err != nil {
		w.Log.WarnContext(ctx, "letters not tracked", "error", err)
	}
	switch {
	case w.Pause > 0:
		return river.JobSnooze(w.Pause)
	case err != nil:
		return river.JobCancel(errNotTracked)
	default:
		return nil
	}
}

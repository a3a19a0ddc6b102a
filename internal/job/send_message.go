// Package job holds the work that waits in the queue. A job is a handler whose
// caller is the queue: it calls one service and holds no rule.
package job

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/domain"
)

// Notifications is the use cases of notification.
type Notifications interface {
	Send(ctx context.Context, message uuid.UUID, last bool) error
}

// SendMessage sends one message.
type SendMessage struct {
	river.WorkerDefaults[domain.SendMessage]

	service Notifications
	clock   clock.Clock
	log     *slog.Logger
}

// NewSendMessage returns the worker.
func NewSendMessage(s Notifications, c clock.Clock, log *slog.Logger) *SendMessage {
	return &SendMessage{service: s, clock: c, log: log}
}

// errNotSent is all that the queue is told of a failure: its table is not
// encrypted, and what a channel says may name an address.
var errNotSent = errors.New("message not sent")

// nobodyAsked is the pause after a try in which no provider was asked: it is no
// failure, and does not count as one.
const nobodyAsked = 10 * time.Second

// Work implements [river.Worker].
func (w *SendMessage) Work(ctx context.Context, job *river.Job[domain.SendMessage]) error {
	last := job.Attempt >= job.MaxAttempts
	err := w.service.Send(ctx, job.Args.MessageID, last)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, domain.ErrNoProvider), errors.Is(err, domain.ErrMessageBusy):
		w.log.DebugContext(ctx, "message waits", "message_id", job.Args.MessageID, "error", err)
		return river.JobSnooze(nobodyAsked)
	}
	w.log.WarnContext(ctx, "message not sent",
		"message_id", job.Args.MessageID, "attempt", job.Attempt, "last", last, "error", err)
	if errors.Is(err, domain.ErrUndeliverable) {
		return river.JobCancel(errNotSent)
	}
	return errNotSent
}

// The waits between tries double from the first up to these: somebody waits
// for a code, and it expires; a notice may outlast an outage of days.
const (
	firstRetry      = time.Second
	lastCodeRetry   = 30 * time.Second
	lastNoticeRetry = time.Hour
)

// NextRetry implements [river.Worker].
func (w *SendMessage) NextRetry(job *river.Job[domain.SendMessage]) time.Time {
	most := lastCodeRetry
	if job.Queue == string(domain.QueueNotices) {
		most = lastNoticeRetry
	}
	return w.clock.Now().Add(waitAfter(len(job.Errors), most))
}

// waitAfter is the wait after so many failures.
func waitAfter(failures int, most time.Duration) time.Duration {
	wait := firstRetry
	for range failures {
		wait = min(2*wait, most)
	}
	return wait
}

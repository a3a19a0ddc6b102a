package job_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/job"
)

// notifications answers err and notes what it was asked.
type notifications struct {
	err  error
	id   uuid.UUID
	last bool
}

func (n *notifications) Send(_ context.Context, id uuid.UUID, last bool) error {
	n.id, n.last = id, last
	return n.err
}

func (*notifications) Now() time.Time { return time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC) }

func work(t *testing.T, n *notifications, attempt int) (string, error) {
	t.Helper()
	var log bytes.Buffer
	worker := job.NewSendMessage(n, n, slog.New(slog.NewJSONHandler(&log, nil)))
	err := worker.Work(t.Context(), &river.Job[domain.SendMessage]{
		JobRow: &rivertype.JobRow{Attempt: attempt, MaxAttempts: 25},
		Args:   domain.SendMessage{MessageID: domain.NewID()},
	})
	return log.String(), err
}

func TestWork(t *testing.T) {
	t.Parallel()
	n := &notifications{}
	log, err := work(t, n, 1)
	require.NoError(t, err)
	require.Empty(t, log)
	require.False(t, n.last)
	require.NotEqual(t, uuid.Nil, n.id)

	_, _ = work(t, n, 25)
	require.True(t, n.last)
}

// What a channel says goes to the log and not into the queue's table, which is
// not encrypted (M27).
func TestFailureTellsTheQueueNothing(t *testing.T) {
	t.Parallel()
	log, err := work(t, &notifications{err: errors.New("451 try later")}, 3)
	require.EqualError(t, err, "message not sent")
	require.Contains(t, log, `"attempt":3`)
	require.Contains(t, log, "451 try later")
	require.NotErrorIs(t, err, river.JobCancel(nil))
}

// A try in which nobody was asked is no failure: it makes no later try wait longer,
// and does not fill the log.
func TestNobodyWasAsked(t *testing.T) {
	t.Parallel()
	for _, waits := range []error{domain.ErrNoProvider, domain.ErrMessageBusy} {
		log, err := work(t, &notifications{err: fmt.Errorf("now: %w", waits)}, 25)
		require.ErrorIs(t, err, river.JobSnooze(10*time.Second))
		require.Empty(t, log)
	}
}

func TestFinalFailureIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	_, err := work(t, &notifications{err: domain.ErrUndeliverable}, 1)
	require.ErrorIs(t, err, river.JobCancel(nil))
}

func TestNextRetryDoubles(t *testing.T) {
	t.Parallel()
	n := &notifications{}
	worker := job.NewSendMessage(n, n, slog.New(slog.DiscardHandler))
	for queue, waits := range map[domain.Queue]map[int]int{
		domain.QueueCodesSMS:   {0: 1, 1: 2, 2: 4, 3: 8, 4: 16, 5: 30, 99: 30},
		domain.QueueCodesEmail: {0: 1, 5: 30},
		domain.QueueNotices:    {0: 1, 4: 16, 11: 2048, 12: 3600, 99: 3600},
	} {
		for tries, want := range waits {
			row := &rivertype.JobRow{Queue: string(queue), Errors: make([]rivertype.AttemptError, tries)}
			got := worker.NextRetry(&river.Job[domain.SendMessage]{JobRow: row})
			require.Equal(t, time.Duration(want)*time.Second, got.Sub(n.Now()), "%s after %d failures", queue, tries)
		}
	}
}

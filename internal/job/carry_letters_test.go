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

// carriage has so many steps, each of which takes a while.
type carriage struct {
	steps int
	takes time.Duration
	wait  time.Duration
	err   error

	done int
	now  time.Time
	job  domain.CarryLetters
}

func (c *carriage) Now() time.Time { return c.now }

func (c *carriage) Carry(_ context.Context, j domain.CarryLetters) (time.Duration, error) {
	c.job = j
	c.now = c.now.Add(c.takes)
	if c.done == c.steps {
		return c.wait, c.err
	}
	c.done++
	return time.Millisecond, nil
}

func TestCarryLetters(t *testing.T) {
	t.Parallel()
	down := errors.New("status 503")
	for name, tc := range map[string]struct {
		carriage
		most   time.Duration
		done   int
		snooze time.Duration
		cancel bool
		fails  bool
	}{
		"to the end":           {carriage: carriage{steps: 5, takes: time.Second / 2}, done: 5},
		"as far as time goes":  {carriage: carriage{steps: 5, takes: 3 * time.Second}, done: 2, snooze: time.Millisecond},
		"waits":                {carriage: carriage{steps: 1, wait: time.Minute, err: down}, done: 1, snooze: time.Minute},
		"waits in the sandbox": {carriage: carriage{wait: time.Minute, err: down}, most: time.Second, snooze: time.Second},
		"is given up":          {carriage: carriage{err: fmt.Errorf("x: %w", domain.ErrUndeliverable)}, cancel: true},
		"fails":                {carriage: carriage{err: down}, fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			c := &tc.carriage
			worker := job.NewCarryLetters(job.CarryLettersParts{
				Service: c, Clock: c, Log: slog.New(slog.NewJSONHandler(&log, nil)), LongestPause: tc.most,
			})
			args := domain.CarryLetters{BatchID: uuid.New(), Run: 2}
			err := worker.Work(t.Context(), &river.Job[domain.CarryLetters]{JobRow: &rivertype.JobRow{}, Args: args})
			require.Equal(t, []any{tc.done, args}, []any{c.done, c.job})
			require.Equal(t, tc.err != nil, log.Len() > 0)
			var snoozed *rivertype.JobSnoozeError
			var cancelled *rivertype.JobCancelError
			require.Equal(t, tc.snooze > 0, errors.As(err, &snoozed))
			require.Equal(t, tc.cancel, errors.As(err, &cancelled))
			if tc.snooze > 0 {
				require.Equal(t, tc.snooze, snoozed.Duration)
			}
			if tc.fails {
				require.EqualError(t, err, "letters not carried")
			}
		})
	}
}

func TestACarriageIsTriedAgainSoon(t *testing.T) {
	t.Parallel()
	c := &carriage{}
	worker := job.NewCarryLetters(job.CarryLettersParts{Clock: c})
	got := worker.NextRetry(&river.Job[domain.CarryLetters]{JobRow: &rivertype.JobRow{Errors: make([]rivertype.AttemptError, 3)}})
	require.Equal(t, 8*time.Second, got.Sub(c.Now()))
}

// tracks answers err.
type tracks struct{ err error }

func (t tracks) Track(context.Context) error { return t.err }

// A failure is not tried again before its time comes round.
func TestTrackLetters(t *testing.T) {
	t.Parallel()
	down := errors.New("status 503")
	for _, tc := range []struct {
		pause time.Duration
		err   error
	}{{}, {err: down}, {pause: time.Second}, {pause: time.Second, err: down}} {
		var log bytes.Buffer
		worker := job.NewTrackLetters(job.TrackLettersParts{
			Service: tracks{tc.err}, Log: slog.New(slog.NewJSONHandler(&log, nil)), Pause: tc.pause,
		})
		err := worker.Work(t.Context(), &river.Job[domain.TrackLetters]{JobRow: &rivertype.JobRow{}})
		require.Equal(t, tc.err != nil, log.Len() > 0)
		var snoozed *rivertype.JobSnoozeError
		var cancelled *rivertype.JobCancelError
		require.Equal(t, tc.pause > 0, errors.As(err, &snoozed))
		require.Equal(t, tc.pause == 0 && tc.err != nil, errors.As(err, &cancelled))
		require.Equal(t, tc.pause == 0 && tc.err == nil, err == nil)
	}
}

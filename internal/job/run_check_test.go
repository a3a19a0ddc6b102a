package job_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/job"
)

// checks answers what it is told to.
type checks struct {
	wait time.Duration
	err  error
	run  domain.CheckRun
}

func (c *checks) Run(_ context.Context, run domain.CheckRun) (time.Duration, error) {
	c.run = run
	return c.wait, c.err
}

func TestRunCheck(t *testing.T) {
	t.Parallel()
	down := errors.New("connection refused")
	for name, tc := range map[string]struct {
		wait, most time.Duration
		err        error
		snooze     time.Duration
		fails, log bool
	}{
		"over":                       {},
		"another step":               {wait: time.Minute, snooze: time.Minute},
		"a clock that can be moved":  {wait: time.Hour, most: time.Second, snooze: time.Second},
		"sooner than that":           {wait: time.Millisecond, most: time.Second, snooze: time.Millisecond},
		"the register is down":       {wait: time.Hour, err: down, snooze: time.Hour, log: true},
		"Kabinet itself is in a fix": {err: down, fails: true, log: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			c := &checks{wait: tc.wait, err: tc.err}
			worker := job.NewRunCheck(job.RunCheckParts{
				Service: c, Clock: &notifications{}, Log: slog.New(slog.NewJSONHandler(&log, nil)), LongestPause: tc.most,
			})
			run := domain.CheckRun{CaseID: domain.NewID(), Check: domain.CheckSNILS, Attempt: 2}
			err := worker.Work(t.Context(), &river.Job[domain.CheckRun]{JobRow: &rivertype.JobRow{}, Args: run})
			require.Equal(t, run, c.run)
			require.Equal(t, tc.log, log.Len() > 0)
			switch {
			case tc.snooze > 0:
				var snoozed *rivertype.JobSnoozeError
				require.ErrorAs(t, err, &snoozed)
				require.Equal(t, tc.snooze, snoozed.Duration)
			case tc.fails:
				require.EqualError(t, err, "check not brought further", "the queue's table is not encrypted (M27)")
			default:
				require.NoError(t, err)
			}
		})
	}
}

func TestRunCheckIsTriedAgainSoon(t *testing.T) {
	t.Parallel()
	n := &notifications{}
	worker := job.NewRunCheck(job.RunCheckParts{Clock: n})
	for tries, want := range map[int]int{0: 1, 3: 8, 24: 300} {
		row := &rivertype.JobRow{Errors: make([]rivertype.AttemptError, tries)}
		got := worker.NextRetry(&river.Job[domain.CheckRun]{JobRow: row})
		require.Equal(t, time.Duration(want)*time.Second, got.Sub(n.Now()), "after %d failures", tries)
	}
}

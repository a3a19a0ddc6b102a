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

// sweeps counts, and answers err.
type sweeps struct {
	err   error
	times int
}

func (s *sweeps) Sweep(context.Context) error {
	s.times++
	return s.err
}

func TestSweepLetters(t *testing.T) {
	t.Parallel()
	down := errors.New("connection refused")
	for name, tc := range map[string]struct {
		pause time.Duration
		err   error
		want  string
	}{
		"done":                {},
		"done, and again":     {pause: time.Second, want: "snooze"},
		"failed":              {err: down, want: "letters not swept"},
		"failed, looks again": {pause: time.Second, err: down, want: "snooze"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			s := &sweeps{err: tc.err}
			worker := job.NewSweepLetters(job.SweepLettersParts{
				Service: s, Clock: &notifications{}, Log: slog.New(slog.NewJSONHandler(&log, nil)), Pause: tc.pause,
			})
			err := worker.Work(t.Context(), &river.Job[domain.SweepLetters]{JobRow: &rivertype.JobRow{}})
			require.Equal(t, 1, s.times)
			require.Equal(t, tc.err != nil, log.Len() > 0)
			var snoozed *rivertype.JobSnoozeError
			switch tc.want {
			case "":
				require.NoError(t, err)
			case "snooze":
				require.ErrorAs(t, err, &snoozed)
				require.Equal(t, tc.pause, snoozed.Duration)
			default:
				require.EqualError(t, err, tc.want)
			}
		})
	}
}

func TestASweepIsTriedAgainSoon(t *testing.T) {
	t.Parallel()
	n := &notifications{}
	worker := job.NewSweepLetters(job.SweepLettersParts{Clock: n})
	for tries, want := range map[int]int{0: 1, 3: 8, 24: 60} {
		row := &rivertype.JobRow{Errors: make([]rivertype.AttemptError, tries)}
		got := worker.NextRetry(&river.Job[domain.SweepLetters]{JobRow: row})
		require.Equal(t, time.Duration(want)*time.Second, got.Sub(n.Now()), "after %d failures", tries)
	}
}

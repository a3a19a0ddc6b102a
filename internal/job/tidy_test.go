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

// tidying answers what it was told to.
type tidying struct {
	done domain.Tidied
	err  error
}

func (s tidying) Tidy(context.Context) (domain.Tidied, error) { return s.done, s.err }

func TestTidy(t *testing.T) {
	t.Parallel()
	down := errors.New("connection refused")
	nothing := map[string]int{"sessions": 0, "messages": 0}
	some := map[string]int{"sessions": 3, "messages": 0}
	for name, tc := range map[string]struct {
		done   domain.Tidied
		err    error
		pause  time.Duration
		snooze time.Duration
		want   string
		log    string
	}{
		"done":                   {done: domain.Tidied{Rows: some}, log: `"msg":"tidied","messages":0,"sessions":3`},
		"nothing to do":          {done: domain.Tidied{Rows: nothing}, log: `"msg":"tidied","messages":0,"sessions":0`},
		"more to do":             {done: domain.Tidied{Rows: some, More: true}, snooze: time.Second, log: `"sessions":3`},
		"failed":                 {done: domain.Tidied{Rows: some}, err: down, want: "not tidied", log: `"sessions":3`},
		"again and again":        {done: domain.Tidied{Rows: some}, pause: time.Minute, snooze: time.Minute, log: `"sessions":3`},
		"again, nothing to do":   {done: domain.Tidied{Rows: nothing}, pause: time.Minute, snooze: time.Minute},
		"again, though it fails": {done: domain.Tidied{Rows: nothing}, err: down, pause: time.Minute, snooze: time.Minute, log: `"error"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			counted := map[string]int{}
			worker := &job.Tidy{TidyParts: job.TidyParts{
				Service: tidying{tc.done, tc.err}, Clock: &notifications{}, Log: slog.New(slog.NewJSONHandler(&log, nil)),
				Count: func(table string, rows int) { counted[table] += rows }, Pause: tc.pause,
			}}
			err := worker.Work(t.Context(), &river.Job[domain.Tidy]{JobRow: &rivertype.JobRow{}})
			require.Equal(t, tc.done.Rows, counted)
			require.Equal(t, tc.log == "", log.Len() == 0)
			require.Contains(t, log.String(), tc.log)
			var snoozed *rivertype.JobSnoozeError
			switch {
			case tc.snooze > 0:
				require.ErrorAs(t, err, &snoozed)
				require.Equal(t, tc.snooze, snoozed.Duration)
			case tc.want != "":
				require.EqualError(t, err, tc.want)
			default:
				require.NoError(t, err)
			}
		})
	}
}

func TestTidyingIsTriedAgainSoon(t *testing.T) {
	t.Parallel()
	n := &notifications{}
	worker := &job.Tidy{TidyParts: job.TidyParts{Clock: n}}
	row := &rivertype.JobRow{Errors: make([]rivertype.AttemptError, 24)}
	require.Equal(t, time.Minute, worker.NextRetry(&river.Job[domain.Tidy]{JobRow: row}).Sub(n.Now()))
}

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

type settlements struct {
	err error
	got domain.SettleSNILS
}

func (s *settlements) Settle(_ context.Context, j domain.SettleSNILS) error {
	s.got = j
	return s.err
}

func TestSettleSNILS(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s, n := &settlements{}, &notifications{}
	worker := job.NewSettleSNILS(s, n, slog.New(slog.NewJSONHandler(&log, nil)))
	args := domain.SettleSNILS{AccountID: domain.NewID()}
	row := &river.Job[domain.SettleSNILS]{JobRow: &rivertype.JobRow{}, Args: args}
	require.NoError(t, worker.Work(t.Context(), row))
	require.Equal(t, args, s.got)
	require.Empty(t, log.String())
	s.err = errors.New("connection to 10.0.0.7 refused")
	require.EqualError(t, worker.Work(t.Context(), row), "SNILS not settled", "the queue's table is not encrypted (M27)")
	require.Contains(t, log.String(), args.AccountID.String())
	row.Errors = make([]rivertype.AttemptError, 24)
	require.Equal(t, 5*time.Minute, worker.NextRetry(row).Sub(n.Now()))
	require.Equal(t, "settle_snils", args.Kind())
}

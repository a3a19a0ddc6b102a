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

// Settlements is the use case of settling who a SNILS belongs to.
type Settlements interface {
	Settle(ctx context.Context, j domain.SettleSNILS) error
}

// SettleSNILS puts on hold whoever else passed the checks with a SNILS that was
// confirmed.
type SettleSNILS struct {
	river.WorkerDefaults[domain.SettleSNILS]

	service Settlements
	clock   clock.Clock
	log     *slog.Logger
}

// NewSettleSNILS returns the worker.
func NewSettleSNILS(s Settlements, c clock.Clock, log *slog.Logger) *SettleSNILS {
	return &SettleSNILS{service: s, clock: c, log: log}
}

// errNotSettled is all that the queue is told of a failure: its table is not
// encrypted.
var errNotSettled = errors.New("SNILS not settled")

// Work implements [river.Worker].
func (w *SettleSNILS) Work(ctx context.Context, job *river.Job[domain.SettleSNILS]) error {
	if err := w.service.Settle(ctx, job.Args); err != nil {
		w.log.WarnContext(ctx, "SNILS not settled", "account_id", job.Args.AccountID, "error", err)
		return errNotSettled
	}
	return nil
}

// NextRetry implements [river.Worker].
func (w *SettleSNILS) NextRetry(job *river.Job[domain.SettleSNILS]) time.Time {
	return w.clock.Now().Add(waitAfter(len(job.Errors), lastCheckRetry))
}

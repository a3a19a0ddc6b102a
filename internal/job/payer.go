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

// Payers is the use cases of payers that nobody waits for.
type Payers interface {
	// Identify and Carry bring an application and a document a step further; a
	// wait says that there is another step.
	Identify(ctx context.Context, j domain.IdentifyPayer) (wait time.Duration, err error)
	Carry(ctx context.Context, j domain.CarryEDO) (wait time.Duration, err error)
	Sweep(ctx context.Context) error
	RevokeLiquidated(ctx context.Context) error
}

// PayerParts is what the workers for payers are made of.
type PayerParts struct {
	Service Payers
	Clock   clock.Clock
	Log     *slog.Logger
	// LongestPause bounds the time between two looks, for a program whose clock can
	// be moved while the queue's cannot; zero for no bound.
	LongestPause time.Duration
}

// IdentifyPayer finds out what becomes of an application.
type IdentifyPayer struct {
	river.WorkerDefaults[domain.IdentifyPayer]
	PayerParts
}

// errNotIdentified, errNotCarried, errNotRevoked and errPayersNotSwept are all that the queue is
// told of failures: its table is not encrypted.
var (
	errNotIdentified  = errors.New("payer not identified")
	errNotCarried     = errors.New("document not carried")
	errNotRevoked     = errors.New("payers not revoked")
	errPayersNotSwept = errors.New("payers not swept")
)

// Work implements [river.Worker].
func (w *IdentifyPayer) Work(ctx context.Context, job *river.Job[domain.IdentifyPayer]) error {
	wait, err := w.Service.Identify(ctx, job.Args)
	if err != nil {
		w.Log.WarnContext(ctx, "payer not identified", "application_id", job.Args.ApplicationID, "wait", wait, "error", err)
	}
	return w.outcome(wait, err, errNotIdentified)
}

// NextRetry implements [river.Worker]. It is for failures of Kabinet; how long to
// wait for a register is the service's business.
func (w *IdentifyPayer) NextRetry(job *river.Job[domain.IdentifyPayer]) time.Time {
	return w.Clock.Now().Add(waitAfter(len(job.Errors), lastCheckRetry))
}

// CarryEDO sends a document, and follows it.
type CarryEDO struct {
	river.WorkerDefaults[domain.CarryEDO]
	PayerParts
}

// Work implements [river.Worker].
func (w *CarryEDO) Work(ctx context.Context, job *river.Job[domain.CarryEDO]) error {
	wait, err := w.Service.Carry(ctx, job.Args)
	if err != nil {
		w.Log.WarnContext(ctx, "document not carried", "document_id", job.Args.DocumentID, "wait", wait, "error", err)
	}
	return w.outcome(wait, err, errNotCarried)
}

// NextRetry implements [river.Worker].
func (w *CarryEDO) NextRetry(job *river.Job[domain.CarryEDO]) time.Time {
	return w.Clock.Now().Add(waitAfter(len(job.Errors), lastCheckRetry))
}

// outcome is what the queue is told: to come back after a wait, or that it failed.
func (p PayerParts) outcome(wait time.Duration, err, failure error) error {
	switch {
	case wait > 0 && p.LongestPause > 0:
		return river.JobSnooze(min(wait, p.LongestPause))
	case wait > 0:
		return river.JobSnooze(wait)
	case err != nil:
		return failure
	default:
		return nil
	}
}

// RevokePayers ends the connections of payers who are no more.
type RevokePayers struct {
	river.WorkerDefaults[domain.RevokePayers]
	PayerParts
}

// Work implements [river.Worker].
func (w *RevokePayers) Work(ctx context.Context, _ *river.Job[domain.RevokePayers]) error {
	err := w.Service.RevokeLiquidated(ctx)
	if err != nil {
		w.Log.WarnContext(ctx, "payers not revoked", "error", err)
	}
	return w.outcome(0, err, errNotRevoked)
}

// NextRetry implements [river.Worker].
func (w *RevokePayers) NextRetry(job *river.Job[domain.RevokePayers]) time.Time {
	return w.Clock.Now().Add(waitAfter(len(job.Errors), lastCheckRetry))
}

// SweepPayers looks through what time brings about for payers.
type SweepPayers struct {
	river.WorkerDefaults[domain.SweepPayers]
	PayerParts
}

// Work implements [river.Worker].
func (w *SweepPayers) Work(ctx context.Context, _ *river.Job[domain.SweepPayers]) error {
	err := w.Service.Sweep(ctx)
	if err != nil {
		w.Log.WarnContext(ctx, "payers not swept", "error", err)
	}
	return w.outcome(w.LongestPause, err, errPayersNotSwept)
}

// NextRetry implements [river.Worker].
func (w *SweepPayers) NextRetry(job *river.Job[domain.SweepPayers]) time.Time {
	return w.Clock.Now().Add(waitAfter(len(job.Errors), lastSweepRetry))
}

package app

import (
	"log/slog"
	"time"

	"github.com/riverqueue/river"

	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/job"
)

const (
	// jobTimeout is how long one try at a job may take.
	jobTimeout = 30 * time.Second
	// jobRescue is when a job whose process died is given to another.
	jobRescue = time.Minute
	// codeWorkers and noticeWorkers are how many messages are sent at once.
	codeWorkers   = 8
	noticeWorkers = 2
	// checkWorkers is how many checks are brought further at once.
	checkWorkers = 8
	// payerWorkers is how many applications and documents are brought further at
	// once.
	payerWorkers = 4
	// sweepWorkers is one for each kind of sweep.
	sweepWorkers = 5
	// letterWorkers is how many print batches are on their way at once.
	letterWorkers = 2
	// hashRetryAfter is when those may try again who found the queue for
	// hashing full.
	hashRetryAfter = 2 * time.Second
)

// buildJobs lists every kind of job with what works on it.
func (a *App) buildJobs() (err error) {
	workers := river.NewWorkers()
	// The queue lives by the machine's time, whatever the rest of the program
	// is told.
	river.AddWorker(workers, job.NewSendMessage(a.services.notification, clock.System{}, a.Log))
	pause := time.Duration(0)
	if a.sandbox() {
		pause = sandboxPause
	}
	river.AddWorker(workers, job.NewRunCheck(job.RunCheckParts{
		Service: a.services.verification, Clock: clock.System{}, Log: a.Log, LongestPause: pause,
	}))
	river.AddWorker(workers, job.NewSettleSNILS(a.services.verification, clock.System{}, a.Log))
	letters, payers, messages := a.sweepLetters(workers), a.workForPayers(workers), a.sweepMessages(workers)
	a.carryLetters(workers)
	house, err := a.keepHouse(workers)
	if err != nil {
		return err
	}
	a.jobs, err = a.store.Queue(&river.Config{
		Workers:      workers,
		PeriodicJobs: append([]*river.PeriodicJob{letters, payers, house, messages}, a.trackLetters(workers)...),
		Queues: map[string]river.QueueConfig{
			string(domain.QueueCodesSMS):   {MaxWorkers: codeWorkers},
			string(domain.QueueCodesEmail): {MaxWorkers: codeWorkers},
			string(domain.QueueNotices):    {MaxWorkers: noticeWorkers},
			string(domain.QueueChecks):     {MaxWorkers: checkWorkers},
			string(domain.QueuePayers):     {MaxWorkers: payerWorkers},
			string(domain.QueueLetters):    {MaxWorkers: letterWorkers},
			string(domain.QueueSweeps):     {MaxWorkers: sweepWorkers},
		},
		JobTimeout:           jobTimeout,
		RescueStuckJobsAfter: jobRescue,
		Logger:               slog.New(newQuiet(a.Log.Handler(), a.machine)),
	})
	return err
}

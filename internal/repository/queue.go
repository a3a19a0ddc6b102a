package repository

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
)

const (
	// jobAttempts is how often a job is tried. How long that takes in all is
	// said by the pauses that each job chooses.
	jobAttempts = 100
	// sqlitePoll is how often SQLite, which tells nobody of a new job, is asked
	// for one.
	sqlitePoll = 200 * time.Millisecond
	// poolerPoll is how often a queue is asked for jobs through a pooler. Somebody
	// waits for a code.
	poolerPoll = 250 * time.Millisecond
)

// Runner works on jobs.
type Runner interface {
	// Start begins to work; the end of ctx stops it like Stop.
	Start(ctx context.Context) error
	// Stop takes no more jobs and waits for those under way until ctx ends.
	Stop(ctx context.Context) error
}

// Queue is a runner for the jobs in this database, with the workers and queues
// of the configuration. On PostgreSQL without a pooler it takes one connection
// of the pool for itself, to be told of new jobs at once.
func (s *Store) Queue(c *river.Config) (Runner, error) {
	polling := *c
	switch {
	case s.pooler:
		polling.PollOnly, polling.FetchPollInterval = true, poolerPoll
		return river.NewClient(riverpgxv5.New(s.pool), &polling)
	case s.pool != nil:
		return river.NewClient(riverpgxv5.New(s.pool), c)
	}
	polling.FetchPollInterval, polling.FetchCooldown = sqlitePoll, sqlitePoll
	return river.NewClient[*sql.Tx](newGlancing(s.sql), &polling)
}

// insertDriver is the queue's way into the transactions of database/sql.
func (s *Store) insertDriver() riverdriver.Driver[*sql.Tx] {
	if s.pool != nil {
		return riverdatabasesql.New(s.sql)
	}
	return riversqlite.New(s.sql)
}

// insert adds a job in the transaction at hand: it exists if and only if the
// transaction is committed.
func (s *Store) insert(ctx context.Context, job river.JobArgs, queue string) error {
	u := s.unit(ctx)
	if u == nil {
		return errors.New("repository: a job needs a transaction")
	}
	tx, ok := u.gorm.Statement.ConnPool.(*sql.Tx)
	if !ok {
		return errors.New("repository: the transaction is not one of database/sql")
	}
	_, err := s.jobs.InsertTx(ctx, tx, job, &river.InsertOpts{Queue: queue, MaxAttempts: jobAttempts})
	return translate(ctx, err)
}

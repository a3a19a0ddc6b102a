package repository

import (
	"context"
	"database/sql"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"
)

// glancing is the queue's way into SQLite for workers. To take jobs is to write,
// which locks others out; so it looks first whether there are any.
type glancing struct {
	riverdriver.Driver[*sql.Tx]
	sql *sql.DB
}

func newGlancing(db *sql.DB) glancing { return glancing{riversqlite.New(db), db} }

// GetExecutor implements [riverdriver.Driver].
func (d glancing) GetExecutor() riverdriver.Executor {
	return glancingExecutor{d.Driver.GetExecutor(), d.sql}
}

type glancingExecutor struct {
	riverdriver.Executor
	sql *sql.DB
}

// JobGetAvailable implements [riverdriver.Executor].
func (e glancingExecutor) JobGetAvailable(
	ctx context.Context, p *riverdriver.JobGetAvailableParams,
) ([]*rivertype.JobRow, error) {
	const look = "SELECT EXISTS (SELECT 1 FROM river_job WHERE state = 'available' AND queue = ?)"
	var found bool
	if err := e.sql.QueryRowContext(ctx, look, p.Queue).Scan(&found); err != nil || !found {
		return nil, err
	}
	return e.Executor.JobGetAvailable(ctx, p)
}

// Package repository keeps the nouns of the cabinet in a database: SQLite,
// embedded, or PostgreSQL. It is the only place that knows how they are stored,
// which of their fields are encrypted, and what the databases' errors mean.
//
// Every repository is a small struct over one [Store]. A transaction travels in
// the context, so that several repositories work in one; nothing ever asks for
// a second connection while it holds one.
//
// Errors: what is not there is [apperr.NotFound]; a database that cannot be
// reached, is shutting down or lost a race between transactions is
// [apperr.ServiceUnavailable]; the error of an ended context passes as it is.
package repository

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"example.org/kabinet/internal/cipher"
)

// Config says where the database is and how its fields are sealed.
type Config struct {
	// URL is sqlite:PATH or a PostgreSQL URL (postgres://…), whose
	// pool_max_conns has to be at least 2.
	URL string
	// Fields seals and indexes personal data.
	Fields *cipher.Fields
	// Pooler says that a pooler stands before PostgreSQL, which may give each
	// transaction another connection: nothing is kept in a session, [Store.Queue]
	// asks for jobs instead of being told of them, and [Store.Migrate] only looks.
	Pooler bool
	// StatementTimeout ends statements on PostgreSQL whose callers have set no
	// deadline; 0 does not.
	StatementTimeout time.Duration
}

// Store is one database. It is safe for concurrent use.
type Store struct {
	gorm   *gorm.DB
	sql    *sql.DB
	pool   *pgxpool.Pool // nil on SQLite
	pooler bool
	jobs   *river.Client[*sql.Tx]
	fields *cipher.Fields
}

// Open prepares the connections to a database. SQLite's file is created if it
// is missing; PostgreSQL is not spoken to before it is needed. No error repeats
// the URL, which may hold a password.
func Open(ctx context.Context, c Config) (*Store, error) {
	scheme, path, _ := strings.Cut(c.URL, ":")
	s := &Store{fields: c.Fields, pooler: c.Pooler}
	var err error
	switch scheme {
	case "sqlite":
		err = s.openSQLite(path)
	case "postgres", "postgresql":
		err = s.openPostgres(ctx, c)
	default:
		err = errors.New("the scheme of the URL is neither sqlite nor postgres")
	}
	if err != nil {
		return nil, fmt.Errorf("repository: open: %w", errors.Join(err, s.Close()))
	}
	return s, nil
}

// connect puts GORM and the client that inserts jobs over the open connections.
func (s *Store) connect(d gorm.Dialector) (err error) {
	s.gorm, err = gorm.Open(d, &gorm.Config{
		SkipDefaultTransaction: true,
		// pgx keeps prepared statements itself; twice takes three times as long.
		PrepareStmt:          false,
		TranslateError:       true,
		DisableAutomaticPing: true,
		// A logger would write values.
		Logger: logger.Discard,
	})
	if err != nil {
		return err
	}
	s.jobs, err = river.NewClient(s.insertDriver(), &river.Config{
		Logger: slog.New(slog.DiscardHandler),
		// Within this time after a job the queue is not told of the next, which
		// would then wait for the next poll: up to a second for a code.
		FetchCooldown: time.Millisecond,
	})
	return err
}

// Ping tells whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	return translate(ctx, s.sql.PingContext(ctx))
}

// Close ends all connections. Workers have to be stopped before.
func (s *Store) Close() error {
	var err error
	if s.sql != nil {
		err = s.sql.Close()
	}
	if s.pool != nil {
		s.pool.Close()
	}
	return err
}

package repository

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/riverqueue/river/rivermigrate"

	"example.org/kabinet/internal/repository/migrations"
)

const (
	// lockEvery (seconds) times lockTries is how long a process waits for
	// another one that migrates.
	lockEvery = 1
	lockTries = 300
)

// ErrPooler is the error of a schema that is not what this program needs, where
// a pooler stands before the database: the lock under which processes wait for
// each other belongs to a session, and a pooler has none.
var ErrPooler = errors.New("repository: the schema is not up to date, and cannot be brought so through a pooler")

// Migrate brings the database's tables to the state that this program needs.
// Any number of processes may do so at once on PostgreSQL; they wait for each
// other for up to five minutes. SQLite's file belongs to one process. Through a
// pooler nothing is changed: it is [ErrPooler] if something had to be.
func (s *Store) Migrate(ctx context.Context) error {
	provider, err := s.migrator()
	if err != nil {
		return fmt.Errorf("repository: migrations: %w", err)
	}
	if s.pooler {
		pending, err := provider.HasPending(ctx)
		if err == nil && pending {
			return ErrPooler
		}
		return translate(ctx, err)
	}
	_, err = provider.Up(unhurried(ctx))
	return translate(ctx, err)
}

func (s *Store) migrator() (*goose.Provider, error) {
	folder, dialect := "sqlite", goose.DialectSQLite3
	options := []goose.ProviderOption{
		goose.WithDisableGlobalRegistry(true),
		goose.WithSlog(slog.New(slog.DiscardHandler)),
		goose.WithGoMigrations(goose.NewGoMigration(migrations.QueueStep,
			&goose.GoFunc{RunDB: s.migrateQueue}, nil)),
	}
	if s.pool != nil {
		folder, dialect = "postgres", goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(lockEvery, lockTries))
		if err != nil {
			return nil, err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	files, err := fs.Sub(migrations.Files, folder)
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(dialect, s.sql, files, options...)
}

// migrateQueue makes the queue's tables. They need several transactions and are
// therefore no step in SQL.
func (s *Store) migrateQueue(ctx context.Context, _ *sql.DB) error {
	queue, err := rivermigrate.New(s.insertDriver(), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	_, err = queue.Migrate(ctx, rivermigrate.DirectionUp,
		&rivermigrate.MigrateOpts{TargetVersion: migrations.QueueVersion})
	return err
}

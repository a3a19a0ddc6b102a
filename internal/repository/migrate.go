package repository

import (
	"context"
	"database/sql"
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

// Migrate brings the database's tables to the state that this program needs.
// Any number of processes may do so at once on PostgreSQL; they wait for each
// other for up to five minutes. SQLite's file belongs to one process.
func (s *Store) Migrate(ctx context.Context) error {
	provider, err := s.migrator()
	if err != nil {
		return fmt.Errorf("repository: migrations: %w", err)
	}
	_, err = provider.Up(ctx)
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

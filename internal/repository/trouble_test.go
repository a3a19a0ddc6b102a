package repository_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/repository"
	"example.org/kabinet/internal/testkit"
)

// What is wrong with a URL is said without repeating it.
func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for _, at := range []string{
		"", "sqlite", "sqlite:", "mysql://user:secret@host/db", "secret",
		"postgres://user:secret@host:port/db", "postgres://user:secret@host/db?pool_max_conns=many",
		"postgres://user:secret@host/db?pool_max_conns=1",
		"sqlite:" + filepath.Join(t.TempDir(), "missing", "kabinet.db"),
	} {
		s, err := repository.Open(t.Context(), repository.Config{URL: at})
		require.Error(t, err, at)
		require.Nil(t, s)
		require.NotContains(t, err.Error(), "secret")
	}
}

// Any name of a file will do, and the file is for its owner only.
func TestOpenSQLiteFile(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"kabinet.db", "каби нет.db", "a?b#c%20d&e.db"} {
		path := filepath.Join(t.TempDir(), name)
		s := testkit.Open(t, "sqlite:"+path)
		require.NoError(t, s.Migrate(t.Context()))
		fill(t, s, canary())
		files, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, file := range files {
			require.True(t, strings.HasPrefix(file, path), file)
			info, err := os.Stat(file)
			require.NoError(t, err)
			require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), file)
		}
	}
}

// A server that is not there is a trouble that passes.
func TestUnreachableServer(t *testing.T) {
	t.Parallel()
	s := testkit.Open(t, "postgres://nobody@127.0.0.1:1/none?sslmode=disable")
	_, err := repository.NewRegistrations(s).Get(t.Context(), domain.NewID())
	for _, err := range []error{
		err, s.Ping(t.Context()), s.Migrate(t.Context()),
		s.InTx(t.Context(), func(context.Context) error { return nil }),
	} {
		require.Equal(t, apperr.ServiceUnavailable, apperr.CodeOf(err), "%v", err)
	}
}

// A connection that the server ends in the middle of a transaction is a trouble
// that passes, and the next transaction has a new one.
func TestLostConnection(t *testing.T) {
	t.Parallel()
	at := testkit.DatabaseURL(t, testkit.PostgreSQL)
	s, db := testkit.Open(t, at), raw(t, testkit.PostgreSQL, at)
	registrations, r := repository.NewRegistrations(s), canary().registration(t)
	err := s.InTx(t.Context(), func(ctx context.Context) error {
		require.NoError(t, registrations.Create(ctx, r))
		_, err := db.ExecContext(ctx, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid()`)
		require.NoError(t, err)
		_, err = registrations.Get(ctx, r.ID)
		return err
	})
	require.Equal(t, apperr.ServiceUnavailable, apperr.CodeOf(err), "%v", err)
	_, err = registrations.Get(t.Context(), r.ID)
	require.Equal(t, apperr.NotFound, apperr.CodeOf(err))
}

// Of two transactions that wait for each other, one is told to come again.
func TestDeadlock(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t, testkit.PostgreSQL)
	registrations := repository.NewRegistrations(s)
	one, other := canary().registration(t), canary().registration(t)
	require.NoError(t, registrations.Create(t.Context(), one))
	require.NoError(t, registrations.Create(t.Context(), other))
	touch := func(ctx context.Context, id uuid.UUID) error {
		_, err := registrations.Update(ctx, id, func(r *domain.Registration) error {
			r.CodesSent++
			return nil
		})
		return err
	}
	var first, done sync.WaitGroup
	first.Add(2)
	failed := make([]error, 2)
	for i, ids := range [][2]uuid.UUID{{one.ID, other.ID}, {other.ID, one.ID}} {
		done.Go(func() {
			failed[i] = s.InTx(t.Context(), func(ctx context.Context) error {
				err := touch(ctx, ids[0])
				first.Done()
				first.Wait()
				if err != nil {
					return err
				}
				return touch(ctx, ids[1])
			})
		})
	}
	done.Wait()
	if failed[0] == nil {
		failed[0], failed[1] = failed[1], failed[0]
	}
	require.Equal(t, apperr.ServiceUnavailable, apperr.CodeOf(failed[0]), "%v", failed[0])
	require.NoError(t, failed[1])
}

// A closed store answers no more.
func TestClose(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		fields, err := testkit.Keyset(t).Fields()
		require.NoError(t, err)
		s, err := repository.Open(t.Context(), repository.Config{URL: testkit.DatabaseURL(t, e), Fields: fields})
		require.NoError(t, err)
		require.NoError(t, s.Ping(t.Context()))
		require.NoError(t, s.Close())
		require.Error(t, s.Ping(t.Context()))
	})
}

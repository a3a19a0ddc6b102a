package repository_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/repository"
	"example.org/kabinet/internal/testkit"
)

// Replicas that start together on an empty database all come up, even with the
// smallest pool (M28).
func TestMigrateAtOnce(t *testing.T) {
	t.Parallel()
	at := withPool(t, testkit.EmptyURL(t, testkit.PostgreSQL), "2")
	var replicas [8]*repository.Store
	for i := range replicas {
		replicas[i] = testkit.Open(t, at)
	}
	var failed [len(replicas)]error
	var wg sync.WaitGroup
	for i, s := range replicas {
		wg.Go(func() { failed[i] = s.Migrate(t.Context()) })
	}
	wg.Wait()
	for _, err := range failed {
		require.NoError(t, err)
	}
	fill(t, replicas[0], canary())
}

func TestMigrateTwice(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s := testkit.Open(t, testkit.EmptyURL(t, e))
		require.NoError(t, s.Migrate(t.Context()))
		id, _ := fill(t, s, canary())
		require.NoError(t, s.Migrate(t.Context()))
		_, err := repository.NewRegistrations(s).Get(t.Context(), id)
		require.NoError(t, err)
	})
}

// Both engines have the same tables and columns.
func TestEnginesHaveTheSameColumns(t *testing.T) {
	t.Parallel()
	var all [][]column
	for _, e := range []testkit.Engine{testkit.SQLite, testkit.PostgreSQL} {
		all = append(all, columns(t, e, raw(t, e, testkit.DatabaseURL(t, e))))
	}
	require.Equal(t, all[0], all[1])
	require.Len(t, tables(all[0]), 39)
}

// Both engines have the same indexes.
func TestEnginesHaveTheSameIndexes(t *testing.T) {
	t.Parallel()
	queries := map[testkit.Engine]string{
		testkit.SQLite: `SELECT group_concat(name) FROM (SELECT name FROM sqlite_schema WHERE type = 'index'
			AND name NOT LIKE 'sqlite_%' AND tbl_name NOT LIKE 'river_%' AND tbl_name NOT LIKE 'goose_%' ORDER BY name)`,
		testkit.PostgreSQL: `SELECT string_agg(indexname, ',' ORDER BY indexname COLLATE "C") FROM pg_indexes
			WHERE schemaname = 'public' AND indexname NOT LIKE '%_pkey'
			AND tablename NOT LIKE 'river_%' AND tablename NOT LIKE 'goose_%'`,
	}
	var all []string
	for e, query := range queries {
		var names string
		db := raw(t, e, testkit.DatabaseURL(t, e))
		require.NoError(t, db.QueryRowContext(t.Context(), query).Scan(&names))
		all = append(all, names)
	}
	require.NotEmpty(t, all[0])
	require.Equal(t, all[0], all[1])
}

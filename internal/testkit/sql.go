package testkit

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// SQL opens a test's database past the repositories. The caller closes it.
func SQL(t *testing.T, e Engine, at string) *sql.DB {
	t.Helper()
	driver, source := "sqlite", "file:"+strings.TrimPrefix(at, "sqlite:")+"?_pragma=busy_timeout(10000)"
	if e != SQLite {
		driver, source = "pgx", plainURL(t, at)
	}
	db, err := sql.Open(driver, source)
	require.NoError(t, err)
	return db
}

// Exec changes the database past the program.
func (s *Server) Exec(t *testing.T, statement string) {
	t.Helper()
	db := SQL(t, s.Engine, s.Database)
	defer func() { require.NoError(t, db.Close()) }()
	_, err := db.ExecContext(t.Context(), statement)
	require.NoError(t, err)
}

// Count is the number that a query of the database answers.
func (s *Server) Count(t *testing.T, query string) int {
	t.Helper()
	db := SQL(t, s.Engine, s.Database)
	defer func() { require.NoError(t, db.Close()) }()
	var count int
	require.NoError(t, db.QueryRowContext(t.Context(), query).Scan(&count))
	return count
}

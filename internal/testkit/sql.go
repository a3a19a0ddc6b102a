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
	_, err := s.SQL.ExecContext(t.Context(), statement)
	require.NoError(t, err)
}

// Count is the number that a query of the database answers.
func (s *Server) Count(t *testing.T, query string) int {
	t.Helper()
	var count int
	require.NoError(t, s.SQL.QueryRowContext(t.Context(), query).Scan(&count))
	return count
}

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
	driver, source := "pgx", ""
	if e == SQLite {
		driver, source = "sqlite", "file:"+strings.TrimPrefix(at, "sqlite:")+"?_pragma=busy_timeout(10000)"
	} else {
		source = plainURL(t, at)
	}
	db, err := sql.Open(driver, source)
	require.NoError(t, err)
	return db
}

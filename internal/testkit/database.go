package testkit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/repository"
	"example.org/kabinet/internal/repository/migrations"
)

// DatabaseURL is the URL of a fresh database with all tables, which is removed
// when the test ends.
func DatabaseURL(tb testing.TB, e Engine) string {
	tb.Helper()
	if e == PostgreSQL {
		return process.postgres.database(tb)
	}
	return process.sqlite.database(tb)
}

// EmptyURL is the URL of a fresh database without any table, which is removed
// when the test ends.
func EmptyURL(t *testing.T, e Engine) string {
	t.Helper()
	if e == PostgreSQL {
		return process.postgres.create(t, "template0")
	}
	return "sqlite:" + filepath.Join(t.TempDir(), "kabinet.db")
}

// Dump is all that somebody who gets hold of a copy of the database can read:
// the SQL dump of PostgreSQL, the files of SQLite.
func Dump(t *testing.T, e Engine, from string) []byte {
	t.Helper()
	if e == PostgreSQL {
		out, err := exec.CommandContext(t.Context(), "pg_dump", "--inserts", "--dbname", plainURL(t, from)).Output()
		require.NoError(t, err)
		return out
	}
	path := strings.TrimPrefix(from, "sqlite:")
	content, err := os.ReadFile(filepath.Clean(path))
	require.NoError(t, err)
	log, err := os.ReadFile(filepath.Clean(path + "-wal"))
	if !os.IsNotExist(err) {
		require.NoError(t, err)
	}
	return append(content, log...)
}

// plainURL is the URL without the parameters that only the pool knows.
func plainURL(t *testing.T, from string) string {
	t.Helper()
	u, err := url.Parse(from)
	require.NoError(t, err)
	query := u.Query()
	for name := range query {
		if strings.HasPrefix(name, "pool_") {
			query.Del(name)
		}
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// migrate makes the tables of a new database.
func migrate(ctx context.Context, at string) (err error) {
	s, err := repository.Open(ctx, repository.Config{URL: at})
	if err != nil {
		return err
	}
	if err := s.Migrate(ctx); err != nil {
		_ = s.Close()
		return err
	}
	return s.Close()
}

// schemaHash tells apart the tables that different versions of the program make.
func schemaHash() (string, error) {
	sum := sha256.New()
	_, _ = fmt.Fprintln(sum, migrations.QueueStep, migrations.QueueVersion)
	err := fs.WalkDir(migrations.Files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := migrations.Files.ReadFile(path)
		_, _ = fmt.Fprintf(sum, "%s %d %s", path, len(text), text)
		return err
	})
	return hex.EncodeToString(sum.Sum(nil))[:16], err
}

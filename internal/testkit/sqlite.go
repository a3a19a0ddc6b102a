package testkit

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// file is a SQLite database with all tables and no rows, to be copied.
type file struct {
	once    sync.Once
	content []byte
	err     error
}

func (f *file) database(tb testing.TB) string {
	tb.Helper()
	f.once.Do(func() { f.content, f.err = newFile(tb) })
	require.NoError(tb, f.err)
	path := filepath.Join(tb.TempDir(), "kabinet.db")
	require.NoError(tb, os.WriteFile(path, f.content, 0o600))
	return "sqlite:" + path
}

func newFile(tb testing.TB) ([]byte, error) {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "template.db")
	if err := migrate(tb.Context(), "sqlite:"+path); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Clean(path))
}

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

func (f *file) database(t *testing.T) string {
	t.Helper()
	f.once.Do(func() { f.content, f.err = newFile(t) })
	require.NoError(t, f.err)
	path := filepath.Join(t.TempDir(), "kabinet.db")
	require.NoError(t, os.WriteFile(path, f.content, 0o600))
	return "sqlite:" + path
}

func newFile(t *testing.T) ([]byte, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "template.db")
	if err := migrate(t.Context(), "sqlite:"+path); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Clean(path))
}

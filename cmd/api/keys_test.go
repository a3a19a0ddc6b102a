package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/cipher"
)

func TestKeysCreateNeverReplacesKeys(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keyset.json")
	r := run(t, "keys create", "KABINET_KEYSET_FILE="+path)
	require.Equal(t, exitOK, r.code, r.err)
	require.Contains(t, r.out, path)
	first, err := os.ReadFile(path)
	require.NoError(t, err)
	_, err = cipher.Load(path)
	require.NoError(t, err)

	r = run(t, "keys create", "KABINET_KEYSET_FILE="+path)
	require.Equal(t, exitFailed, r.code)
	second, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, first, second)
}

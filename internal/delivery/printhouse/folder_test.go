package printhouse_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/delivery/printhouse"
	"example.org/kabinet/internal/domain"
)

// M17: a bundle is in the folder whole, and once however often it is brought, and
// whatever a killed process has left.
func TestFolder(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	h, b := house(t, printhouse.Config{URL: "file://" + folder}), bundle()
	halfDone(t, folder, b)
	require.NoError(t, carry(t.Context(), h, b))
	requireBundle(t, folder, b)
	other := bundle()
	other.Files[0].Content = []byte("another one")
	require.NoError(t, carry(t.Context(), h, other))
	requireBundle(t, folder, b)
	for name, want := range map[string]os.FileMode{b.Name: os.ModeDir | 0o750, b.Name + "/letters.pdf": 0o640} {
		info, err := os.Stat(filepath.Join(folder, name))
		require.NoError(t, err)
		require.Zero(t, info.Mode()&^want, name)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, carry(ctx, h, b), context.Canceled)
}

func TestFolderAtOnce(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	h := house(t, printhouse.Config{URL: "file://" + folder})
	var all sync.WaitGroup
	for range 4 {
		for _, name := range []string{"letters-1-a", "letters-2-b"} {
			all.Go(func() {
				b := bundle()
				b.Name = name
				_ = carry(t.Context(), h, b)
			})
		}
	}
	all.Wait()
	for _, name := range []string{"letters-1-a", "letters-2-b"} {
		b := bundle()
		b.Name = name
		require.NoError(t, carry(t.Context(), h, b))
	}
	require.Equal(t, []string{"letters-1-a", "letters-2-b"}, names(t, folder))
	for _, name := range names(t, folder) {
		require.Len(t, names(t, filepath.Join(folder, name)), len(bundle().Files), "none is half done")
	}
}

// A full disk, a folder that may not be written to, and one that is gone: the printing
// house sees nothing, nothing with codes is left, and another try mends it.
func TestFolderThatFails(t *testing.T) {
	t.Parallel()
	b := bundle()
	for _, cause := range []error{syscall.ENOSPC, syscall.EACCES} {
		for writes := range b.Files {
			for renames := range 2 {
				folder := t.TempDir()
				broken := &printhouse.Failing{Drive: printhouse.Disk(), Writes: writes + renames, Renames: renames - 1, Err: &fs.PathError{
					Op: "write", Path: filepath.Join(folder, canary), Err: cause,
				}}
				err := printhouse.Deliver(broken, folder, b)
				require.ErrorIs(t, err, cause)
				requireConfidential(t, err)
				require.NotErrorIs(t, err, domain.ErrUndeliverable)
				require.Empty(t, names(t, folder))
				require.NoError(t, printhouse.Deliver(printhouse.Disk(), folder, b))
				requireBundle(t, folder, b)
			}
		}
	}
	file := filepath.Join(t.TempDir(), canary)
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	for _, path := range []string{file, file + "-gone"} {
		err := carry(t.Context(), house(t, printhouse.Config{URL: "file://" + path}), b)
		requireConfidential(t, err)
		require.NotErrorIs(t, err, domain.ErrUndeliverable)
	}
}

func TestURLs(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"file:///var/canary", "https://token@print.example.org/x", "http://127.0.0.1:8000", "https://h"} {
		house(t, printhouse.Config{URL: good})
	}
	for _, bad := range []string{
		"", canary, "file://host/canary", "file:canary", "ftp://localhost/canary", "http://print.example.org/canary",
		"https://user:canary@h", "https://h?canary", "https://h#canary", "https://canary%0A@h", "sftp://h/canary",
		"sftp://user:canary@h/", "sftp:///canary", "sftp://canary@h/x", "file:///x?canary",
	} {
		_, err := printhouse.New(printhouse.Config{URL: bad})
		requireConfidential(t, err)
	}
}

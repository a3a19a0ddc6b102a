package process_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit"
)

// A dump of a database that people are working with, and the key set, are an
// installation: who had an account signs in, and what waited to be sent leaves.
// What left between the dump and its restoring leaves once more, under the same
// id.
//
// M24, M28
func TestBackUpAndRestore(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.PostgreSQL)
	p, c := settled(t, h)
	waiting := newCitizen(1)
	h.breakOutbox()
	require.NoError(t, p.register(waiting))
	p.awaitFailure()

	people := newLoad(p, c)
	require.NoError(t, eventually(patience, func() (bool, error) { return people.posts.Load() > 20, nil }))
	dump := filepath.Join(t.TempDir(), "kabinet.dump")
	postgres(t, "pg_dump", "--format=custom", "--file="+dump, "--dbname="+h.database)
	require.NoError(t, people.end())
	h.mendOutbox()
	lost, err := h.code(waiting.phone)
	require.NoError(t, err)
	p.stop()

	other := newHouse(t, testkit.PostgreSQL)
	postgres(t, "pg_restore", "--no-owner", "--exit-on-error", "--dbname="+other.database, dump)
	require.NoError(t, os.Mkdir(other.folder, 0o700))
	keys, err := os.ReadFile(filepath.Join(h.folder, "keyset.json"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(other.folder, "keyset.json"), keys, 0o600))
	// The dump is of one moment.
	require.Equal(t, other.count(t, "SELECT count(*) FROM registrations"), other.count(t, "SELECT count(*) FROM messages"))
	queued := other.count(t, "SELECT count(*) FROM messages WHERE status = 'queued'")
	require.Greater(t, queued, 10)
	require.Equal(t, queued, other.count(t, "SELECT count(*) FROM river_job WHERE kind = 'send_message' AND finalized_at IS NULL"))

	p = other.serve()
	require.NoError(t, p.enter(c), "with the old password")
	require.NoError(t, p.known(c))
	require.NoError(t, eventually(rescue, func() (bool, error) {
		return other.count(t, "SELECT count(*) FROM messages WHERE status = 'queued'") == 0, nil
	}))
	require.NoError(t, p.finish(waiting))
	require.Equal(t, lost, waiting.code)
	before, err := h.messages(waiting.phone)
	require.NoError(t, err)
	after, err := other.messages(waiting.phone)
	require.NoError(t, err)
	require.Len(t, before, 1)
	require.Len(t, after, 1)
	require.Equal(t, before[0].ID, after[0].ID, "by which a receiver can tell that it is the same")
	p.stop()
}

// postgres runs one of PostgreSQL's programs.
func postgres(t *testing.T, program string, args ...string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), program, args...).CombinedOutput()
	require.NoError(t, err, "%s", out)
}

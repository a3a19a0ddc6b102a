package pg_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit/pg"
)

// answers tells whether a server answers at the URL.
func answers(ctx context.Context, url string) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	connection, err := pgx.Connect(ctx, url)
	if err != nil {
		return false
	}
	return connection.Close(ctx) == nil
}

func TestNamedServerIsUsedAsItIs(t *testing.T) {
	t.Setenv(pg.Variable, "postgres://somewhere/postgres")
	url, stop, err := pg.Start()
	require.NoError(t, err)
	require.Equal(t, "postgres://somewhere/postgres", url)
	stop()
}

func TestPrivateServerServesAndLeavesNothing(t *testing.T) {
	t.Setenv(pg.Variable, "")
	url, stop, err := pg.Start()
	require.NoError(t, err)
	connection, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	var folder, fsync string
	require.NoError(t, connection.QueryRow(t.Context(), "SHOW data_directory").Scan(&folder))
	require.NoError(t, connection.QueryRow(t.Context(), "SHOW fsync").Scan(&fsync))
	require.Equal(t, "off", fsync)
	_, err = connection.Exec(t.Context(), "CREATE DATABASE one")
	require.NoError(t, err)
	require.NoError(t, connection.Close(t.Context()))
	stop()
	require.False(t, answers(t.Context(), url))
	require.NoDirExists(t, filepath.Dir(folder))
}

func TestTwoServersAtOnce(t *testing.T) {
	t.Setenv(pg.Variable, "")
	first, stopFirst, err := pg.Start()
	require.NoError(t, err)
	defer stopFirst()
	second, stopSecond, err := pg.Start()
	require.NoError(t, err)
	require.NotEqual(t, first, second)
	stopSecond()
	require.True(t, answers(t.Context(), first))
}

// The helper process dies without stopping its server. It is this test, run
// again by itself.
func TestServerEndsWithItsProcess(t *testing.T) {
	t.Parallel()
	if note := os.Getenv("KABINET_TEST_PG_HELPER"); note != "" {
		url, _, err := pg.Start()
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(note, []byte(url), 0o600))
		os.Exit(0)
	}
	note := filepath.Join(t.TempDir(), "url")
	helper := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestServerEndsWithItsProcess$")
	helper.Env = append(os.Environ(), "KABINET_TEST_PG_HELPER="+note, pg.Variable+"=")
	require.NoError(t, helper.Run())
	url, err := os.ReadFile(note)
	require.NoError(t, err)
	require.Eventually(t, func() bool { return !answers(t.Context(), string(url)) }, 20*time.Second, 50*time.Millisecond)
}

func TestMissingScriptIsTold(t *testing.T) {
	t.Setenv(pg.Variable, "")
	t.Chdir(t.TempDir())
	_, _, err := pg.Start()
	require.ErrorContains(t, err, "not inside the module")
	require.NoError(t, os.WriteFile("go.mod", nil, 0o600))
	_, _, err = pg.Start()
	require.ErrorContains(t, err, "start a private PostgreSQL")
}

func TestFailureTellsWhatToDo(t *testing.T) {
	t.Setenv(pg.Variable, "")
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("go.mod", nil, 0o600))
	require.NoError(t, os.Mkdir("scripts", 0o700))
	script := "#!/bin/sh\necho 'Debian: apt-get install postgresql' >&2\nexit 1\n"
	require.NoError(t, os.WriteFile(filepath.Join("scripts", "postgres"), []byte(script), 0o700))
	_, _, err := pg.Start()
	require.ErrorContains(t, err, "apt-get install postgresql")
	require.ErrorContains(t, err, pg.Variable)
}

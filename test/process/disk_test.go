package process_test

import (
	"net/http"
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"example.org/kabinet/internal/testkit"
)

// fill lets the process write no more files, as if the disk were full; room takes
// that back. A pipe, as for the log, is no file.
func (p *program) fill() { p.limitFiles(func(uint64) uint64 { return 0 }) }

func (p *program) room() { p.limitFiles(func(most uint64) uint64 { return most }) }

func (p *program) limitFiles(size func(most uint64) uint64) {
	p.Helper()
	var limit unix.Rlimit
	require.NoError(p, unix.Prlimit(p.command.Process.Pid, unix.RLIMIT_FSIZE, nil, &limit))
	limit.Cur = size(limit.Max)
	require.NoError(p, unix.Prlimit(p.command.Process.Pid, unix.RLIMIT_FSIZE, &limit, nil))
}

// requireLogged waits for a line of the log: a request's own comes after its answer.
func (p *program) requireLogged(t *testing.T, line string) {
	t.Helper()
	want := regexp.MustCompile(line)
	require.Eventually(t, func() bool { return want.MatchString(p.log.String()) }, patience, tick, "%s", line)
}

// A sandbox whose disk is full still reads, and says of what it cannot write that
// it cannot now; the log names the cause. With room again everything goes on, and
// nothing is half done.
func TestFullDiskUnderSQLite(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.SQLite)
	p, c := settled(t, h)
	p.fill()
	p.requireRefused(t, 5*time.Second, keyed(1))
	p.requireLogged(t, `"status":503.*"error":"service_unavailable: (disk I/O error|database or disk is full)`)
	require.NoError(t, p.known(c), "reading needs no room")
	status, _, _ := p.parts(t)
	require.Equal(t, http.StatusOK, status)
	p.room()
	require.NoError(t, p.insist(keyed(1)))
	requireOneEach(t, h, 2)
	p.stop()
	require.NoError(t, h.serve().enter(c))
}

// Messages that the outbox has no room for wait; nothing of them is left there.
//
// M24
func TestFullDiskUnderTheOutbox(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.PostgreSQL)
	p, _ := settled(t, h)
	before := h.outboxFiles(t)
	p.fill()
	c := newCitizen(1)
	require.NoError(t, p.register(c))
	p.awaitFailure()
	require.Contains(t, p.log.String(), "file too large")
	require.Equal(t, before, h.outboxFiles(t))
	p.room()
	require.NoError(t, p.finish(c))
	requireOneEach(t, h, 2)
}

func (h *house) outboxFiles(t *testing.T) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(h.outbox())
	require.NoError(t, err)
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

// PostgreSQL has no room for a row: its answer is the one of a full disk.
//
// M28
func TestFullDiskUnderPostgreSQL(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.PostgreSQL)
	p, c := settled(t, h)
	db := testkit.SQL(t, h.engine, h.database)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	for _, statement := range []string{
		`CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			RAISE EXCEPTION 'could not extend file "base/1/1": No space left on device' USING ERRCODE = 'disk_full'; END $$`,
		"CREATE TRIGGER full_disk BEFORE INSERT ON registrations EXECUTE FUNCTION full_disk()",
	} {
		_, err := db.ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
	p.requireRefused(t, 5*time.Second, keyed(1))
	p.requireLogged(t, `"status":503.*No space left on device \(SQLSTATE 53100\)`)
	require.NoError(t, p.known(c))
	_, err := db.ExecContext(t.Context(), "DROP TRIGGER full_disk ON registrations")
	require.NoError(t, err)
	require.NoError(t, p.insist(keyed(1)))
	requireOneEach(t, h, 2)
}

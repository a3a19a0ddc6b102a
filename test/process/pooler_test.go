package process_test

import (
	"errors"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"example.org/kabinet/internal/testkit"
)

// servant is one of Debian's servers, run beside the program.
type servant struct {
	folder  string
	program string
	log     testkit.Log
	command *exec.Cmd
	ended   chan struct{}
}

// newServant gives a server a folder of its own, which it can read as whatever
// user it runs. Some refuse root, who therefore runs them as somebody else.
func newServant(t *testing.T, name string) *servant {
	t.Helper()
	folder, err := os.MkdirTemp("/tmp", "kabinet-"+name+"-") //nolint:usetesting // t.TempDir is closed to other users
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(folder)) })
	program, err := exec.LookPath(name)
	if errors.Is(err, exec.ErrNotFound) {
		// Where Debian has it, and ordinary users do not look.
		program = filepath.Join("/usr/sbin", name)
	}
	return &servant{folder: folder, program: program, ended: make(chan struct{})}
}

// write puts a file into the server's folder.
func (s *servant) write(t *testing.T, name, text string) (path string) {
	t.Helper()
	path = filepath.Join(s.folder, name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// start runs the server until the test ends.
func (s *servant) start(t *testing.T, args ...string) {
	t.Helper()
	s.command = exec.Command(s.program, args...) //nolint:noctx // it ends with the test's cleanup
	s.command.Stdout, s.command.Stderr = &s.log, &s.log
	if os.Getuid() == 0 {
		s.command.SysProcAttr = &syscall.SysProcAttr{Credential: nobody(t)}
		require.NoError(t, filepath.Walk(s.folder, func(path string, _ os.FileInfo, err error) error {
			c := s.command.SysProcAttr.Credential
			return errors.Join(err, os.Chown(path, int(c.Uid), int(c.Gid)))
		}))
	}
	require.NoError(t, s.command.Start(), "scripts/prerequisites says what to install")
	go func() {
		_ = s.command.Wait()
		close(s.ended)
	}()
	t.Cleanup(func() {
		_ = s.command.Process.Kill()
		<-s.ended
		if t.Failed() {
			t.Logf("%s said:\n%s", s.program, tail(s.log.String()))
		}
	})
}

func nobody(t *testing.T) *syscall.Credential {
	t.Helper()
	who, err := user.Lookup("nobody")
	require.NoError(t, err)
	uid, err := strconv.ParseUint(who.Uid, 10, 32)
	require.NoError(t, err)
	gid, err := strconv.ParseUint(who.Gid, 10, 32)
	require.NoError(t, err)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

// awaitPort waits until somebody listens.
func awaitPort(t *testing.T, address string) {
	t.Helper()
	require.NoError(t, eventually(patience, func() (bool, error) {
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil, nil
	}), address)
}

// sample is a file of docs with other words in the place of the addresses that it
// gives as examples, each of which has to be there.
func sample(t *testing.T, name string, instead ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../docs", name))
	require.NoError(t, err)
	out := string(text)
	for i := 0; i < len(instead); i += 2 {
		require.Contains(t, out, instead[i])
		out = strings.ReplaceAll(out, instead[i], instead[i+1])
	}
	return out
}

// throughPgBouncer leads the house's processes through Debian's PgBouncer with the
// configuration of the documentation, but for so few connections to PostgreSQL.
func (h *house) throughPgBouncer(t *testing.T, connections int) {
	t.Helper()
	direct, err := url.Parse(h.database)
	require.NoError(t, err)
	address := freeAddress(t)
	host, port, err := net.SplitHostPort(address)
	require.NoError(t, err)
	bouncer := newServant(t, "pgbouncer")
	users := bouncer.write(t, "userlist.txt", `"`+direct.User.Username()+`" ""`+"\n")
	name := strings.TrimPrefix(direct.Path, "/")
	bouncer.start(t, bouncer.write(t, "pgbouncer.ini", sample(t, "pgbouncer.ini",
		"kabinet = host=192.0.2.30 port=5432 dbname=kabinet", name+" = host="+direct.Hostname()+" port="+direct.Port(),
		"listen_addr = 192.0.2.20", "unix_socket_dir =\nlisten_addr = "+host,
		"listen_port = 6432", "listen_port = "+port,
		"scram-sha-256", "trust",
		"/etc/pgbouncer/userlist.txt", users,
		"default_pool_size = 20", "default_pool_size = "+strconv.Itoa(connections),
	)))
	awaitPort(t, address)
	direct.Host = address
	h.settings["KABINET_DATABASE_URL"] = direct.String()
	h.settings["KABINET_DATABASE_POOLER"] = "transaction"
}

// Through PgBouncer in transaction mode nothing is migrated; all else works as
// without it, over four connections: a journey, an import of payers, and 64
// people at once.
//
// M28
func TestThroughPgBouncer(t *testing.T) {
	t.Parallel()
	const connections = 4
	h := newHouse(t, testkit.PostgreSQL)
	direct := map[string]string{"KABINET_DATABASE_URL": h.database, "KABINET_DATABASE_POOLER": "none"}
	h.throughPgBouncer(t, connections)
	for _, command := range []string{"serve", "worker", "migrate"} {
		code, out, complaint := h.run(nil, command)
		require.Equal(t, 1, code, command)
		require.Empty(t, out)
		require.Contains(t, complaint, "run kabinet migrate with PostgreSQL's own address")
	}
	code, _, complaint := h.run(direct, "migrate")
	require.Zero(t, code, complaint)
	code, _, complaint = h.run(nil, "migrate")
	require.Zero(t, code, complaint)

	p, c := settled(t, h)
	replica := h.serve()
	h.settings["KABINET_PUBLIC_URL"] = p.url
	c.entered(p.must(http.StatusOK, c.renewal()))
	require.NoError(t, p.enter(c))
	require.NoError(t, p.known(c))
	first, again := keyed(1), keyed(1)
	require.Equal(t, p.must(http.StatusCreated, first).text("id"), replica.must(http.StatusCreated, again).text("id"))

	list := register{rows: 2000, name: "Пример"}
	out, _ := h.imported(list.file(t))
	require.Contains(t, out, "rejected: 20\n")
	require.Equal(t, 1980, h.count(t, "SELECT count(*) FROM payers"))

	waits := crowdOf(t, []*program{p, replica})
	t.Logf("a code came after %s", waits)
	require.LessOrEqual(t, h.count(t, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"), connections)
	require.Zero(t, h.count(t, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"))
	p.must(http.StatusNoContent, request{method: http.MethodDelete, path: "/v1/sessions/current", token: c.access})
	for _, log := range []string{p.log.String(), replica.log.String()} {
		require.NotContains(t, log, `"level":"ERROR"`)
	}
	p.stop()
	replica.stop()
}

// crowdOf has 64 people register at once, and tells how long each waited for the
// code.
func crowdOf(t *testing.T, at []*program) durations {
	t.Helper()
	waits := make(durations, crowd)
	var group errgroup.Group
	for n := range crowd {
		group.Go(func() error {
			c, p := newCitizen(100+n), at[n%len(at)]
			if err := p.register(c); err != nil {
				return err
			}
			began := time.Now()
			if _, err := p.code(c.phone); err != nil {
				return err
			}
			waits[n] = time.Since(began)
			return p.finish(c)
		})
	}
	require.NoError(t, group.Wait())
	return waits.sorted()
}

// A pooler that is not announced is noticed before anything is harmed: the
// program does not start, and says what the matter is.
func TestPgBouncerUnannounced(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.PostgreSQL)
	h.throughPgBouncer(t, 2)
	h.settings["KABINET_DATABASE_POOLER"] = "none"
	for _, command := range []string{"serve", "migrate"} {
		code, _, complaint := h.run(nil, command)
		require.Equal(t, 1, code)
		require.Contains(t, complaint, "unsupported startup parameter: idle_in_transaction_session_timeout")
	}
}

package process_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit"
)

const (
	// patience bounds every wait for something that takes moments.
	patience = time.Minute
	tick     = 5 * time.Millisecond
)

var (
	// binary is the program under test.
	binary string
	// nextPort runs through ports below those that the system gives to
	// outgoing connections, so that none of them takes one first.
	nextPort atomic.Int64
)

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "kabinet-process-")
	if err == nil {
		binary = filepath.Join(folder, "api")
		err = build()
	}
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "cannot build the program:", err)
		os.Exit(1)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	testkit.Main(m)
}

func build() error {
	start, err := rand.Int(rand.Reader, big.NewInt(8000))
	if err != nil {
		return err
	}
	nextPort.Store(10_000 + start.Int64())
	command := exec.CommandContext(context.Background(), "go", "build", "-o", binary, "example.org/kabinet/cmd/api")
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

// house is what processes have in common: a database, a folder and settings.
type house struct {
	testing.TB

	engine   testkit.Engine
	database string
	folder   string
	// workIn is the working folder of the processes; by default the test's.
	workIn   string
	settings map[string]string
}

// newHouse is a sandbox with an empty database on an engine.
func newHouse(t *testing.T, e testkit.Engine) *house {
	t.Helper()
	h := newSandbox(t)
	if e == testkit.PostgreSQL {
		h.engine, h.database = e, testkit.EmptyURL(t, e)
		h.settings["KABINET_DATABASE_URL"] = h.database
	}
	return h
}

// newSandbox is an empty folder for a sandbox on SQLite, with hashing that costs
// nothing and no limit to what one client address may ask for.
func newSandbox(tb testing.TB) *house {
	tb.Helper()
	folder := filepath.Join(tb.TempDir(), "data")
	return &house{
		TB:       tb,
		engine:   testkit.SQLite,
		database: "sqlite:" + filepath.Join(folder, "kabinet.db"),
		folder:   folder,
		settings: map[string]string{
			"KABINET_DATA_DIR":                folder,
			"KABINET_HASH_MEMORY_KIB":         "8",
			"KABINET_HASH_TIME":               "1",
			"KABINET_POLICY_CODES_PER_CLIENT": "1000000",
		},
	}
}

// command is the program with one of its commands, not started yet.
func (h *house) command(more map[string]string, args ...string) *exec.Cmd {
	command := exec.CommandContext(context.WithoutCancel(h.Context()), binary, args...)
	command.Dir = h.workIn
	command.Env = []string{"PATH=" + os.Getenv("PATH")}
	settings := maps.Clone(h.settings)
	maps.Copy(settings, more)
	for name, value := range settings {
		command.Env = append(command.Env, name+"="+value)
	}
	return command
}

// run waits for a command that ends by itself.
func (h *house) run(more map[string]string, args ...string) (code int, out, complaint string) {
	h.Helper()
	var stdout, stderr bytes.Buffer
	command := h.command(more, args...)
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		require.ErrorAs(h, err, new(*exec.ExitError))
	}
	return command.ProcessState.ExitCode(), stdout.String(), stderr.String()
}

// count is the number that a query of the database answers with.
func (h *house) count(t *testing.T, query string) (n int) {
	t.Helper()
	db := testkit.SQL(t, h.engine, h.database)
	defer func() { require.NoError(t, db.Close()) }()
	require.NoError(t, db.QueryRowContext(t.Context(), query).Scan(&n))
	return n
}

// eventually asks again and again until the answer is yes.
func eventually(within time.Duration, ask func() (bool, error)) error {
	for end := time.Now().Add(within); ; <-time.After(tick) {
		yes, err := ask()
		if err != nil || yes {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("not within %s", within)
		}
	}
}

// program is one process that runs until it is stopped.
type program struct {
	*house

	command *exec.Cmd
	url     string
	admin   string
	out     testkit.Log
	log     testkit.Log
	ended   chan struct{}
	client  *http.Client
}

// serve starts a process and waits until it is ready.
func (h *house) serve() *program {
	h.Helper()
	p := h.launch("serve")
	p.awaitReady()
	return p
}

// launch starts a process; it is killed when the test ends at the latest.
func (h *house) launch(args ...string) *program {
	h.Helper()
	return h.launchAt(freeAddress(h), freeAddress(h), args...)
}

// launchAt is launch with the addresses of the API and of health.
func (h *house) launchAt(api, admin string, args ...string) *program {
	h.Helper()
	p := &program{house: h, ended: make(chan struct{})}
	p.url, p.admin = "http://"+api, "http://"+admin
	p.client = &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	addresses := map[string]string{"KABINET_ADDR": api, "KABINET_ADMIN_ADDR": admin}
	maps.Copy(addresses, h.settings)
	p.command = h.command(addresses, args...)
	p.command.Stdout, p.command.Stderr = &p.out, &p.log
	require.NoError(h, p.command.Start())
	go func() {
		_ = p.command.Wait()
		close(p.ended)
	}()
	h.Cleanup(func() {
		p.kill()
		p.client.CloseIdleConnections()
		if h.Failed() {
			h.Logf("%v said:\n%s", args, tail(p.log.String()))
		}
	})
	return p
}

func tail(text string) string {
	const most = 8 << 10
	return text[max(0, len(text)-most):]
}

func freeAddress(tb testing.TB) string {
	tb.Helper()
	for range 1000 {
		address := net.JoinHostPort("127.0.0.1", strconv.FormatInt(nextPort.Add(1), 10))
		if listener, err := new(net.ListenConfig).Listen(tb.Context(), "tcp", address); err == nil {
			require.NoError(tb, listener.Close())
			return address
		}
	}
	require.FailNow(tb, "no free port")
	return ""
}

func (p *program) awaitReady() {
	p.Helper()
	err := eventually(patience, func() (bool, error) {
		select {
		case <-p.ended:
			return false, fmt.Errorf("ended with %d", p.command.ProcessState.ExitCode())
		default:
			status, _ := p.readiness()
			return status == http.StatusOK, nil
		}
	})
	require.NoError(p, err, "ready: %s", p.log.String())
}

// readiness is the status that /readyz answers with.
func (p *program) readiness() (int, error) {
	request, err := http.NewRequestWithContext(context.WithoutCancel(p.Context()), http.MethodGet, p.admin+"/readyz", nil)
	if err != nil {
		return 0, err
	}
	response, err := p.client.Do(request)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, errors.Join(err, response.Body.Close())
}

// kill is kill -9.
func (p *program) kill() {
	_ = p.command.Process.Kill()
	<-p.ended
}

// terminate asks the process to stop.
func (p *program) terminate() {
	p.Helper()
	require.NoError(p, p.command.Process.Signal(syscall.SIGTERM))
}

// exitCode waits for the end of a process that is stopping: 30 s at most, and a
// little for the machine.
func (p *program) exitCode() int {
	p.Helper()
	select {
	case <-p.ended:
	case <-time.After(35 * time.Second):
		require.FailNow(p, "does not stop", p.log.String())
	}
	return p.command.ProcessState.ExitCode()
}

// stop ends the process as an operator does.
func (p *program) stop() {
	p.Helper()
	p.terminate()
	require.Zero(p, p.exitCode(), p.log.String())
}

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	// servers and workers are how many processes there are.
	servers = 3
	workers = 2
	// stopTime is how long a process may take that is asked to stop: 30 s for
	// what is under way, and a little for the machine.
	stopTime = 35 * time.Second
)

// build makes the program.
func (w *world) build(ctx context.Context) error {
	command := exec.CommandContext(ctx, "go", "build", "-o", w.path("kabinet"), "example.org/kabinet/cmd/api")
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

// command is the program with the installation's settings, and some of its own.
func (w *world) command(more map[string]string, args ...string) *exec.Cmd {
	command := exec.Command(w.path("kabinet"), args...) //nolint:noctx // the fleet ends it
	command.Dir = w.folder
	command.Env = []string{"PATH=" + os.Getenv("PATH")}
	for _, settings := range []map[string]string{w.settings, more} {
		for name, value := range settings {
			command.Env = append(command.Env, name+"="+value)
		}
	}
	command.SysProcAttr = ownGroup()
	return command
}

// ask runs a command of the program to its end.
func (w *world) ask(args ...string) error {
	if out, err := w.command(nil, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, out)
	}
	return nil
}

// fleet is the processes of the installation, each of which comes back when it
// ends, as under an orchestrator.
type fleet struct {
	all     []*process
	figures *figures
	verdict *verdict
	group   sync.WaitGroup
}

// process is one place of the fleet, in which one process follows another.
type process struct {
	*world

	name string
	args []string
	// api and admin are the addresses of all that follow one another.
	api, admin string

	mu      sync.Mutex
	command *exec.Cmd
	ready   bool
	// doomed says why the process that runs now will end; empty when it should
	// not.
	doomed string
	asked  time.Time
	// over is true once no other follows.
	over bool
	// most is the largest memory that any of them had resident, in KiB.
	most int
}

const (
	slowStops = "processes that took too long to stop"
	ownEnds   = "processes that ended by themselves"
)

// The ways in which a process is brought to its end.
const (
	doomKill = "kill -9"
	doomStop = "SIGTERM"
)

// beginFleet starts the processes and waits until all are ready.
func (w *world) beginFleet(ctx context.Context) error {
	w.fleet = &fleet{figures: w.figures, verdict: w.verdict}
	w.later(w.fleet.end)
	for n := range servers + workers {
		p := &process{world: w, name: fmt.Sprintf("serve-%d", n+1), args: []string{"serve"}}
		if n >= servers {
			p.name, p.args = fmt.Sprintf("worker-%d", n-servers+1), []string{"worker"}
		}
		var err error
		if p.api, err = freeAddress(); err != nil {
			return err
		}
		if p.admin, err = freeAddress(); err != nil {
			return err
		}
		w.fleet.all = append(w.fleet.all, p)
		w.fleet.group.Go(p.keepUp)
	}
	return w.fleet.awaitReady(ctx)
}

// awaitReady waits until every process is ready.
func (f *fleet) awaitReady(ctx context.Context) error {
	for _, p := range f.all {
		for !p.isReady() {
			if !pause(ctx, 20*time.Millisecond) {
				return fmt.Errorf("%s does not get ready: %w", p.name, ctx.Err())
			}
		}
	}
	return nil
}

// end kills whatever runs, and lets nothing follow.
func (f *fleet) end() error {
	for _, p := range f.all {
		p.mu.Lock()
		p.over = true
		if p.command != nil {
			_ = p.command.Process.Kill()
		}
		p.mu.Unlock()
	}
	f.group.Wait()
	return nil
}

// keepUp lets one process follow another.
func (p *process) keepUp() {
	for {
		ended, err := p.start()
		if err != nil {
			p.verdict.fail("processes that cannot be started", "%s: %v", p.name, err)
			return
		}
		if ended == nil {
			return
		}
		watching, stop := context.WithCancel(context.Background())
		go p.watch(watching)
		<-ended
		stop()
		if !p.bury() {
			return
		}
		// Orchestrators wait a moment, too.
		pause(context.Background(), p.random.within(100*time.Millisecond, 3*time.Second))
	}
}

// start starts a process; nil where none is to follow.
func (p *process) start() (ended <-chan struct{}, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over {
		return nil, nil //nolint:nilnil // no process is no error
	}
	log, err := os.OpenFile(p.path(p.name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	p.command = p.world.command(map[string]string{"KABINET_ADDR": p.api, "KABINET_ADMIN_ADDR": p.admin}, p.args...)
	p.command.Stdout, p.command.Stderr = log, log
	p.ready, p.doomed = false, ""
	if err := p.command.Start(); err != nil {
		return nil, errors.Join(err, log.Close())
	}
	done, command := make(chan struct{}), p.command
	go func() {
		_ = command.Wait()
		_ = log.Close()
		close(done)
	}()
	return done, nil
}

// watch notes when the process is ready for the first time, and its memory.
func (p *process) watch(ctx context.Context) {
	since := time.Now()
	for pause(ctx, 50*time.Millisecond) {
		ready := p.isReady()
		if !ready && healthy(ctx, p.admin) {
			p.mu.Lock()
			p.ready = true
			p.mu.Unlock()
			p.figures.longest("longest start of a process", time.Since(since))
		}
		if ready && !pause(ctx, time.Second) {
			return
		}
		p.mu.Lock()
		p.most = max(p.most, resident(p.command.Process.Pid))
		p.mu.Unlock()
	}
}

// bury notes how a process ended; false when no other follows.
func (p *process) bury() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over {
		return false
	}
	code := p.command.ProcessState.ExitCode()
	p.verdict.look(ownEnds, 1)
	switch {
	case p.doomed == doomKill:
	case p.doomed == doomStop:
		p.verdict.look(slowStops, 1)
		took := time.Since(p.asked)
		p.figures.longest("longest stop of a process", took)
		p.figures.add(fmt.Sprintf("stops, exit status %d", code), 1)
		if took > stopTime {
			p.verdict.fail(slowStops, "%s took %s", p.name, took)
		}
	case p.ready:
		p.verdict.fail(ownEnds, "%s, with %d", p.name, code)
	default:
		p.figures.add("starts that failed, and were tried again", 1)
	}
	return true
}

func (p *process) isReady() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ready && p.doomed == ""
}

// doom kills the process or asks it to stop, unless one of that is done already.
func (p *process) doom(how string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.command == nil || p.doomed != "" {
		return false
	}
	signal := syscall.SIGKILL
	if how == doomStop {
		signal = syscall.SIGTERM
	}
	if p.command.Process.Signal(signal) != nil {
		return false
	}
	p.doomed, p.asked = how, time.Now()
	return true
}

// healthy tells whether a process says that it is ready.
func healthy(ctx context.Context, admin string) bool {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+admin+"/readyz", http.NoBody)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	_, err = io.Copy(io.Discard, response.Body)
	return errors.Join(err, response.Body.Close()) == nil && response.StatusCode == http.StatusOK
}

// resident is the largest memory that a process has had resident so far, in KiB;
// zero where the machine does not tell.
func resident(pid int) int {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0
	}
	_, after, found := bytes.Cut(text, []byte("VmHWM:"))
	fields := bytes.Fields(after)
	if !found || len(fields) == 0 {
		return 0
	}
	kib, err := strconv.Atoi(string(fields[0]))
	if err != nil {
		return 0
	}
	return kib
}

// freeAddress is an address of this machine below those that the system gives
// to outgoing connections, so that none of them takes it before a process does.
func freeAddress() (string, error) {
	const first, many = 10_000, 10_000
	for range 100 {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(first+rand.IntN(many)))
		listener, err := net.Listen("tcp", address) //nolint:noctx // it is closed at once
		if err == nil {
			return address, listener.Close()
		}
	}
	return "", errors.New("no free port")
}

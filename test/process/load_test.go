package process_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"example.org/kabinet/internal/testkit"
)

const (
	// accounts times signInsEach come at the same moment; so few at one
	// account are not taken for guessing.
	accounts    = 200
	signInsEach = 5
	// maxResident is the promised bound of resident memory, in bytes.
	maxResident = 300 << 20
)

// A thousand sign-ins at once against one server, twice: first every password is
// hashed anew since the cost has risen, then it is compared. Whoever is not
// admitted is told at once when to come again; memory stays bounded; and those
// who are signed in notice nothing.
//
//nolint:paralleltest // other tests at the same time would take its cores
func TestThousandSignInsAtOnce(t *testing.T) {
	for _, e := range []testkit.Engine{testkit.SQLite, testkit.PostgreSQL} {
		t.Run(string(e), func(t *testing.T) {
			h := newHouse(t, e)
			people := populate(t, h, accounts)
			delete(h.settings, "KABINET_HASH_MEMORY_KIB")
			delete(h.settings, "KABINET_HASH_TIME")
			// One hash for each core, as by default, but the same bound for all machines.
			h.settings["KABINET_HASH_PARALLEL"] = strconv.Itoa(min(runtime.NumCPU(), 4))
			p := h.serve()
			require.NoError(t, p.enter(people[0]))
			for _, wave := range []string{"hashing anew", "comparing"} {
				watch := p.watch(people[0])
				began := time.Now()
				admitted, refused := p.storm(t, people)
				took := time.Since(began)
				waits := watch()
				t.Logf("%s, %s, %s in all: signed in %s; refused %s; /v1/me %s; resident at most %d MB",
					e, wave, took.Round(time.Millisecond), admitted, refused, waits, p.peak(t)>>20)
				require.NotEmpty(t, admitted)
				require.Len(t, append(admitted, refused...), accounts*signInsEach)
				require.NotEmpty(t, waits)
			}
			require.Less(t, p.peak(t), maxResident)
			for _, c := range people[:10] {
				require.NoError(t, p.enter(c))
				require.NoError(t, p.known(c))
			}
			p.stop()
		})
	}
}

// populate makes so many accounts and ends the process that did.
func populate(t *testing.T, h *house, count int) []*citizen {
	t.Helper()
	p := h.serve()
	people := make([]*citizen, count)
	var group errgroup.Group
	group.SetLimit(8)
	for i := range people {
		people[i] = newCitizen(i)
		group.Go(func() error { return p.settle(people[i]) })
	}
	require.NoError(t, group.Wait())
	p.stop()
	return people
}

// durations are how long things took, shortest first.
type durations []time.Duration

func (d durations) String() string {
	if len(d) == 0 {
		return "0"
	}
	at := func(percent int) time.Duration { return d[(len(d)-1)*percent/100].Round(100 * time.Microsecond) }
	return fmt.Sprintf("%d (p50 %s, p99 %s, max %s)", len(d), at(50), at(99), at(100))
}

// storm lets everybody sign in several times at the same moment, and tells how
// long those who got in had to wait, and those who were refused.
func (p *program) storm(t *testing.T, people []*citizen) (admitted, refused durations) {
	t.Helper()
	// A connection that was dialled for an earlier wave and never used is closed
	// by the server after a while, maybe just when a request is put on it.
	p.client.CloseIdleConnections()
	var mu sync.Mutex
	gate := make(chan struct{})
	var group errgroup.Group
	for _, c := range people {
		for range signInsEach {
			group.Go(func() error {
				<-gate
				began := time.Now()
				a, err := p.ask(c.signIn())
				took := time.Since(began)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err != nil:
					return err
				case a.status == http.StatusCreated:
					admitted = append(admitted, took)
				case a.status == http.StatusServiceUnavailable && a.header.Get("Retry-After") != "":
					refused = append(refused, took)
				default:
					return fmt.Errorf("%d %s", a.status, a.body)
				}
				return nil
			})
		}
	}
	close(gate)
	require.NoError(t, group.Wait())
	slices.Sort(admitted)
	slices.Sort(refused)
	return admitted, refused
}

// watch reads the own account again and again until the returned function is
// called; that one answers how long each time took.
func (p *program) watch(c *citizen) func() durations {
	var enough atomic.Bool
	var waits durations
	var group errgroup.Group
	group.Go(func() error {
		for !enough.Load() {
			began := time.Now()
			if err := p.known(c); err != nil {
				return err
			}
			waits = append(waits, time.Since(began))
		}
		return nil
	})
	return func() durations {
		enough.Store(true)
		require.NoError(p, group.Wait())
		slices.Sort(waits)
		return waits
	}
}

// peak is the most memory that the process ever had resident, in bytes, as
// Linux counts it (proc(5), VmHWM).
func (p *program) peak(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.command.Process.Pid))
	require.NoError(t, err)
	found := regexp.MustCompile(`VmHWM:\s+([0-9]+) kB`).FindSubmatch(status)
	require.NotNil(t, found, "%s", bytes.TrimSpace(status))
	kib, err := strconv.Atoi(string(found[1]))
	require.NoError(t, err)
	return kib << 10
}

// sorted is the shortest first.
func (d durations) sorted() durations {
	slices.Sort(d)
	return d
}

// outcome is how a request ended, and how long it took.
type outcome struct {
	answer answer
	err    error
	took   time.Duration
}

func (p *program) timed(r request) outcome {
	began := time.Now()
	a, err := p.ask(r)
	return outcome{a, err, time.Since(began)}
}

// metric is a number that the program tells of itself.
func (p *program) metric(t *testing.T, name string) float64 {
	t.Helper()
	response, err := p.client.Get(p.admin + "/metrics") //nolint:noctx // the client has a bound
	require.NoError(t, err)
	text, err := io.ReadAll(response.Body)
	require.NoError(t, errors.Join(err, response.Body.Close()))
	found := regexp.MustCompile(`(?m)^` + name + ` (\S+)$`).FindSubmatch(text)
	require.NotNil(t, found, name)
	value, err := strconv.ParseFloat(string(found[1]), 64)
	require.NoError(t, err)
	return value
}

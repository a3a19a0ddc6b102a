package process_test

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit"
)

// private is a PostgreSQL server of one test, which can be stopped and started
// again.
type private struct {
	t      *testing.T
	folder string
	url    string
}

// newPrivate starts a server; it is gone when the test ends.
func newPrivate(t *testing.T) *private {
	t.Helper()
	// A socket's path may have 107 bytes, and the server may run as another user.
	s := &private{t: t, folder: filepath.Join("/tmp", "kabinet-pg-"+strings.ToLower(rand.Text()[:8]))}
	t.Cleanup(func() { s.do("stop") })
	s.url = strings.TrimSpace(s.do("start"))
	return s
}

// do runs a command of scripts/postgres.
func (s *private) do(command string) string {
	s.t.Helper()
	out, err := exec.Command("../../scripts/postgres", command, s.folder).Output() //nolint:noctx // the server outlives the test's context by its stop
	require.NoError(s.t, err, command)
	return string(out)
}

// newPrivateHouse is a sandbox on a server of its own.
func newPrivateHouse(t *testing.T) (*house, *private) {
	t.Helper()
	h, s := newSandbox(t), newPrivate(t)
	h.engine, h.database = testkit.PostgreSQL, s.url
	h.settings["KABINET_DATABASE_URL"] = s.url
	return h, s
}

// parts is what /readyz says of each part, and how long that took.
func (p *program) parts(t *testing.T) (status int, parts map[string]string, took time.Duration) {
	t.Helper()
	began := time.Now()
	response, err := p.client.Get(p.admin + "/readyz") //nolint:noctx // the client has a bound
	require.NoError(t, err)
	var body struct{ Parts map[string]string }
	require.NoError(t, json.NewDecoder(response.Body).Decode(&body))
	require.NoError(t, response.Body.Close())
	return response.StatusCode, body.Parts, time.Since(began)
}

// requireRefused wants a request to be told within a time to come again.
func (p *program) requireRefused(t *testing.T, within time.Duration, r request) {
	t.Helper()
	began := time.Now()
	a := p.must(http.StatusServiceUnavailable, r)
	require.Less(t, time.Since(began), within, "%s %s", r.method, r.path)
	require.NotEmpty(t, a.header.Get("Retry-After"))
	require.Equal(t, "service_unavailable", a.text("code"))
}

// PostgreSQL is stopped and started again. Meanwhile everybody is told at once to
// come again, and the log stays readable; then all goes on by itself: requests,
// the message that had to wait, the election of a leader with its periodic jobs,
// and hearing of new jobs.
//
// M24, M28
func TestPostgreSQLIsGoneForAWhile(t *testing.T) {
	t.Parallel()
	h, server := newPrivateHouse(t)
	p, c := settled(t, h)
	waiting := newCitizen(1)
	h.breakOutbox()
	require.NoError(t, p.register(waiting))
	p.awaitFailure()
	h.awaitIdle(t)
	h.awaitSweeps(t, 0)

	server.do("halt")
	before := strings.Count(p.log.String(), "\n")
	began := time.Now()
	const rounds = 20
	for n := range rounds {
		p.requireRefused(t, 2*time.Second, c.me())
		p.requireRefused(t, 2*time.Second, keyed(2))
		status, parts, took := p.parts(t)
		require.Equal(t, http.StatusServiceUnavailable, status)
		require.Equal(t, "down", parts["database"])
		require.Less(t, took, 2*time.Second)
		<-time.After(time.Duration(n) * 10 * time.Millisecond)
	}
	// Two lines for each round are those of its requests.
	require.Less(t, strings.Count(p.log.String(), "\n")-before, 2*rounds+40)
	t.Logf("gone for %s", time.Since(began).Round(time.Millisecond))

	h.mendOutbox()
	server.do("again")
	p.awaitReady()
	require.NoError(t, p.known(c))
	require.NoError(t, p.finish(waiting), "the message that waited")
	p.must(http.StatusCreated, keyed(2))
	require.NoError(t, p.settle(newCitizen(3)))
	require.NoError(t, eventually(patience, func() (bool, error) {
		return h.count(t, "SELECT count(*) FROM river_leader WHERE expires_at > now()") == 1 &&
			h.count(t, "SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND query LIKE '-- ping%' OR query LIKE 'LISTEN%'") > 0, nil
	}), "a leader, and somebody who listens")
	h.awaitSweeps(t, h.count(t, sweeps))
	p.stop()
}

// sweeps is how often a periodic job has come round.
const sweeps = "SELECT coalesce(max((metadata->>'snoozes')::int), 0) FROM river_job WHERE kind = 'sweep_letters'"

// awaitSweeps waits until periodic jobs come round, for which there has to be a
// leader.
func (h *house) awaitSweeps(t *testing.T, last int) {
	t.Helper()
	require.NoError(t, eventually(patience, func() (bool, error) { return h.count(t, sweeps) > last, nil }), "periodic jobs")
}

// The network takes everything and answers nothing.
//
// M28
func TestSilentNetwork(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.PostgreSQL)
	h.settings["KABINET_REQUESTS_AT_ONCE"] = "500"
	proxy := newProxy(t, h)
	p, c := settled(t, h)
	h.awaitSweeps(t, 0)
	base := p.metric(t, "go_goroutines")

	proxy.freeze()
	const crowd = 600
	outcomes := make(chan outcome, crowd)
	for range crowd {
		go func() { outcomes <- p.timed(c.me()) }()
	}
	status, parts, took := p.parts(t)
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Equal(t, "down", parts["database"])
	require.Less(t, took, 3*time.Second)
	began := time.Now()
	t.Logf("%.0f goroutines, %.0f before", p.metric(t, "go_goroutines"), base)
	require.Less(t, time.Since(began), 6*time.Second, "metrics do without what is in the database")
	var waited, refused durations
	for range crowd {
		o := <-outcomes
		require.NoError(t, o.err)
		require.Equal(t, http.StatusServiceUnavailable, o.answer.status)
		require.NotEmpty(t, o.answer.header.Get("Retry-After"))
		if o.answer.text("code") == "busy" {
			refused = append(refused, o.took)
		} else {
			waited = append(waited, o.took)
		}
	}
	t.Logf("waited %s; refused %s; resident at most %d MB", waited.sorted(), refused.sorted(), p.peak(t)>>20)
	require.Less(t, waited[len(waited)-1], 27*time.Second)
	require.Len(t, refused, crowd-500)
	require.Less(t, p.peak(t), maxResident)

	proxy.thaw()
	p.awaitReady()
	require.NoError(t, p.known(c))
	require.NoError(t, p.settle(newCitizen(1)))
	p.client.CloseIdleConnections()
	require.NoError(t, eventually(patience, func() (bool, error) {
		return p.metric(t, "go_goroutines") <= base+10, nil
	}), "goroutines are left over")
	p.stop()
}

// awaitSent waits until no message waits and no job for one is under way.
func (h *house) awaitSent(t *testing.T) {
	t.Helper()
	require.NoError(t, eventually(patience, func() (bool, error) {
		return h.count(t, "SELECT count(*) FROM river_job WHERE kind = 'send_message' AND finalized_at IS NULL") == 0, nil
	}))
}

// The connections that there are fall silent for good, while new ones are as
// always. Requests give up the old ones within their 25 seconds, the queue within
// 30: neither waits for an answer without an end.
//
// M24, M28
func TestStrandedConnections(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.PostgreSQL)
	proxy := newProxy(t, h)
	p, c := settled(t, h)
	began := time.Now()
	proxy.strand()
	require.NoError(t, eventually(rescue, func() (bool, error) {
		a, err := p.ask(c.me())
		return a.status == http.StatusOK, err
	}))
	t.Logf("requests again after %s", time.Since(began).Round(time.Second))
	require.NoError(t, p.settle(newCitizen(1)))
	t.Logf("messages again after %s", time.Since(began).Round(time.Second))
	p.stop()
}

// Every statement takes two seconds longer. Requests end in time, well or with
// the advice to come again; who comes again finds everything done once.
//
// M24, M28
func TestSlowDatabase(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.PostgreSQL)
	h.pool(32)
	proxy := newProxy(t, h)
	p, c := settled(t, h)
	h.awaitSent(t)
	proxy.slow(2 * time.Second)
	const people = 6
	outcomes := make(chan outcome, 2*people)
	for n := range people {
		go func() { outcomes <- p.timed(keyed(n + 1)) }()
		go func() { outcomes <- p.timed(c.me()) }()
	}
	answers := map[int]durations{}
	for range 2 * people {
		o := <-outcomes
		require.NoError(t, o.err)
		if o.answer.status == http.StatusServiceUnavailable {
			require.NotEmpty(t, o.answer.header.Get("Retry-After"))
		}
		answers[o.answer.status] = append(answers[o.answer.status], o.took)
	}
	for status, took := range answers {
		t.Logf("%d: %s", status, took.sorted())
		require.Contains(t, []int{http.StatusOK, http.StatusCreated, http.StatusServiceUnavailable}, status)
		// A request has 25 seconds, and its key is settled in 5 more.
		require.Less(t, took[len(took)-1], 32*time.Second)
	}
	proxy.slow(0)
	for n := range people {
		require.NoError(t, p.insist(keyed(n+1)))
	}
	requireOneEach(t, h, people+1)
	require.Equal(t, people+1, h.count(t, "SELECT count(*) FROM message_attempts"), "each was handed over once")
	p.stop()
}

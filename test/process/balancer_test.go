package process_test

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"example.org/kabinet/internal/testkit"
)

// behindHAProxy puts Debian's HAProxy with the configuration of the documentation
// before three processes, and returns those with somebody who asks through it.
func (h *house) behindHAProxy(t *testing.T) (all []*program, outside *program) {
	t.Helper()
	h.settings["KABINET_TRUSTED_PROXIES"] = "127.0.0.0/8"
	all = h.replicas(3)
	balancer := newServant(t, "haproxy")
	cert, key := signature(t)
	var both []byte
	for _, path := range []string{cert, key} {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		both = append(both, text...)
	}
	address := freeAddress(t)
	instead := []string{
		"192.0.2.10:443", address,
		"/etc/haproxy/kabinet.pem", balancer.write(t, "kabinet.pem", string(both)),
	}
	for i, p := range all {
		_, port, _ := strings.Cut(p.admin, "http://127.0.0.1:")
		instead = append(instead, fmt.Sprintf("192.0.2.%d:8080 port 8081", 11+i), p.address()+" port "+port)
	}
	balancer.start(t, "-db", "-f", balancer.write(t, "haproxy.cfg", sample(t, "haproxy.cfg", instead...)))
	awaitPort(t, address)
	transport := &http.Transport{
		MaxIdleConnsPerHost: 16, ForceAttemptHTTP2: false,
		// The certificate is one of a moment ago, by nobody.
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
	}
	t.Cleanup(transport.CloseIdleConnections)
	return all, &program{house: h, url: "https://" + address, client: &http.Client{Timeout: patience, Transport: transport}}
}

// address is host:port of the API.
func (p *program) address() string { return strings.TrimPrefix(p.url, "http://") }

// load asks again and again until it is told to stop, and counts.
type load struct {
	enough atomic.Bool
	gets   atomic.Int64
	posts  atomic.Int64
	group  errgroup.Group
}

// newLoad begins: half of those who ask read, half register, each over
// connections that are kept.
func newLoad(p *program, c *citizen) *load {
	l := &load{}
	const readers, writers = 4, 4
	for range readers {
		l.group.Go(func() error { return l.repeat(&l.gets, func(int64) error { return p.known(c) }) })
	}
	for range writers {
		l.group.Go(func() error {
			return l.repeat(&l.posts, func(n int64) error {
				_, err := p.want(http.StatusCreated, newCitizen(int(100+n)).registration())
				return err
			})
		})
	}
	return l
}

func (l *load) repeat(count *atomic.Int64, ask func(n int64) error) error {
	for !l.enough.Load() {
		if err := ask(count.Add(1)); err != nil {
			return err
		}
		<-time.After(10 * time.Millisecond)
	}
	return nil
}

// end is the first failure, if there was one.
func (l *load) end() error {
	l.enough.Store(true)
	return l.group.Wait()
}

// Three processes behind HAProxy are restarted one after the other while people
// read and register: not one request fails.
//
// M28
func TestRollingRestartLosesNoRequest(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.PostgreSQL)
	h.settings["KABINET_DRAIN"] = "3s"
	all, outside := h.behindHAProxy(t)
	c := newCitizen(0)
	require.NoError(t, outside.settle(c))
	people := newLoad(outside, c)
	for i, p := range all {
		began := time.Now()
		p.terminate()
		require.NoError(t, eventually(patience, func() (bool, error) {
			status, err := p.readiness()
			return status == http.StatusServiceUnavailable, err
		}))
		require.NoError(t, eventually(patience, p.sendsAway), "whoever still comes is served, and sent away")
		require.Zero(t, p.exitCode())
		require.GreaterOrEqual(t, time.Since(began), 3*time.Second)
		before := p
		all[i] = h.launchAt(before.address(), strings.TrimPrefix(before.admin, "http://"), "serve")
		all[i].awaitReady()
		h.awaitServed(t, all[i])
	}
	require.NoError(t, people.end())
	require.Positive(t, people.gets.Load())
	require.Equal(t, int(people.posts.Load())+1, h.count(t, "SELECT count(*) FROM registrations"))
	t.Logf("%d read and %d registered, none of them was refused", people.gets.Load(), people.posts.Load())
}

// sendsAway tells whether the program answers well and ends the connection.
func (p *program) sendsAway() (bool, error) {
	response, err := p.client.Get(p.url + "/v1/policies") //nolint:noctx // the client has a bound
	if err != nil {
		return false, err
	}
	if response.StatusCode != http.StatusOK {
		err = fmt.Errorf("answered with %d", response.StatusCode)
	}
	return response.Close, errors.Join(err, response.Body.Close())
}

// awaitServed waits until the proxy leads requests to a process again.
func (h *house) awaitServed(t *testing.T, p *program) {
	t.Helper()
	require.NoError(t, eventually(patience, func() (bool, error) {
		return strings.Contains(p.log.String(), `"msg":"request"`), nil
	}), "requests")
}

// One of three processes is killed. Who asked it just then gets an answer of the
// proxy; a second later nobody notices any more.
//
// M24
func TestKilledBehindHAProxy(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.PostgreSQL)
	all, outside := h.behindHAProxy(t)
	c := newCitizen(0)
	require.NoError(t, outside.settle(c))
	all[0].kill()
	require.NoError(t, eventually(patience, func() (bool, error) {
		const inARow = 20
		well := 0
		for well < inARow && outside.known(c) == nil {
			well++
		}
		return well == inARow, nil
	}))
	people := newLoad(outside, c)
	<-time.After(500 * time.Millisecond)
	require.NoError(t, people.end())
	require.NoError(t, outside.settle(newCitizen(1)))
}

package process_test

import (
	"fmt"
	"net/http"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit"
)

// replicas starts so many processes at once and waits for all of them.
func (h *house) replicas(count int) []*program {
	h.Helper()
	// Tokens name who issued them; replicas stand behind one address.
	h.settings["KABINET_PUBLIC_URL"] = "http://kabinet.example.org"
	all := make([]*program, count)
	for i := range all {
		all[i] = h.launch("serve")
	}
	for _, p := range all {
		p.awaitReady()
	}
	return all
}

// M28
func TestEightProcessesOnAnEmptyDatabase(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.PostgreSQL)
	h.replicas(8)
	require.Equal(t, h.count(t, "SELECT count(DISTINCT version_id) FROM goose_db_version"),
		h.count(t, "SELECT count(*) FROM goose_db_version"), "each step was taken once")
	names, err := os.ReadDir(h.folder)
	require.NoError(t, err)
	var left []string
	for _, name := range names {
		left = append(left, name.Name())
	}
	require.Equal(t, []string{"edo", "edo-cert.pem", "edo-key.pem", "keyset.json", "outbox"}, left, "one of each, and nothing left over")
}

// Every step at another replica, and once more with its key at the next one.
func TestJourneyAcrossReplicas(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.PostgreSQL)
	all, turn := h.replicas(4), 0
	c := newCitizen(0)
	take := func(status int, r request) answer {
		turn++
		r.key = fmt.Sprintf("step-%d", turn)
		first := all[turn%4].must(status, r)
		again := all[(turn+1)%4].must(status, r)
		require.Equal(t, "true", again.header.Get("Idempotency-Replayed"))
		require.Equal(t, string(first.body), string(again.body))
		return again
	}
	c.started(take(http.StatusCreated, c.registration()))
	var err error
	c.code, err = h.code(c.phone)
	require.NoError(t, err)
	take(http.StatusOK, c.confirmation())
	c.entered(take(http.StatusCreated, c.choice()))
	c.entered(take(http.StatusOK, c.renewal()))
	c.entered(take(http.StatusCreated, c.signIn()))
	for _, p := range all {
		require.NoError(t, p.known(c))
	}
	all[0].must(http.StatusNoContent, request{method: http.MethodDelete, path: "/v1/sessions/current", token: c.access})
	for _, p := range all {
		p.must(http.StatusUnauthorized, c.me())
	}
	found, err := h.messages("")
	require.NoError(t, err)
	require.Len(t, found, 1)
}

// Five codes an hour to one contact, however many replicas are asked.
func TestRateLimitsAreShared(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.PostgreSQL)
	all := h.replicas(3)
	c := newCitizen(0)
	for i := range 5 {
		require.NoError(t, all[i%3].register(c))
	}
	for _, p := range all {
		a := p.must(http.StatusTooManyRequests, c.registration())
		require.Equal(t, "rate_limited", a.text("code"))
		require.NotEmpty(t, a.header.Get("Retry-After"))
	}
}

// M24
func TestWorkerAloneSendsWhatAServerLeft(t *testing.T) {
	t.Parallel()
	h := newHouse(t, testkit.PostgreSQL)
	p := h.serve()
	h.breakOutbox()
	c := newCitizen(0)
	require.NoError(t, p.register(c))
	p.awaitFailure()
	h.awaitIdle(t)
	p.kill()
	h.mendOutbox()

	worker := h.launch("worker")
	worker.awaitReady()
	code, err := h.code(c.phone)
	require.NoError(t, err)
	require.Len(t, code, 6)
	_, err = worker.ask(request{method: http.MethodGet, path: "/v1/policies"})
	require.Error(t, err, "a worker has no API")
	require.Empty(t, worker.out.String())
	worker.stop()
	require.NoError(t, h.serve().finish(c))
}

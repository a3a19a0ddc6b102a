package api_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit"
)

const clockPath = "/v1/sandbox/clock"

// sandboxTime is what the API says of the time.
type sandboxTime struct {
	Now        time.Time `json:"now"`
	AdvancedBy float64   `json:"advanced_by"`
}

// advance moves the sandbox's clock.
func (c *client) advance(t *testing.T, by string) sandboxTime {
	t.Helper()
	return as[sandboxTime](t, c.with("Authorization").post(t, clockPath, object{"advance": by}), http.StatusOK)
}

func (c *client) time(t *testing.T) sandboxTime {
	t.Helper()
	return as[sandboxTime](t, c.with("Authorization").get(t, clockPath), http.StatusOK)
}

// What waits by the clock goes by the clock that was moved: codes, tokens,
// sessions, limits. It never goes back, not by a restart either.
func TestSandboxClockMoves(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		began := s.Clock.Now()
		require.Equal(t, sandboxTime{began, 0}, c.time(t))
		r := c.start(t, phone)
		late := s.Await(t, phone, 1)[0].Code
		require.Equal(t, sandboxTime{began.Add(10 * time.Minute), 600}, c.advance(t, "10m"))
		c.enter(t, r, late).fails(t, http.StatusUnprocessableEntity, "code_expired")
		c.resend(t, r).ok(t, http.StatusCreated)
		c.enter(t, r, s.Await(t, phone, 2)[0].Code).ok(t, http.StatusOK)
		in := as[signedIn](t, c.choose(t, r, password), http.StatusCreated)

		require.Equal(t, sandboxTime{began.Add(time.Hour), 3600}, c.advance(t, "49m60s"))
		c.bearing(in.AccessToken).get(t, "/v1/me").fails(t, http.StatusUnauthorized, "access_token_invalid")
		c.refresh(t, in.RefreshToken).fails(t, http.StatusUnauthorized, "refresh_token_invalid")
		again := as[signedIn](t, c.signIn(t, phone, password), http.StatusCreated)
		require.Equal(t, began.Add(time.Hour+30*time.Minute), again.Session.IdleAt)

		// Another process, as after a restart; the machine's own clock goes on.
		s.Clock.Advance(time.Second)
		restarted := newClient(testkit.NewServer(t, e, testkit.Beside(s)))
		require.Equal(t, sandboxTime{began.Add(time.Hour + time.Second), 3600}, restarted.time(t))
		restarted.me(t, again.AccessToken)
	})
}

// Every process of the same database follows, within a second.
func TestSandboxClockIsFollowed(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		other := testkit.NewServer(t, e, testkit.Beside(s))
		in := c.register(t, phone)
		follower := newClient(other).bearing(in.AccessToken)
		follower.get(t, "/v1/me").ok(t, http.StatusOK)
		c.advance(t, "11m")
		// The time is not asked of it: that alone would make it follow.
		require.Eventually(t, func() bool {
			return follower.get(t, "/v1/me").status == http.StatusUnauthorized
		}, patience, 50*time.Millisecond)
	})
}

// Moves at the same moment add up, whichever process they come to.
func TestSandboxClockMovesAtOnce(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		const moves = 20
		s, c := newServer(t, e)
		clients := []*client{c, newClient(testkit.NewServer(t, e, testkit.Beside(s)))}
		var mu sync.Mutex
		seen := map[float64]bool{}
		var wg sync.WaitGroup
		for i := range moves {
			wg.Go(func() {
				now := clients[i%2].advance(t, "1h")
				mu.Lock()
				defer mu.Unlock()
				seen[now.AdvancedBy] = true
			})
		}
		wg.Wait()
		require.Len(t, seen, moves)
		for _, c := range clients {
			require.Equal(t, sandboxTime{s.Clock.Now().Add(moves * time.Hour), moves * 3600}, c.time(t))
		}
	})
}

// A move is made once for one key, however far it was.
func TestSandboxClockMovesOnce(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		_, c := newServer(t, e)
		keyed := c.with(keyHeader, "move")
		first := keyed.post(t, clockPath, object{"advance": "720h"})
		again := keyed.post(t, clockPath, object{"advance": "720h"})
		require.Equal(t, "true", again.header.Get("Idempotency-Replayed"))
		require.Equal(t, first.body, again.body)
		require.InDelta(t, (720 * time.Hour).Seconds(), c.time(t).AdvancedBy, 0)
	})
}

func TestSandboxClockRefusals(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		_, c := newServer(t, e)
		refused := func(value any, code string) {
			a := c.do(t, call{method: http.MethodPost, path: clockPath, body: object{"advance": value}, wrong: true})
			p := a.fails(t, http.StatusUnprocessableEntity, "validation_failed")
			require.Len(t, p.Errors, 1)
			require.Equal(t, []string{"/advance", code}, []string{p.Errors[0].Pointer, p.Errors[0].Code}, "%v", value)
			require.NotEmpty(t, p.Errors[0].Detail)
		}
		for _, value := range []string{
			"0", "0s", "-1s", "-720h", "1", "90", "1d", "1w", "P1D", "s", "h1", "1h ", " 1h", "1ч", "１h", "1e3s", "NaN", "999ns", "87600h0m1s", "1000000h",
			"99999999999999999999h", "1h-1m",
		} {
			refused(value, "duration_invalid")
		}
		refused("", "required")
		refused(3600, "wrong_type")
		require.Zero(t, c.time(t).AdvancedBy)
		// Ten years in all, and not a microsecond more.
		c.advance(t, "1.5h")
		refused("87600h", "duration_invalid")
		c.advance(t, "87598h30m")
		refused("1us", "duration_invalid")
		require.InDelta(t, 87600*3600, c.time(t).AdvancedBy, 0)
	})
}

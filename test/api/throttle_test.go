package api_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit"
)

// refused is a wrong password that tells how long the next try has to wait.
func (c *client) refused(t *testing.T, login string, wait time.Duration) {
	t.Helper()
	p := c.signIn(t, login, another).fails(t, http.StatusUnauthorized, "credentials_incorrect")
	if wait == 0 {
		require.Nil(t, p.RetryAt)
		return
	}
	require.Equal(t, c.server.Clock.Now().Add(wait), *p.RetryAt)
}

// A stranger who hammers an account is delayed from 30 s up to an hour, and
// its owner is not.
func TestStrangerIsDelayedAndOwnerIsNot(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, proxied())
		owner, stranger := c.from("192.0.2.1"), c.from("198.51.100.7")
		owner.register(t, phone)
		for range 5 {
			stranger.refused(t, phone, 0)
		}
		for _, seconds := range []int{30, 60, 120, 240, 480, 960, 1920, 3600, 3600} {
			wait := time.Duration(seconds) * time.Second
			stranger.refused(t, phone, wait)
			stranger.signIn(t, phone, password).limited(t, s, "sign_in_delayed", wait)
			owner.signIn(t, phone, password).ok(t, http.StatusCreated)
			s.Clock.Advance(wait - time.Second)
			stranger.signIn(t, "8 900 123 45 67", password).limited(t, s, "sign_in_delayed", time.Second)
			s.Clock.Advance(time.Second)
		}
		// Other accounts are not closed to that address.
		stranger.register(t, mailbox)
		stranger.signIn(t, mailbox, password).ok(t, http.StatusCreated)
	})
}

// The right password forgets the wrong ones before it.
func TestRightPasswordEndsTheCount(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		c.register(t, phone)
		for range 2 {
			for range 5 {
				c.refused(t, phone, 0)
			}
			c.refused(t, phone, 30*time.Second)
			s.Clock.Advance(30 * time.Second)
			c.signIn(t, phone, password).ok(t, http.StatusCreated)
		}
	})
}

// A login that nobody has is delayed like any other. // M26
func TestUnknownLoginIsDelayedToo(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		for range 5 {
			c.refused(t, "nobody@example.org", 0)
		}
		c.refused(t, "nobody@example.org", 30*time.Second)
		c.signIn(t, "NOBODY@example.org", another).limited(t, s, "sign_in_delayed", 30*time.Second)
	})
}

// Of wrong passwords that come at once, no more are compared than one after
// the other.
func TestWrongPasswordsAtOnce(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		_, c := newServer(t, e)
		c.register(t, phone)
		answers := parallel(t, 40, func(int) answer { return c.signIn(t, phone, another) })
		require.Equal(t, map[string]int{"credentials_incorrect": 6, "sign_in_delayed": 34}, outcomes(t, answers))
	})
}

// A password that was not looked at because too many waited is no wrong one,
// and is answered at once with 503 and Retry-After.
func TestBusyIsNoFailure(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e,
			testkit.Env("KABINET_HASH_MEMORY_KIB", "8192"), testkit.Env("KABINET_HASH_TIME", "10"),
			testkit.Env("KABINET_HASH_PARALLEL", "1"), testkit.Env("KABINET_HASH_QUEUE", "0"),
			testkit.Env("KABINET_POLICY_SIGN_IN_FREE_FAILURES", "100"))
		c.register(t, phone)
		var mu sync.Mutex
		busy, wrong := 0, 0
		parallel(t, 20, func(int) answer {
			a := c.signIn(t, phone, another)
			mu.Lock()
			defer mu.Unlock()
			if a.status == http.StatusServiceUnavailable {
				busy++
				a.fails(t, http.StatusServiceUnavailable, "busy")
			} else {
				wrong++
				a.fails(t, http.StatusUnauthorized, "credentials_incorrect")
			}
			return a
		})
		require.Positive(t, busy)
		require.Positive(t, wrong)
		require.Equal(t, wrong, s.Count(t, "SELECT failures FROM throttles"))
	})
}

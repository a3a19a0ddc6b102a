package api_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/delivery/outbox"
	"example.org/kabinet/internal/testkit"
)

func noCode(m outbox.Message) bool { return m.Code == "" }

// limited requires that an answer is refused for a limit, and how long that
// lasts.
func (a answer) limited(t *testing.T, s *testkit.Server, code string, wait time.Duration) problem {
	t.Helper()
	p := a.fails(t, http.StatusTooManyRequests, code)
	require.Equal(t, strconv.Itoa(int(wait.Seconds())), a.header.Get("Retry-After"))
	require.Equal(t, s.Clock.Now().Add(wait), *p.RetryAt)
	return p
}

// quota reads the RateLimit header, whose form it checks together with that of
// RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers-10).
func (a answer) quota(t *testing.T) (name string, left, reset int) {
	t.Helper()
	policy := regexp.MustCompile(`^"([a-z_]+)";q=([0-9]+);w=([0-9]+)$`).FindStringSubmatch(a.header.Get("RateLimit-Policy"))
	require.NotNil(t, policy, "RateLimit-Policy: %q", a.header.Get("RateLimit-Policy"))
	limit := regexp.MustCompile(`^"([a-z_]+)";r=([0-9]+);t=([0-9]+)$`).FindStringSubmatch(a.header.Get("RateLimit"))
	require.NotNil(t, limit, "RateLimit: %q", a.header.Get("RateLimit"))
	require.Equal(t, policy[1], limit[1])
	left, err := strconv.Atoi(limit[2])
	require.NoError(t, err)
	reset, err = strconv.Atoi(limit[3])
	require.NoError(t, err)
	return limit[1], left, reset
}

// The wait for a further code doubles from a minute to a quarter of an hour. // M02
func TestResendWaits(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		r := c.start(t, phone)
		for i, wait := range []int{60, 120, 240, 480, 900, 900, 900} {
			lasts := time.Duration(wait) * time.Second
			s.Await(t, phone, i+1)
			state := c.look(t, r)
			require.Equal(t, s.Clock.Now().Add(lasts), state.Code.ResendAt)
			s.Clock.Advance(lasts / 3)
			p := c.resend(t, r).limited(t, s, "code_resend_too_early", lasts-lasts/3)
			require.Equal(t, []string{"confirm_contact"}, p.NextActions)
			s.Clock.Advance(lasts - lasts/3 - time.Microsecond)
			c.resend(t, r).fails(t, http.StatusTooManyRequests, "code_resend_too_early")
			s.Clock.Advance(time.Microsecond)
			sent := as[registration](t, c.resend(t, r), http.StatusCreated)
			require.Empty(t, sent.FlowToken)
			require.Equal(t, 5, sent.Code.AttemptsLeft)
			require.Equal(t, s.Clock.Now().Add(10*time.Minute), sent.Code.ExpiresAt)
		}
		s.Await(t, phone, 8)
	})
}

// Only the code that was sent last counts. // M02
func TestSupersededCodeIsRefused(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		r := c.start(t, phone)
		first := s.Await(t, phone, 1)[0].Code
		s.Clock.Advance(time.Minute)
		c.resend(t, r).ok(t, http.StatusCreated)
		second := s.Await(t, phone, 2)[0].Code
		if first == second {
			return // one in a million
		}
		p := c.enter(t, r, first).fails(t, http.StatusUnprocessableEntity, "code_incorrect")
		require.Equal(t, 4, *p.AttemptsLeft)
		c.enter(t, r, second).ok(t, http.StatusOK)
	})
}

// An address is sent 5 codes an hour and 10 a day, whichever flows and clients
// ask for them, and no refused one counts against the client.
func TestCodesPerContact(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, proxied())
		start := func(i int) answer {
			return c.from(fmt.Sprintf("192.0.2.%d", i)).post(t, "/v1/registrations", applicant(mailbox))
		}
		for i := range 5 {
			start(i).ok(t, http.StatusCreated)
			s.Clock.Advance(time.Minute)
		}
		refused := start(5)
		refused.limited(t, s, "rate_limited", 55*time.Minute)
		name, left, reset := refused.quota(t)
		require.Equal(t, "codes_per_hour", name)
		require.Zero(t, left)
		require.Equal(t, 55*60, reset)
		// Spelling it in another way does not help.
		other := applicant("Anna.SMIRNOVA@example.org")
		c.post(t, "/v1/registrations", other).fails(t, http.StatusTooManyRequests, "rate_limited")
		// Another address is another matter.
		c.start(t, phone)

		s.Clock.Advance(55 * time.Minute)
		for i := range 5 {
			start(i).ok(t, http.StatusCreated)
		}
		s.Clock.Advance(time.Hour)
		refused = start(5)
		refused.limited(t, s, "rate_limited", 22*time.Hour)
		name, _, _ = refused.quota(t)
		require.Equal(t, "codes_per_day", name)
		s.Clock.Advance(22 * time.Hour)
		start(5).ok(t, http.StatusCreated)
	})
}

func TestResendCountsAgainstTheHour(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		flows := []registration{c.start(t, phone), c.start(t, phone), c.start(t, phone)}
		s.Clock.Advance(time.Minute)
		c.resend(t, flows[0]).ok(t, http.StatusCreated)
		c.resend(t, flows[1]).ok(t, http.StatusCreated)
		c.resend(t, flows[2]).limited(t, s, "rate_limited", 59*time.Minute)
		s.Clock.Advance(59 * time.Minute)
		c.resend(t, flows[2]).ok(t, http.StatusCreated)
	})
}

// number is one of many mobile numbers.
func number(i int) string { return fmt.Sprintf("+79%02d%07d", i%100, 1000000+i) }

// A client's address can have 25 codes sent in 5 minutes, whomever to.
func TestCodesPerClient(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, proxied())
		here, there := c.from("192.0.2.1"), c.from("192.0.2.2")
		for i := range 25 {
			a := here.post(t, "/v1/registrations", applicant(number(i)))
			a.ok(t, http.StatusCreated)
			name, left, reset := a.quota(t)
			require.Equal(t, "codes_per_client", name)
			require.Equal(t, []int{24 - i, 300}, []int{left, reset})
		}
		s.Clock.Advance(100 * time.Second)
		refused := here.post(t, "/v1/registrations", applicant(number(25)))
		refused.limited(t, s, "rate_limited", 200*time.Second)
		name, left, reset := refused.quota(t)
		require.Equal(t, []any{"codes_per_client", 0, 200}, []any{name, left, reset})
		there.start(t, number(25))
		s.Clock.Advance(200 * time.Second)
		here.start(t, number(26))
	})
}

// Without a proxy that is trusted, X-Forwarded-For is a lie.
func TestForwardedForIsNotBelieved(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		_, c := newServer(t, e)
		for i := range 25 {
			c.from(fmt.Sprintf("192.0.2.%d", i)).start(t, number(i))
		}
		liar := c.from("192.0.2.99").with("X-Real-Ip", "192.0.2.98").with("Forwarded", "for=192.0.2.97")
		liar.post(t, "/v1/registrations", applicant(number(25))).fails(t, http.StatusTooManyRequests, "rate_limited")
	})
}

// A trusted proxy tells the last address that it has seen; what the client
// wrote before that is a lie. IPv6 clients count by their /64.
func TestForwardedForOfTrustedProxy(t *testing.T) {
	t.Parallel()
	s, c := newServer(t, testkit.SQLite, proxied(), testkit.Env("KABINET_POLICY_CODES_PER_CLIENT", "2"))
	c.from("192.0.2.1").start(t, number(1))
	c.from("203.0.113.5, 192.0.2.1").start(t, number(2))
	refused := c.from("203.0.113.6, 192.0.2.1").post(t, "/v1/registrations", applicant(number(3)))
	refused.limited(t, s, "rate_limited", 5*time.Minute)

	c.from("2001:db8:1:2::1").start(t, number(4))
	c.from("2001:db8:1:2:ffff::9").start(t, number(5))
	c.from("2001:db8:1:2:3::7").post(t, "/v1/registrations", applicant(number(6))).limited(t, s, "rate_limited", 5*time.Minute)
	c.from("2001:db8:1:3::1").start(t, number(6))
}

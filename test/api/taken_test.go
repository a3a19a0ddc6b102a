package api_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit"
)

// twin is a contact with an account and a free one that is masked alike.
type twin struct{ taken, free string }

func twins() map[string]twin {
	return map[string]twin{
		"phone":  {phone, "+79011234567"},
		"e-mail": {mailbox, "alla.smirnova@example.org"},
	}
}

// outside is what a stranger sees of an answer, without what differs between
// any two answers.
type outside struct {
	status int
	header map[string][]string
	body   object
}

func seen(t *testing.T, a answer) outside {
	t.Helper()
	header := maps.Clone(a.header)
	for _, name := range []string{"X-Request-Id", "Location", "Date", "Ratelimit"} {
		if header[name] != nil {
			header[name] = []string{"…"}
		}
	}
	var body object
	require.NoError(t, a.into(&body))
	for _, name := range []string{"id", "flow_token", "instance"} {
		if text, ok := body[name].(string); ok {
			body[name] = len(text)
		}
	}
	return outside{a.status, header, body}
}

// A contact with an account cannot be told from a free one, whatever is done
// with the flow, and its owner is told. // M26
func TestTakenContactLooksFree(t *testing.T) {
	t.Parallel()
	for name, contacts := range twins() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
				t.Helper()
				s, c := newServer(t, e, proxied())
				c.from("192.0.2.1").with("Accept-Language", "en").register(t, contacts.taken)
				stranger := c.from("198.51.100.7").with("Accept-Language", "ru")
				taken, free := compareStarts(t, stranger, contacts)
				compareGuesses(t, stranger, taken, free)
				compareResends(t, stranger, taken, free)
				for _, step := range []string{"/codes", "/confirmation", "/password"} {
					requireSame(t, stranger.blind(t, taken, step), stranger.blind(t, free, step))
				}
				sent := s.Await(t, contacts.taken, 3)
				for _, m := range sent[:2] {
					require.Empty(t, m.Code)
					require.Contains(t, m.Text, "sign in", "the owner's language")
				}
				s.Await(t, contacts.free, 2)
			})
		})
	}
}

func requireSame(t *testing.T, taken, free answer) {
	t.Helper()
	require.Equal(t, seen(t, free), seen(t, taken))
}

func compareStarts(t *testing.T, c *client, contacts twin) (taken, free registration) {
	t.Helper()
	first := c.post(t, "/v1/registrations", applicant(contacts.taken))
	second := c.post(t, "/v1/registrations", applicant(contacts.free))
	requireSame(t, first, second)
	require.Len(t, second.body, len(first.body))
	taken, free = as[registration](t, first, http.StatusCreated), as[registration](t, second, http.StatusCreated)
	requireSame(t, c.flow(taken).get(t, taken.path("")), c.flow(free).get(t, free.path("")))
	return taken, free
}

// compareGuesses uses up all attempts, and tries every code that ever left the
// house.
func compareGuesses(t *testing.T, c *client, taken, free registration) {
	t.Helper()
	// The codes have to be in the outbox before the attempts begin.
	c.server.Settle(t)
	var codes []string
	for _, m := range c.server.Sent(t, "") {
		if m.Code != "" {
			codes = append(codes, m.Code)
		}
	}
	right := codes[0]
	require.Len(t, codes, 2, "one of the account, one of the free contact")
	guesses := append(slices.Clone(codes[1:]), "000000", "123456", "111111", "999999", right)
	for _, guess := range guesses {
		if guess == right {
			guess = wrongCode(right)
		}
		requireSame(t, c.enter(t, taken, guess), c.enter(t, free, guess))
	}
	c.enter(t, taken, right).fails(t, http.StatusUnprocessableEntity, "code_exhausted")
	requireSame(t, c.enter(t, taken, right), c.enter(t, free, right))
}

func compareResends(t *testing.T, c *client, taken, free registration) {
	t.Helper()
	requireSame(t, c.resend(t, taken), c.resend(t, free))
	c.server.Clock.Advance(time.Minute)
	requireSame(t, c.resend(t, taken), c.resend(t, free))
	requireSame(t, c.flow(taken).get(t, taken.path("")), c.flow(free).get(t, free.path("")))
	requireSame(t, c.resend(t, taken), c.resend(t, free))
}

// blind sends a step without its body to a flow that is not ready for it.
func (c *client) blind(t *testing.T, r registration, step string) answer {
	t.Helper()
	body := object{}
	switch step {
	case "/confirmation":
		body = object{"code": "000000"}
	case "/password":
		body = object{"password": another, "password_confirmation": another}
	}
	return c.flow(r).post(t, r.path(step), body)
}

// Every code of a decoy is wrong, among them the one of the owner's own
// registration and all that are sent while it lives.
func TestNothingSolvesDecoy(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		c.register(t, phone)
		decoy := c.start(t, phone)
		tried := 0
		for round := range 3 {
			c.start(t, mailbox)
			s.Settle(t)
			codes := slices.DeleteFunc(s.Sent(t, ""), noCode)
			require.Len(t, codes, round+2)
			for _, m := range codes {
				c.enter(t, decoy, m.Code).fails(t, http.StatusUnprocessableEntity, "code_incorrect")
				tried++
			}
			s.Clock.Advance(5 * time.Minute)
			c.resend(t, decoy).ok(t, http.StatusCreated)
		}
		require.Equal(t, 2+3+4, tried)
		require.Zero(t, s.Count(t, "SELECT count(*) FROM registrations WHERE status = 'contact_confirmed'"))
	})
}

// An unknown login and a wrong password are the same answer; so are logins
// that can be nobody's. // M26
func TestUnknownLoginLooksKnown(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		_, c := newServer(t, e)
		c.register(t, phone)
		known := c.signIn(t, phone, another)
		known.fails(t, http.StatusUnauthorized, "credentials_incorrect")
		for _, login := range []string{
			"+79019999999", "nobody@example.org", "+14155552671", "nobody", "@", "a@b", "анна", strings.Repeat("9", 254),
		} {
			requireSame(t, c.signIn(t, login, password), known)
		}
		// With as many tries, the delay is the same, too.
		for _, login := range []string{phone, "+79018888888"} {
			for range 6 {
				c.signIn(t, login, another)
			}
		}
		requireSame(t, c.signIn(t, phone, password), c.signIn(t, "+79018888888", password))
	})
}

package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit"
)

// exhaust types wrong codes until none is left.
func (c *client) exhaust(t *testing.T, r registration, right string) {
	t.Helper()
	for left := 4; left >= 0; left-- {
		p := c.enter(t, r, wrongCode(right)).fails(t, http.StatusUnprocessableEntity, "code_incorrect")
		require.Equal(t, left, *p.AttemptsLeft)
	}
}

// A code bears five wrong attempts; then even the right one is refused, and a
// new one can be had. // M02
func TestFiveAttempts(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		r := c.start(t, phone)
		right := s.Await(t, phone, 1)[0].Code
		c.exhaust(t, r, right)
		for range 2 {
			p := c.enter(t, r, right).fails(t, http.StatusUnprocessableEntity, "code_exhausted")
			require.Zero(t, *p.AttemptsLeft)
			require.Equal(t, []string{"resend_code"}, p.NextActions)
		}
		s.Clock.Advance(time.Minute)
		require.Equal(t, 5, as[registration](t, c.resend(t, r), http.StatusCreated).Code.AttemptsLeft)
		c.enter(t, r, s.Await(t, phone, 2)[0].Code).ok(t, http.StatusOK)
	})
}

// A contact's codes bear 20 guesses a day, over all resends and flows.
func TestTwentyGuessesADay(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		began := s.Clock.Now()
		other := c.start(t, mailbox)
		right := s.Await(t, mailbox, 1)[0].Code
		r := c.start(t, mailbox)
		for round, wait := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute} {
			c.exhaust(t, r, s.Await(t, mailbox, round+2)[0].Code)
			s.Clock.Advance(wait)
			c.resend(t, r).ok(t, http.StatusCreated)
		}
		last := s.Await(t, mailbox, 5)[0].Code
		for range 3 {
			c.enter(t, r, wrongCode(last)).fails(t, http.StatusUnprocessableEntity, "code_incorrect")
		}
		for range 2 {
			c.enter(t, other, wrongCode(right)).fails(t, http.StatusUnprocessableEntity, "code_incorrect")
		}
		c.requireNoGuessLeft(t, other, right, began.Add(24*time.Hour))
		require.Equal(t, 3, c.look(t, other).Code.AttemptsLeft, "what was not compared was not spent")
		c.requireNoGuessLeft(t, r, last, began.Add(24*time.Hour))

		// Another contact is another matter, and tomorrow is another day.
		c.register(t, phone)
		s.Clock.Set(began.Add(24 * time.Hour))
		fresh := c.start(t, mailbox)
		require.Equal(t, 5, fresh.Code.AttemptsLeft)
		c.enter(t, fresh, s.Await(t, mailbox, 6)[0].Code).ok(t, http.StatusOK)
	})
}

// requireNoGuessLeft checks that no code is compared and none is sent until a
// time.
func (c *client) requireNoGuessLeft(t *testing.T, r registration, right string, until time.Time) {
	t.Helper()
	left := until.Sub(c.server.Clock.Now())
	sent := len(c.server.Sent(t, mailbox))
	for _, guess := range []string{right, wrongCode(right)} {
		a := c.enter(t, r, guess)
		a.limited(t, c.server, "too_many_attempts", left)
		name, rest, _ := a.quota(t)
		require.Equal(t, []any{"attempts_per_day", 0}, []any{name, rest})
	}
	c.post(t, "/v1/registrations", applicant(mailbox)).limited(t, c.server, "too_many_attempts", left)
	c.server.Settle(t)
	require.Len(t, c.server.Sent(t, mailbox), sent)
}

// A code that is sent late in such a day has as many attempts as are left.
func TestLastGuessesOfTheDay(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, testkit.Env("KABINET_POLICY_CODE_ATTEMPTS_PER_DAY", "7"))
		r := c.start(t, phone)
		c.exhaust(t, r, s.Await(t, phone, 1)[0].Code)
		s.Clock.Advance(time.Minute)
		require.Equal(t, 2, as[registration](t, c.resend(t, r), http.StatusCreated).Code.AttemptsLeft)
		right := s.Await(t, phone, 2)[0].Code
		for left := 1; left >= 0; left-- {
			p := c.enter(t, r, wrongCode(right)).fails(t, http.StatusUnprocessableEntity, "code_incorrect")
			require.Equal(t, left, *p.AttemptsLeft)
		}
		c.enter(t, r, right).fails(t, http.StatusUnprocessableEntity, "code_exhausted")
		s.Clock.Advance(2 * time.Minute)
		c.resend(t, r).limited(t, s, "too_many_attempts", 24*time.Hour-3*time.Minute)
	})
}

// A code is good for 10 minutes by SMS and for an hour by e-mail.
func TestCodeExpires(t *testing.T) {
	t.Parallel()
	for contact, lifetime := range map[string]time.Duration{phone: 10 * time.Minute, mailbox: time.Hour} {
		t.Run(kindOf(contact), func(t *testing.T) {
			t.Parallel()
			testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
				t.Helper()
				s, c := newServer(t, e)
				r := c.start(t, contact)
				code := s.Await(t, contact, 1)[0].Code
				s.Clock.Advance(lifetime)
				p := c.enter(t, r, code).fails(t, http.StatusUnprocessableEntity, "code_expired")
				require.Equal(t, []string{"resend_code"}, p.NextActions)
				require.Nil(t, p.AttemptsLeft)
				c.resend(t, r).ok(t, http.StatusCreated)
				code = s.Await(t, contact, 2)[0].Code
				s.Clock.Advance(lifetime - time.Microsecond)
				c.enter(t, r, code).ok(t, http.StatusOK)
			})
		})
	}
}

// requireOver checks that nothing can be done with a flow any more.
func (c *client) requireOver(t *testing.T, r registration, code string) {
	t.Helper()
	over := c.look(t, r)
	require.Equal(t, "expired", over.Status)
	require.Equal(t, []string{"register"}, over.NextActions)
	require.Nil(t, over.Code)
	for _, a := range []answer{c.enter(t, r, code), c.resend(t, r), c.choose(t, r, password)} {
		p := a.fails(t, http.StatusConflict, "registration_expired")
		require.Equal(t, []string{"register"}, p.NextActions)
	}
}

// A registration lives for a day.
func TestRegistrationExpires(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		r := c.start(t, mailbox)
		s.Await(t, mailbox, 1)
		s.Clock.Advance(23*time.Hour + 30*time.Minute)
		c.resend(t, r).ok(t, http.StatusCreated)
		code := s.Await(t, mailbox, 2)[0].Code
		s.Clock.Advance(30*time.Minute - time.Microsecond)
		require.Equal(t, "code_sent", c.look(t, r).Status)
		s.Clock.Advance(time.Microsecond)
		c.requireOver(t, r, code)
		c.start(t, mailbox)
	})
}

// The password has to follow the code within half an hour. // M03
func TestPasswordWindow(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		late, inTime := c.confirmed(t, mailbox), c.confirmed(t, phone)
		s.Clock.Advance(30*time.Minute - time.Microsecond)
		c.choose(t, inTime, password).ok(t, http.StatusCreated)
		s.Clock.Advance(time.Microsecond)
		c.requireOver(t, late, "000000")
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM accounts WHERE type = 'citizen'"))
	})
}

// The window never outlasts the registration itself.
func TestPasswordWindowEndsWithTheRegistration(t *testing.T) {
	t.Parallel()
	s, c := newServer(t, testkit.SQLite)
	r := c.start(t, mailbox)
	s.Await(t, mailbox, 1)
	s.Clock.Advance(23*time.Hour + 50*time.Minute)
	c.resend(t, r).ok(t, http.StatusCreated)
	after := as[registration](t, c.enter(t, r, s.Await(t, mailbox, 2)[0].Code), http.StatusOK)
	require.Equal(t, r.ExpiresAt, after.ExpiresAt)
}

// Whoever is quicker with a contact closes the registrations that others have
// proven it in.
func TestSiblingsAreClosed(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		slow := c.confirmed(t, phone)
		quick := c.start(t, phone)
		c.enter(t, quick, s.Await(t, phone, 2)[0].Code).ok(t, http.StatusOK)
		c.choose(t, quick, password).ok(t, http.StatusCreated)
		require.Equal(t, "closed", c.look(t, slow).Status)
		for _, a := range []answer{c.choose(t, slow, another), c.enter(t, slow, "000000"), c.resend(t, slow)} {
			p := a.fails(t, http.StatusConflict, "registration_closed")
			require.Equal(t, []string{"sign_in"}, p.NextActions)
		}
		c.signIn(t, phone, another).fails(t, http.StatusUnauthorized, "credentials_incorrect")
		c.signIn(t, phone, password).ok(t, http.StatusCreated)
	})
}

// Who has opened a registration of somebody else's contact, and proven nothing,
// does not learn from it when that contact gets an account. // M26
func TestUnprovenSiblingLearnsNothing(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		spy, control := c.start(t, phone), c.start(t, "+79011234567")
		owner := c.start(t, phone)
		code := s.Await(t, phone, 2)[0].Code
		c.enter(t, owner, code).ok(t, http.StatusOK)
		c.choose(t, owner, password).ok(t, http.StatusCreated)
		for range 2 {
			requireSame(t, c.flow(spy).get(t, spy.path("")), c.flow(control).get(t, control.path("")))
			guess := wrongCode(code)
			requireSame(t, c.enter(t, spy, guess), c.enter(t, control, guess))
			requireSame(t, c.choose(t, spy, another), c.choose(t, control, another))
			s.Settle(t)
			s.Clock.Advance(time.Minute)
			requireSame(t, c.resend(t, spy), c.resend(t, control))
		}
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM accounts WHERE type = 'citizen'"))
	})
}

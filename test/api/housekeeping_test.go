package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit"
)

// clearedSoon waits until queries that count rows find none.
func clearedSoon(t *testing.T, s *testkit.Server, from ...string) {
	t.Helper()
	for _, rows := range from {
		require.Eventually(t, func() bool { return s.Count(t, "SELECT count(*) FROM "+rows) == 0 },
			patience, 50*time.Millisecond, "rows are left: %s", rows)
	}
}

// filled are the tables of a list that have rows.
func filled(t *testing.T, s *testkit.Server, tables ...string) []string {
	t.Helper()
	return slices.DeleteFunc(tables, func(table string) bool { return s.Count(t, "SELECT count(*) FROM "+table) == 0 })
}

// notKept are the tables of what serves its purpose and is destroyed.
func notKept() []string {
	return []string{
		"registrations", "challenges", "payer_applications", "edo_documents", "sessions", "refresh_tokens",
		"throttles", "rate_limits",
	}
}

// Who came to nothing leaves nothing behind; who came to an account keeps it, and
// the record of what happened stays. // M27
func TestHousekeeping(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, payerLimits())
		citizen := c.register(t, phone)
		c.signIn(t, phone, another).fails(t, http.StatusUnauthorized, "credentials_incorrect")
		unfinished := c.start(t, mailbox)
		connected, code := c.byDocument(t, firstPayer())
		c.activate(t, firstPayer(), code).ok(t, http.StatusCreated)
		idle, _ := c.byDocument(t, thirdPayer())
		unknown := c.apply(t, unknownPayer(), "edo")
		becomesInside(t, s, unknown, "closed")
		s.Settle(t)
		require.Equal(t, notKept(), filled(t, s, notKept()...))
		audit, messages := s.Count(t, "SELECT count(*) FROM audit_events"), s.Count(t, "SELECT count(*) FROM messages")
		people := s.Count(t, "SELECT count(*) FROM accounts")

		// A day before the thirty days of the applicant's end are over.
		c.advance(t, "671h")
		clearedSoon(t, s, "rate_limits", "throttles")
		require.Equal(t, 2, s.Count(t, "SELECT count(*) FROM registrations"))
		c.bearing(unknown.FlowToken).get(t, unknown.path("")).ok(t, http.StatusOK)
		c.flow(unfinished).get(t, unfinished.path("")).ok(t, http.StatusOK)

		// A day after those of the last one.
		move := c.with(keyHeader, "move").with("Authorization")
		moved := move.post(t, clockPath, object{"advance": "793h"})
		moved.ok(t, http.StatusOK)
		clearedSoon(t, s, "registrations", "challenges WHERE purpose = 'registration'", "sessions", "refresh_tokens",
			"payer_applications WHERE status <> 'activated'", "edo_documents WHERE status <> 'code_entered'", "rate_limits", "throttles", "messages WHERE payload_enc IS NOT NULL")
		require.Equal(t, []string{"challenges", "payer_applications", "edo_documents"}, filled(t, s, notKept()...), "of who is connected")
		for _, a := range []payerApplication{idle, unknown} {
			c.bearing(a.FlowToken).get(t, a.path("")).fails(t, http.StatusUnauthorized, "flow_token_invalid")
		}
		c.flow(unfinished).get(t, unfinished.path("")).fails(t, http.StatusUnauthorized, "flow_token_invalid")
		c.refresh(t, citizen.RefreshToken).fails(t, http.StatusUnauthorized, "refresh_token_invalid")

		requireTold(t, s, citizen.Session.ID, unfinished.ID, idle.ID, unknown.ID)

		// What stays, and works.
		require.GreaterOrEqual(t, s.Count(t, "SELECT count(*) FROM audit_events"), audit)
		require.Equal(t, messages, s.Count(t, "SELECT count(*) FROM messages"))
		require.Equal(t, people, s.Count(t, "SELECT count(*) FROM accounts"))
		require.Equal(t, "activated", c.lookAt(t, connected).Status)
		c.me(t, as[signedIn](t, c.signIn(t, phone, password), http.StatusCreated).AccessToken)
		c.payerSession(t, firstPayer(), password, "cabinet")
		again := c.start(t, mailbox)
		c.enter(t, again, s.Await(t, mailbox, 2)[0].Code).ok(t, http.StatusOK)
		c.choose(t, again, password).ok(t, http.StatusCreated)
		c.reaches(t, c.apply(t, thirdPayer(), "edo"), "sent")
		c.activate(t, thirdPayer(), documentCode(t, s, thirdPayer(), 2)).ok(t, http.StatusCreated)
		require.Equal(t, moved.body, move.post(t, clockPath, object{"advance": "793h"}).body, "kept by the time that nobody moves")

		// By the machine's time answers go, by the sandbox's what is left of messages.
		s.Clock.Advance(31 * day)
		clearedSoon(t, s, "answers")
		require.Eventually(t, func() bool { return s.Count(t, "SELECT count(*) FROM messages") < messages }, patience, 50*time.Millisecond)
		require.Positive(t, s.Count(t, "SELECT count(*) FROM messages"), "the newer ones")
	})
}

// requireTold looks for what the log and the metrics tell: tables and numbers, and
// not whose rows they were.
func requireTold(t *testing.T, s *testkit.Server, ids ...string) {
	t.Helper()
	metrics := metricsOf(t, s)
	for _, line := range []string{`"registrations"} 2`, `"payer_applications"} 2`, `"edo_documents"} 1`, `"messages"} 0`} {
		require.Contains(t, metrics, "kabinet_tidied_rows_total{table="+line)
	}
	lines := 0
	for line := range strings.Lines(s.Log.String()) {
		if !strings.Contains(line, `"msg":"tidied"`) {
			continue
		}
		lines++
		require.Contains(t, line, `"payer_applications":`)
		for _, id := range ids {
			require.NotContains(t, line, id)
		}
	}
	require.Positive(t, lines)
	for _, failed := range []string{"not tidied", "document not carried", "payers not swept", "letters not swept"} {
		require.NotContains(t, s.Log.String(), failed)
	}
}

// An application whose letter has not come to its end stays as long as that, and
// the letter stays as the record of what was sent.
func TestHousekeepingWaitsForLetters(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, payerLimits())
		a, other := c.apply(t, secondPayer(), "registered_mail"), c.apply(t, unknownPayer(), "registered_mail")
		c.reaches(t, a, "code_preparing")
		becomesInside(t, s, other, "closed")
		c.advance(t, "2400h")
		clearedSoon(t, s, "payer_applications WHERE status = 'closed'")
		require.Equal(t, "expired", c.lookAt(t, a).Status)
		c.post(t, "/v1/sandbox/letters/"+a.ID+"/delivery", object{"outcome": "lost"}).ok(t, http.StatusOK)
		clearedSoon(t, s, "payer_applications", "challenges")
		require.Equal(t, []string{"lost"}, column(t, s, "SELECT status FROM letters WHERE id = '"+a.ID+"'"))
	})
}

// A person who was registered at the counter and never came can still be sent a
// code, long after the first one was destroyed.
func TestFirstCodeAfterHousekeeping(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		at := place(t, s, domain.CentreMFC)
		staff := newStaff(t, s, invited(domain.RoleOperator), at)
		desk := counter{c.bearing(c.signInOperator(t, staff).AccessToken), at}
		made := desk.register(t, walkIn(t, c, "600", phone))
		old := firstCode(t, s, phone)
		s.Clock.Advance(33 * day)
		clearedSoon(t, s, "challenges")
		c.post(t, "/v1/first-sign-ins", firstSignIn(phone, old)).fails(t, http.StatusUnprocessableEntity, "code_incorrect")

		desk = counter{c.bearing(c.signInOperator(t, staff).AccessToken), at}
		path := desk.path("/accounts/%s/first-sign-in-codes", made.AccountID)
		sent := as[struct {
			ResendAt time.Time `json:"resend_at"`
		}](t, desk.post(t, path, nil), http.StatusCreated)
		require.Equal(t, s.Clock.Now().Add(time.Minute), sent.ResendAt)
		desk.post(t, path, nil).fails(t, http.StatusTooManyRequests, "code_resend_too_early")
		c.post(t, "/v1/first-sign-ins", firstSignIn(phone, firstCode(t, s, phone))).ok(t, http.StatusCreated)
	})
}

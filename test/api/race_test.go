package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit"
)

// outcomes counts the problem codes of answers; success counts as its status.
func outcomes(t *testing.T, answers []answer) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, a := range answers {
		if a.status < http.StatusBadRequest {
			counts[strconv.Itoa(a.status)]++
			continue
		}
		var p problem
		require.NoError(t, a.into(&p))
		counts[p.Code]++
	}
	return counts
}

// However many wrong codes come at once, five are compared; then the right one
// is refused.
func TestHundredWrongCodesAtOnce(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		r := c.start(t, phone)
		right := s.Await(t, phone, 1)[0].Code
		answers := parallel(t, 100, func(i int) answer {
			guess := fmt.Sprintf("%06d", i)
			if guess == right {
				guess = "999999"
			}
			return c.enter(t, r, guess)
		})
		require.Equal(t, map[string]int{"code_incorrect": 5, "code_exhausted": 95}, outcomes(t, answers))
		var left []int
		for _, a := range answers {
			var p problem
			require.NoError(t, a.into(&p))
			if p.Code == "code_incorrect" {
				left = append(left, *p.AttemptsLeft)
			}
		}
		slices.Sort(left)
		require.Equal(t, []int{0, 1, 2, 3, 4}, left)
		c.enter(t, r, right).fails(t, http.StatusUnprocessableEntity, "code_exhausted")
		require.Equal(t, 5, s.Count(t, "SELECT count(*) FROM audit_events WHERE action IN ('challenge.wrong_code', 'challenge.exhaust')"))
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM challenges WHERE status = 'exhausted' AND attempts_left = 0"))
	})
}

// Of right codes that come at once, one wins.
func TestFiftyRightCodesAtOnce(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		r := c.start(t, phone)
		right := s.Await(t, phone, 1)[0].Code
		answers := parallel(t, 50, func(int) answer { return c.enter(t, r, right) })
		require.Equal(t, 1, count(answers, http.StatusOK), outcomes(t, answers))
		for code := range outcomes(t, answers) {
			require.Contains(t, []string{"200", "invalid_transition", "code_exhausted"}, code)
		}
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'registration.confirm_contact'"))
		c.choose(t, r, password).ok(t, http.StatusCreated)
	})
}

// citizensCredentials are the passwords without that of the payer who is connected
// from the start.
const citizensCredentials = "credentials WHERE account_id IN (SELECT id FROM accounts WHERE type = 'citizen')"

// Of registrations of one phone that finish at once, one becomes an account.
func TestFiftyRegistrationsOfOnePhone(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		flows := make([]registration, 50)
		for i := range flows {
			flows[i] = c.start(t, phone)
		}
		// Messages are listed in the order of their making, the newest first.
		sent := s.Await(t, phone, len(flows))
		for i, r := range flows {
			c.enter(t, r, sent[len(sent)-1-i].Code).ok(t, http.StatusOK)
		}
		answers := parallel(t, len(flows), func(i int) answer { return c.choose(t, flows[i], password) })
		require.Equal(t, map[string]int{"201": 1, "registration_closed": 49}, outcomes(t, answers))
		for _, table := range []string{"accounts WHERE type = 'citizen'", "account_contacts", citizensCredentials, "sessions"} {
			require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM "+table), table)
		}
		for _, r := range flows {
			require.Contains(t, []string{"completed", "closed"}, c.look(t, r).Status)
		}
		c.signIn(t, phone, password).ok(t, http.StatusCreated)
	})
}

// Of passwords that are set at once in one flow, one counts.
func TestTwoPasswordsAtOnce(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		r := c.confirmed(t, phone)
		chosen := []string{password, another}
		answers := parallel(t, 2, func(i int) answer { return c.choose(t, r, chosen[i]) })
		require.Equal(t, map[string]int{"201": 1, "invalid_transition": 1}, outcomes(t, answers))
		winner := slices.IndexFunc(answers, func(a answer) bool { return a.status == http.StatusCreated })
		c.signIn(t, phone, chosen[winner]).ok(t, http.StatusCreated)
		c.signIn(t, phone, chosen[1-winner]).fails(t, http.StatusUnauthorized, "credentials_incorrect")
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM accounts WHERE type = 'citizen'"))
	})
}

// Of resends at once, one is carried out.
func TestResendsAtOnce(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		r := c.start(t, phone)
		s.Await(t, phone, 1)
		s.Clock.Advance(time.Minute)
		answers := parallel(t, 10, func(int) answer { return c.resend(t, r) })
		require.Equal(t, map[string]int{"201": 1, "code_resend_too_early": 9}, outcomes(t, answers))
		s.Settle(t)
		c.enter(t, r, s.Await(t, phone, 2)[0].Code).ok(t, http.StatusOK)
	})
}

// Of limited requests at once, exactly as many pass as the limit says.
func TestStartsAtOnce(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		answers := parallel(t, 40, func(i int) answer {
			return c.post(t, "/v1/registrations", applicant(number(i)))
		})
		require.Equal(t, map[string]int{"201": 25, "rate_limited": 15}, outcomes(t, answers))
		require.Equal(t, 25, s.Count(t, "SELECT count(*) FROM registrations"))
		require.Equal(t, 25, s.Count(t, "SELECT count(*) FROM messages"))
	})
}

// The same sign-in sent fifty times at once opens one session.
func TestFiftySignInsWithOneKey(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		c.register(t, phone)
		keyed := c.with("Idempotency-Key", "one")
		answers := parallel(t, 50, func(int) answer { return keyed.signIn(t, phone, password) })
		ids := map[string]bool{}
		for _, a := range answers {
			if a.status == http.StatusConflict {
				a.fails(t, http.StatusConflict, "idempotency_key_in_use")
				continue
			}
			ids[as[signedIn](t, a, http.StatusCreated).Session.ID] = true
		}
		require.Len(t, ids, 1)
		require.Equal(t, 2, s.Count(t, "SELECT count(*) FROM sessions"), "one of the registration, one of the sign-ins")
	})
}

// Two tabs that refresh at the same moment are no theft.
func TestRefreshesAtOnce(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		in := c.register(t, phone)
		answers := parallel(t, 10, func(int) answer { return c.refresh(t, in.RefreshToken) })
		s.Clock.Advance(10 * time.Second)
		for _, a := range append(answers, c.refresh(t, in.RefreshToken)) {
			next := as[signedIn](t, a, http.StatusOK)
			require.Equal(t, in.Session.ID, next.Session.ID)
			c.me(t, next.AccessToken)
			c.refresh(t, next.RefreshToken).ok(t, http.StatusOK)
		}
	})
}

// A refresh token that comes again after ten seconds ends its session, and its
// owner is told.
func TestStolenRefreshToken(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		in := c.register(t, mailbox)
		other := as[signedIn](t, c.signIn(t, mailbox, password), http.StatusCreated)
		next := as[signedIn](t, c.refresh(t, in.RefreshToken), http.StatusOK)
		s.Clock.Advance(10*time.Second + time.Microsecond)
		answers := parallel(t, 5, func(int) answer { return c.refresh(t, in.RefreshToken) })
		require.Equal(t, map[string]int{"refresh_token_reused": 1, "refresh_token_invalid": 4}, outcomes(t, answers))
		for _, token := range []string{in.AccessToken, next.AccessToken} {
			c.bearing(token).get(t, "/v1/me").fails(t, http.StatusUnauthorized, "access_token_invalid")
		}
		c.refresh(t, next.RefreshToken).fails(t, http.StatusUnauthorized, "refresh_token_invalid")
		s.Settle(t)
		notice := s.Await(t, mailbox, 2)[0]
		require.Empty(t, notice.Code)
		require.Equal(t, "Сеанс в Кабинете завершён", notice.Subject)
		require.Contains(t, strings.ToLower(notice.Text), "использован дважды")
		require.Len(t, c.sessions(t, other.AccessToken).Items, 1, "the other session lives on")
	})
}

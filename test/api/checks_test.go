package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit"
)

// alarmsOf are how many alarms of a kind there are.
func alarmsOf(t *testing.T, s *testkit.Server, kind domain.AlarmKind) int {
	t.Helper()
	return s.Count(t, "SELECT count(*) FROM alarms WHERE kind = '"+string(kind)+"'")
}

// Each persona of the table gives its outcome, in either register, and those that
// are unavailable at first do so with no action of the person. // M05 M06
func TestEveryPersonaInEitherRegister(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		outcomes := map[string]string{
			"600": "passed", "601": "needs_correction", "602": "needs_correction", "603": "rejected",
			"604": "passed", "605": "waiting_registry", "606": "passed", "607": "passed",
		}
		people := map[string]signedIn{}
		for persona := range outcomes {
			for register, numbers := range map[string][2]string{"snils": {persona, "800"}, "passport": {"8" + persona[1:], persona}} {
				in := c.register(t, fmt.Sprintf("+7900%s%s0", map[string]string{"snils": "111", "passport": "222"}[register], persona))
				person := c.bearing(in.AccessToken)
				person.submit(t, person.papers(t, numbers[0], numbers[1]))
				people[register+" "+persona] = in
			}
		}
		for name, in := range people {
			want := outcomes[strings.Fields(name)[1]]
			step := time.Duration(0)
			if strings.HasSuffix(name, "604") || strings.HasSuffix(name, "606") {
				step = 10 * time.Second
			}
			awaitCase(t, s, in.Account.ID, want, step)
			level := map[string]string{"passed": "standard"}[want]
			require.Equal(t, max(level, "simplified"), levelOf(t, s, in.Account.ID), name)
		}
		require.Equal(t, 2, s.Count(t, "SELECT count(*) FROM accounts WHERE status = 'deceased'"))
		require.Equal(t, 2, alarmsOf(t, s, domain.AlarmDeathRecorded))
	})
}

// A register that is down for five days calls operators after an hour and after
// a day, once each whatever the number of replicas, and then one of them decides.
// The person is told once, of the delay. // M05
func TestFiveDaysOfOutage(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		if e == testkit.PostgreSQL {
			testkit.NewServer(t, e, testkit.Beside(s))
		}
		person := newCitizen(t, c, phone, "605", "waiting_registry")
		began := s.Clock.Now()
		require.Equal(t, began.Add(5*24*time.Hour), *person.verification(t).Deadline)
		for _, step := range []struct {
			after              time.Duration
			down, long, review int
		}{
			{59 * time.Minute, 0, 0, 0},
			{time.Hour, 1, 0, 0},
			{24*time.Hour - time.Second, 1, 0, 0},
			{24 * time.Hour, 1, 1, 0},
			{5*24*time.Hour - time.Second, 1, 1, 0},
			{5 * 24 * time.Hour, 1, 1, 1},
		} {
			s.Clock.Set(began.Add(step.after))
			// The check has been tried at this time, and is due again later.
			want, id := "waiting_registry", person.Account.ID
			if step.review > 0 {
				want = "manual_review"
			}
			require.Eventually(t, func() bool {
				_, status := caseOf(t, s, id)
				pending := s.Count(t, fmt.Sprintf(`SELECT count(*) FROM verification_checks WHERE kind = 'snils' AND result = 'unavailable'
					AND (retry_at IS NULL OR %s > %d)`, micros(e, "retry_at"), s.Clock.Now().UnixMicro()))
				return status == want && pending == 1
			}, patience, 50*time.Millisecond, "%s", step.after)
			require.Equal(t, []int{step.down, step.long, step.review}, []int{
				alarmsOf(t, s, domain.AlarmRegisterDown), alarmsOf(t, s, domain.AlarmRegisterDownLong), alarmsOf(t, s, domain.AlarmManualReview),
			}, "%s", step.after)
		}
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'verification.escalate'"))
		sent := s.Await(t, phone, 2)
		require.Contains(t, sent[0].Text, "реестр не отвечает")

		again := c.bearing(as[signedIn](t, c.signIn(t, phone, password), http.StatusCreated).AccessToken)
		v := again.verification(t)
		require.Equal(t, "manual_review", v.Status)
		require.Equal(t, []string{"wait_for_review", "edit_personal_data"}, v.NextActions)
		require.Nil(t, v.Deadline)
		require.Equal(t, "manual_review", again.submit(t, person.papers).Status, "the same data wait on")
		again.submit(t, again.papers(t, "600", "600"))
		again.becomes(t, "passed", 0)
	})
}

// micros is a column with a time as microseconds since 1970.
func micros(e testkit.Engine, column string) string {
	if e == testkit.PostgreSQL {
		return "(extract(epoch FROM " + column + ") * 1000000)"
	}
	return "(unixepoch(" + column + ", 'subsec') * 1000000)"
}

// Whoever gives the SNILS of a confirmed account waits on hold; both are told,
// and neither learns who the other is. // M12
func TestSNILSOfAConfirmedAccount(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		desk := newCounter(t, s, domain.RoleOperator, domain.CentreMFC)
		holder := newCitizen(t, c, phone, "700", "passed")
		desk.confirm(t, holder.Account.ID, document(holder.papers)).ok(t, http.StatusCreated)
		s.Settle(t)
		before := len(s.Sent(t, phone))

		second := newCitizen(t, c, mailbox, "700", "on_hold")
		v := second.verification(t)
		require.Equal(t, []string{"visit_office", "edit_personal_data"}, v.NextActions)
		require.Equal(t, "on_hold passed|passed", v.results())
		require.Equal(t, "simplified", second.level(t))
		require.Contains(t, s.Await(t, mailbox, 2)[0].Text, "обратитесь в клиентскую службу")
		told := s.Await(t, phone, before+1)[0].Text
		require.Contains(t, told, "кто-то указал Ваш СНИЛС")
		require.NotContains(t, told, mailbox)
		require.Equal(t, 1, alarmsOf(t, s, domain.AlarmSNILSConflict))

		second.submit(t, second.papers) // nobody is told twice
		require.Equal(t, "on_hold", second.verification(t).Status)
		s.Await(t, phone, before+1)
		require.Equal(t, "confirmed", holder.level(t))

		// A slip is corrected without a visit.
		second.submit(t, second.client.papers(t, "701", "600"))
		second.becomes(t, "passed", 0)
	})
}

// Of two accounts that passed with one SNILS, the first to be confirmed wins; the
// other loses what it had and is told, and the winner learns nothing. // M12
func TestFirstConfirmedWins(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		desk := newCounter(t, s, domain.RoleOperator, domain.CentreMFC)
		winner, loser := newCitizen(t, c, phone, "700", "passed"), newCitizen(t, c, mailbox, "700", "passed")
		visit := as[object](t, loser.post(t, "/v1/me/confirmations", object{"method": "service_centre"}), http.StatusCreated)
		desk.confirm(t, winner.Account.ID, document(winner.papers)).ok(t, http.StatusCreated)
		awaitCase(t, s, loser.Account.ID, "on_hold", 0)
		require.Equal(t, []string{"confirmed", "simplified"}, []string{winner.level(t), loser.level(t)})
		require.Contains(t, s.Await(t, mailbox, 3)[0].Text, "обратитесь в клиентскую службу")
		s.Settle(t)
		for _, m := range s.Sent(t, phone) {
			require.NotContains(t, m.Text, "кто-то указал")
		}
		require.Equal(t, "superseded", as[object](t, loser.get(t, "/v1/me/confirmations/"+visit["id"].(string)), http.StatusOK)["status"])
		require.Contains(t, metricsOf(t, s), `kabinet_alarms_open{kind="snils_conflict"} 1`)
		require.Contains(t, metricsOf(t, s), `kabinet_alarms_open{kind="register_down"} 0`)
	})
}

func metricsOf(t *testing.T, s *testkit.Server) string {
	t.Helper()
	w := httptest.NewRecorder()
	s.App.AdminHandler(nil).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	require.Equal(t, http.StatusOK, w.Code)
	return w.Body.String()
}

// After a death nothing old works: tokens, sign-in, visits, letters. The person
// is only told to visit an office.
func TestDeathFreezes(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, testkit.Env("KABINET_POLICY_REFRESH_GRACE", "1s"))
		person := newCitizen(t, c, phone, "600", "passed")
		letter := person.request(t, person.byLetter())
		code := person.delivered(t, letter)
		body := person.client.papers(t, "603", "605")
		body["void_letter"] = true
		person.submit(t, body)
		awaitCase(t, s, person.Account.ID, "rejected", 0)
		person.get(t, "/v1/me").fails(t, http.StatusUnauthorized, "access_token_invalid")
		person.enter(t, letter, code).fails(t, http.StatusUnauthorized, "access_token_invalid")
		person.put(t, body).fails(t, http.StatusUnauthorized, "access_token_invalid")
		c.refresh(t, person.RefreshToken).fails(t, http.StatusUnauthorized, "refresh_token_invalid")
		p := c.signIn(t, phone, password).fails(t, http.StatusForbidden, "account_frozen")
		require.Equal(t, []string{"visit_office"}, p.NextActions)
		c.signIn(t, phone, "another "+password).fails(t, http.StatusUnauthorized, "credentials_incorrect")

		s.Settle(t)
		last := s.Sent(t, phone)[0].Text
		require.Contains(t, last, "Обратитесь в клиентскую службу")
		require.NotContains(t, strings.ToLower(last), "умер")
		require.Equal(t, 1, alarmsOf(t, s, domain.AlarmDeathRecorded))
		require.Zero(t, s.Count(t, "SELECT count(*) FROM confirmations WHERE status IN ('requested', 'confirmed')"))
		require.Zero(t, s.Count(t, "SELECT count(*) FROM letters WHERE status IN ('requested', 'printed', 'posted', 'delivered')"))
		require.Zero(t, s.Count(t, "SELECT count(*) FROM sessions WHERE status = 'active'"))
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'account.record_death'"))
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'session.close'"))
	})
}

// What is proven is changed only soon after a sign-in; an address at any time. // M04
func TestEditNeedsAFreshSignIn(t *testing.T) {
	t.Parallel()
	s, c := newServer(t, testkit.SQLite, testkit.Env("KABINET_POLICY_ACCESS_TOKEN_LIFETIME", "1h"),
		testkit.Env("KABINET_POLICY_SESSION_IDLE", "6h"))
	person := newCitizen(t, c, phone, "600", "passed")
	s.Clock.Advance(16 * time.Minute)
	other := person.client.papers(t, "700", "600")
	p := person.put(t, other).fails(t, http.StatusForbidden, "reauthentication_required")
	require.Equal(t, []string{"sign_in"}, p.NextActions)
	person.papers["registration_address"].(object)["house"] = "9"
	require.Equal(t, "passed", person.submit(t, person.papers).Status)
	require.Equal(t, "standard", person.level(t))

	// A refreshed token is no proof of the password.
	again := as[signedIn](t, c.refresh(t, person.RefreshToken), http.StatusOK)
	c.bearing(again.AccessToken).put(t, other).fails(t, http.StatusForbidden, "reauthentication_required")
	again = as[signedIn](t, c.signIn(t, phone, password), http.StatusCreated)
	c.bearing(again.AccessToken).submit(t, person.client.papers(t, "605", "600")) // no answer yet
	require.Equal(t, "simplified", person.level(t))
	c.bearing(again.AccessToken).submit(t, other)
	c.bearing(again.AccessToken).becomes(t, "passed", 0)
}

// A letter under way is given up only on purpose; then its code is worth nothing. // M04
func TestEditWhileALetterIsUnderWay(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		person := newCitizen(t, c, phone, "600", "passed")
		letter := person.request(t, person.byLetter())
		code := person.delivered(t, letter)
		other := person.client.papers(t, "700", "600")
		p := person.put(t, other).fails(t, http.StatusConflict, "letter_under_way")
		require.Equal(t, []string{"wait_for_letter", "void_letter"}, p.NextActions)
		require.Equal(t, "passed", person.verification(t).Status)
		other["void_letter"] = false
		person.put(t, other).fails(t, http.StatusConflict, "letter_under_way")
		person.papers["birthplace"] = "гор. Смоленск"
		person.submit(t, person.papers) // no register is asked about it

		other["void_letter"] = true
		person.submit(t, other)
		require.Equal(t, "superseded", person.look(t, letter).Status)
		person.becomes(t, "passed", 0)
		require.Equal(t, http.StatusConflict, person.enter(t, letter, code).status)
		require.Equal(t, "standard", person.level(t))
		require.Zero(t, s.Count(t, "SELECT count(*) FROM letters WHERE status = 'code_entered'"))
	})
}

// A sign-in that races with the end of the account leaves no session alive.
func TestSignInsDuringADeath(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		in := c.register(t, phone)
		person := c.bearing(in.AccessToken)
		person.submit(t, person.papers(t, "603", "600"))
		answers := parallel(t, 12, func(int) answer { return c.signIn(t, phone, password) })
		awaitCase(t, s, in.Account.ID, "rejected", 0)
		for _, a := range answers {
			require.Contains(t, []int{http.StatusCreated, http.StatusForbidden, http.StatusTooManyRequests}, a.status, "%s", a.body)
		}
		require.Zero(t, s.Count(t, "SELECT count(*) FROM sessions WHERE status = 'active'"))
	})
}

// Passed checks prove the data for 90 days.
func TestChecksExpire(t *testing.T) {
	t.Parallel()
	s, c := newServer(t, testkit.SQLite)
	c.register(t, phone)
	in := as[signedIn](t, c.signIn(t, phone, password), http.StatusCreated)
	c = c.bearing(in.AccessToken)
	first := c.submit(t, c.papers(t, "600", "600"))
	c.becomes(t, "passed", 0)
	s.Clock.Advance(90 * 24 * time.Hour)
	c = c.bearing(as[signedIn](t, c.with("Authorization").signIn(t, phone, password), http.StatusCreated).AccessToken)
	v := c.verification(t)
	require.Equal(t, "expired", v.Status)
	require.Equal(t, []string{"fill_personal_data"}, v.NextActions)
	second := c.submit(t, c.papers(t, "600", "600"))
	require.NotEqual(t, first.ID, second.ID)
	c.becomes(t, "passed", 0)
}

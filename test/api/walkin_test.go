package api_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit"
)

// walkIn is a person without an account, as an operator types.
func walkIn(t *testing.T, c *client, snils, contact string) object {
	t.Helper()
	body := c.papers(t, snils, "600")
	body[kindOf(contact)] = contact
	return body
}

// walkedIn is what the operator learns of the account that was made.
type walkedIn struct {
	AccountID string `json:"account_id"`
	Level     string `json:"level"`
	Status    string `json:"status"`
	Code      struct {
		Contact   string    `json:"contact"`
		ExpiresAt time.Time `json:"expires_at"`
		ResendAt  time.Time `json:"resend_at"`
	} `json:"code"`
	NextActions []string `json:"next_actions"`
}

func (c counter) register(t *testing.T, body object) walkedIn {
	t.Helper()
	return as[walkedIn](t, c.post(t, c.path("/registrations"), body), http.StatusCreated)
}

// firstCode is the code for the first sign-in that an address was sent last.
func firstCode(t *testing.T, s *testkit.Server, contact string) string {
	t.Helper()
	s.Settle(t)
	for _, m := range s.Sent(t, contact) {
		if m.Code != "" {
			return m.Code
		}
	}
	require.Fail(t, "no code was sent")
	return ""
}

func firstSignIn(login, code string) object {
	return object{"login": login, "code": code, "password": password, "password_confirmation": password}
}

// A person without an account is registered and confirmed at the counter, and
// sets a password with the code that nobody else has seen. // M08 M11 M25
func TestWalkIn(t *testing.T) {
	t.Parallel()
	for name, contact := range map[string]string{"phone": phone, "e-mail": mailbox} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
				t.Helper()
				s, c := newServer(t, e)
				desk := newCounter(t, s, domain.RoleOperator, domain.CentreMFC)
				admin := newOperator(t, s, domain.RoleAdministrator)
				did := desk.post(t, desk.path("/registrations"), walkIn(t, c, "600", contact))
				made := as[walkedIn](t, did, http.StatusCreated)
				require.Equal(t, "confirmed", made.Level)
				require.Equal(t, s.Clock.Now().Add(72*time.Hour), made.Code.ExpiresAt)
				code := firstCode(t, s, contact)
				require.Len(t, code, 10)
				require.NotContains(t, string(did.body), code)
				require.NotContains(t, string(did.body), contact)
				for action, reason := range map[string]string{
					"account.register": "", "personal_data.submit": "", "verification.vouch": "", "account.pass_checks": "",
					"confirmation.confirm": "", "account.confirm_identity": "", "challenge.issue": "",
				} {
					desk.requireAudited(t, admin, did, event{Action: action, AccountID: &made.AccountID, Reason: reason})
				}
				require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM consents WHERE channel = 'counter'"))
				require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM account_contacts WHERE confirmed_at IS NULL"))
				require.Equal(t, []string{"send_first_sign_in_code"}, desk.search(t, kindOf(contact), contact)[0].NextActions)

				// Nobody has a password yet, and the contact is taken.
				c.signIn(t, contact, password).fails(t, http.StatusUnauthorized, "credentials_incorrect")
				typed := " " + strings.ToLower(code[:5]) + "-" + code[5:]
				a := c.post(t, "/v1/first-sign-ins", firstSignIn(contact, typed))
				in := as[signedIn](t, a, http.StatusCreated)
				require.Equal(t, made.AccountID, in.Account.ID)
				require.Equal(t, "confirmed", in.Account.Level)
				require.Equal(t, "confirmed", c.me(t, in.AccessToken).Level)
				require.Zero(t, s.Count(t, "SELECT count(*) FROM account_contacts WHERE confirmed_at IS NULL"))
				require.Equal(t, "000-000-600 31", as[object](t, c.bearing(in.AccessToken).get(t, "/v1/me/personal-data"), http.StatusOK)["snils"])
				c.signIn(t, contact, password).ok(t, http.StatusCreated)
				c.post(t, "/v1/first-sign-ins", firstSignIn(contact, code)).fails(t, http.StatusUnprocessableEntity, "code_incorrect")
				desk.post(t, desk.path("/accounts/%s/first-sign-in-codes", made.AccountID), object{}).
					fails(t, http.StatusConflict, "invalid_transition")
			})
		})
	}
}

// Who must not be registered is not, and nothing of it stays.
func TestWalkInRefused(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		at := place(t, s, domain.CentreMFC)
		self := invited(domain.RoleOperator)
		desk := counter{c.bearing(c.signInOperator(t, newStaff(t, s, self, at)).AccessToken), at}
		desk.register(t, walkIn(t, c, "600", phone))
		before := settled(t, s)
		own := walkIn(t, c, "777", "+79003333333")
		own["snils"] = self.SNILS
		for name, test := range map[string]struct {
			body   object
			status int
			code   string
		}{
			"contact":     {walkIn(t, c, "777", phone), http.StatusConflict, "contact_taken"},
			"SNILS":       {walkIn(t, c, "600", mailbox), http.StatusConflict, "person_already_registered"},
			"own SNILS":   {own, http.StatusForbidden, "own_account"},
			"own address": {walkIn(t, c, "777", self.Email), http.StatusForbidden, "own_account"},
		} {
			p := desk.post(t, desk.path("/registrations"), test.body).fails(t, test.status, test.code)
			require.NotContains(t, p.Detail, "000", name)
			require.Equal(t, before, settled(t, s), name)
		}
		old := walkIn(t, c, "777", mailbox)
		old["accepted_consent_version"] = "2020-01-01"
		maps.Copy(old, object{"phone": phone, "family_name": "1", "no_patronymic": true})
		var got [][2]string
		a := desk.do(t, call{method: http.MethodPost, path: desk.path("/registrations"), body: old, wrong: true})
		for _, f := range a.fails(t, http.StatusUnprocessableEntity, "validation_failed").Errors {
			got = append(got, [2]string{f.Pointer, f.Code})
		}
		require.Equal(t, [][2]string{
			{"/phone", "exactly_one_of"},
			{"/email", "exactly_one_of"},
			{"/family_name", "name_invalid"},
			{"/patronymic", "not_allowed"},
			{"/accepted_consent_version", "consent_outdated"},
		}, got)
		require.Equal(t, before, settled(t, s))
	})
}

// A suspension and a death are not undone by a new account at the counter: that
// takes two people. // M25
func TestWalkInDoesNotUndo(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		desk := newCounter(t, s, domain.RoleOperator, domain.CentreMFC)
		person := newCitizen(t, c, mailbox, "600", "passed")
		before := settled(t, s)
		for _, status := range []string{"suspended", "deceased"} {
			s.Exec(t, "UPDATE accounts SET status = '"+status+"' WHERE id = '"+person.Account.ID+"'")
			p := desk.post(t, desk.path("/registrations"), walkIn(t, c, "600", phone)).
				fails(t, http.StatusConflict, "person_already_registered")
			require.Equal(t, []string{"search_account"}, p.NextActions)
			require.Equal(t, before, settled(t, s), status)
		}
		// Data that somebody has typed are no obstacle: nothing of them is proven.
		s.Exec(t, "UPDATE accounts SET status = 'active'")
		desk.register(t, walkIn(t, c, "600", phone))
	})
}

// Of two counters that register one person at once, one does.
func TestWalkInAtOnce(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		desk := newCounter(t, s, domain.RoleOperator, domain.CentreMFC)
		bodies := make([]object, 8)
		for i := range bodies {
			bodies[i] = walkIn(t, c, "600", "+7900444000"+string(rune('0'+i)))
		}
		answers := parallel(t, len(bodies), func(i int) answer { return desk.post(t, desk.path("/registrations"), bodies[i]) })
		require.Equal(t, map[string]int{"201": 1, "person_already_registered": 7}, outcomes(t, answers))
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM accounts WHERE type = 'citizen'"))
	})
}

// Nobody learns from the first sign-in whether there is an account. // M26
func TestFirstSignInTellsNothing(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		desk := newCounter(t, s, domain.RoleOperator, domain.CentreMFC)
		desk.register(t, walkIn(t, c, "600", phone))
		c.register(t, mailbox)
		code := firstCode(t, s, phone)
		var bodies []string
		for range 7 {
			for _, login := range []string{phone, mailbox, "+79008888888"} {
				p := c.post(t, "/v1/first-sign-ins", firstSignIn(login, "AAAAAAAAAA")).fails(t, http.StatusUnprocessableEntity, "code_incorrect")
				require.Nil(t, p.AttemptsLeft)
				p.Instance = ""
				bodies = append(bodies, p.Title+p.Detail+strings.Join(p.NextActions, " "))
			}
		}
		for _, body := range bodies {
			require.Equal(t, bodies[0], body)
		}
		// Five were compared: the right one comes too late.
		c.post(t, "/v1/first-sign-ins", firstSignIn(phone, code)).fails(t, http.StatusUnprocessableEntity, "code_incorrect")
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM challenges WHERE purpose = 'first_sign_in' AND status = 'exhausted'"))
	})
}

// A code grows old after 72 hours, and the counter sends another one.
func TestFirstSignInCodeIsSentAgain(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		at := place(t, s, domain.CentreMFC)
		staff := newStaff(t, s, invited(domain.RoleOperator), at)
		desk := counter{c.bearing(c.signInOperator(t, staff).AccessToken), at}
		made := desk.register(t, walkIn(t, c, "600", phone))
		old := firstCode(t, s, phone)
		path := desk.path("/accounts/%s/first-sign-in-codes", made.AccountID)
		p := desk.post(t, path, object{}).fails(t, http.StatusTooManyRequests, "code_resend_too_early")
		require.Equal(t, made.Code.ResendAt, *p.RetryAt)
		s.Clock.Advance(72 * time.Hour)
		desk = counter{c.bearing(c.signInOperator(t, staff).AccessToken), at}
		c.post(t, "/v1/first-sign-ins", firstSignIn(phone, old)).fails(t, http.StatusUnprocessableEntity, "code_incorrect")
		a := desk.post(t, path, nil)
		a.ok(t, http.StatusCreated)
		fresh := firstCode(t, s, phone)
		require.NotEqual(t, old, fresh)
		require.NotContains(t, string(a.body), fresh)
		c.post(t, "/v1/first-sign-ins", firstSignIn(phone, old)).fails(t, http.StatusUnprocessableEntity, "code_incorrect")
		c.post(t, "/v1/first-sign-ins", firstSignIn(phone, fresh)).ok(t, http.StatusCreated)
	})
}

// The wait for the next code doubles each time, as for a registration's.
func TestFirstSignInCodesTakeLonger(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		desk := newCounter(t, s, domain.RoleOperator, domain.CentreMFC)
		made := desk.register(t, walkIn(t, c, "600", phone))
		path := desk.path("/accounts/%s/first-sign-in-codes", made.AccountID)
		next := made.Code.ResendAt
		require.Equal(t, s.Clock.Now().Add(time.Minute), next)
		for _, wait := range []time.Duration{2 * time.Minute, 4 * time.Minute, 8 * time.Minute} {
			s.Clock.Advance(next.Sub(s.Clock.Now()) - time.Microsecond)
			p := desk.post(t, path, nil).fails(t, http.StatusTooManyRequests, "code_resend_too_early")
			require.Equal(t, next, *p.RetryAt)
			s.Clock.Advance(time.Microsecond)
			sent := as[struct {
				ResendAt time.Time `json:"resend_at"`
			}](t, desk.post(t, path, nil), http.StatusCreated)
			require.Equal(t, s.Clock.Now().Add(wait), sent.ResendAt)
			next = sent.ResendAt
		}
	})
}

// One right code sent many times at once opens one session, and wrong passwords
// cost no attempt.
func TestFirstSignInAtOnce(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		desk := newCounter(t, s, domain.RoleOperator, domain.CentreMFC)
		desk.register(t, walkIn(t, c, "600", phone))
		code := firstCode(t, s, phone)
		for range 6 {
			weak := object{"login": "+7", "code": "x", "password": "password1234", "password_confirmation": "another1234"}
			c.do(t, call{method: http.MethodPost, path: "/v1/first-sign-ins", body: weak, wrong: true}).
				fails(t, http.StatusUnprocessableEntity, "validation_failed")
			weak["login"] = phone
			p := c.do(t, call{method: http.MethodPost, path: "/v1/first-sign-ins", body: weak, wrong: true}).
				fails(t, http.StatusUnprocessableEntity, "validation_failed")
			require.Len(t, p.Errors, 3)
		}
		answers := parallel(t, 4, func(int) answer { return c.post(t, "/v1/first-sign-ins", firstSignIn(phone, code)) })
		require.Equal(t, map[string]int{"201": 1, "code_incorrect": 3}, outcomes(t, answers))
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM credentials c JOIN accounts a ON a.id = c.account_id WHERE a.type = 'citizen'"))
	})
}

// One client address has so many tries.
func TestFirstSignInsAreBounded(t *testing.T) {
	t.Parallel()
	_, c := newServer(t, testkit.SQLite, testkit.Env("KABINET_POLICY_CODES_PER_CLIENT", "3"))
	for range 3 {
		c.post(t, "/v1/first-sign-ins", firstSignIn(phone, "AAAAAAAAAA")).fails(t, http.StatusUnprocessableEntity, "code_incorrect")
	}
	c.post(t, "/v1/first-sign-ins", firstSignIn(phone, "AAAAAAAAAA")).fails(t, http.StatusTooManyRequests, "rate_limited")
}

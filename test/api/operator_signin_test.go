package api_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit"
)

// Without the second factor there is no way in, and what is wrong is told only
// of the form.
func TestOperatorSignInNeedsBoth(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, proxied())
		o := newStaff(t, s, invited(domain.RoleAdministrator))
		right := o.signInBody(t, s, 0)
		try := func(change object) answer {
			body := object{}
			for name, value := range right {
				body[name] = value
			}
			for name, value := range change {
				body[name] = value
				if value == nil {
					delete(body, name)
				}
			}
			return c.do(t, call{method: http.MethodPost, path: "/v1/sessions", body: body, wrong: true})
		}
		for otp, code := range map[any]string{
			nil: "required", "": "required", " ": "required", "12345": "otp_format", "1234567": "otp_format",
			"12345a": "otp_format", "１２３４５６": "otp_format", strings.Repeat("1", 33): "otp_format",
		} {
			p := try(object{"otp": otp}).fails(t, http.StatusUnprocessableEntity, "validation_failed")
			require.Len(t, p.Errors, 1)
			require.Equal(t, "/otp", p.Errors[0].Pointer)
			require.Equal(t, code, p.Errors[0].Code, otp)
		}
		p := try(object{"account_type": "citizen"}).fails(t, http.StatusUnprocessableEntity, "validation_failed")
		require.Equal(t, "not_allowed", p.Errors[0].Code)

		first := try(object{"password": another}).fails(t, http.StatusUnauthorized, "credentials_incorrect")
		for i, change := range []object{
			{"otp": o.otp(t, s, time.Hour)}, {"login": "nobody.here"}, {"login": phone}, {"account_type": "citizen", "otp": nil},
		} {
			body := c.from("198.51.100." + strconv.Itoa(i+1))
			saved := c
			c = body
			p := try(change).fails(t, http.StatusUnauthorized, "credentials_incorrect")
			c = saved
			p.Instance = first.Instance
			require.Equal(t, first, p, "all of them look alike")
		}
		c.post(t, "/v1/sessions", right).ok(t, http.StatusCreated)
	})
}

// A code is good once, whatever runs in parallel.
func TestCodeOfSecondFactorIsGoodOnce(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, proxied())
		replica := newClient(testkit.NewServer(t, e, testkit.Beside(s)))
		t.Cleanup(replica.http.CloseIdleConnections)
		o := newStaff(t, s, invited(domain.RoleAdministrator))
		body := o.signInBody(t, s, 0)
		answers := parallel(t, 8, func(i int) answer {
			return []*client{c, replica}[i%2].from("198.51.100."+strconv.Itoa(i+1)).post(t, "/v1/sessions", body)
		})
		require.Equal(t, 1, count(answers, http.StatusCreated))
		require.Equal(t, 7, count(answers, http.StatusUnauthorized))
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM sessions"))
	})
}

// The code that completed the enrolment does not sign in.
func TestCodeOfEnrolmentIsUsed(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		o := newStaff(t, s, invited(domain.RoleAdministrator))
		c.post(t, "/v1/sessions", o.signInBody(t, s, -30*time.Second)).fails(t, http.StatusUnauthorized, "credentials_incorrect")
		c.post(t, "/v1/sessions", o.signInBody(t, s, 0)).ok(t, http.StatusCreated)
	})
}

// Who has the password cannot guess the code from many addresses: ten tries in
// a quarter of an hour, and no answer tells the password was right.
func TestSecondFactorIsNotGuessed(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, proxied())
		o := newStaff(t, s, invited(domain.RoleAdministrator))
		wrong := o.signInBody(t, s, time.Hour)
		answers := parallel(t, 40, func(i int) answer {
			return c.from("198.51.100."+strconv.Itoa(i+1)).post(t, "/v1/sessions", wrong)
		})
		require.Equal(t, 40, count(answers, http.StatusUnauthorized))
		require.Equal(t, 10, s.Count(t, "SELECT events FROM rate_limits WHERE name = 'second_factor'"))
		elsewhere := c.from("203.0.113.9")
		elsewhere.post(t, "/v1/sessions", o.signInBody(t, s, 0)).fails(t, http.StatusUnauthorized, "credentials_incorrect")
		s.Clock.Advance(15 * time.Minute)
		elsewhere.signInOperator(t, o)
	})
}

// An enrolment link works once, until it is replaced or too old.
func TestEnrolmentLinkIsGoodOnce(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		link, until, err := s.App.CreateOperator(t.Context(), invited(domain.RoleAdministrator))
		require.NoError(t, err)
		token := tokenOf(t, link)
		start := func(token string) answer {
			return c.post(t, "/v1/operator-enrolments", object{"enrolment_token": token})
		}
		complete := func(otp string) answer {
			return c.post(t, "/v1/operator-enrolments/completion", object{
				"enrolment_token": token, "password": password, "password_confirmation": password, "otp": otp,
			})
		}
		start("nonsense").fails(t, http.StatusUnauthorized, "enrolment_invalid")
		complete("123456").fails(t, http.StatusUnauthorized, "enrolment_invalid") // nothing was begun
		first := as[enrolment](t, start(token), http.StatusCreated)
		require.True(t, until.Equal(first.ExpiresAt))
		require.Contains(t, first.TOTP.URI, "otpauth://totp/Kabinet:"+first.Login)
		second := as[enrolment](t, start(token), http.StatusCreated)
		require.NotEqual(t, first.TOTP.Secret, second.TOTP.Secret)
		now := s.Clock.Now()
		complete(codeAt(t, first.TOTP.Secret, now)).fails(t, http.StatusUnprocessableEntity, "code_incorrect")
		complete(codeAt(t, second.TOTP.Secret, now.Add(time.Hour))).fails(t, http.StatusUnprocessableEntity, "code_incorrect")

		answers := parallel(t, 6, func(int) answer { return complete(codeAt(t, second.TOTP.Secret, now)) })
		require.Equal(t, 1, count(answers, http.StatusCreated))
		require.Equal(t, 5, count(answers, http.StatusUnauthorized))
		start(token).fails(t, http.StatusUnauthorized, "enrolment_invalid")
		complete(codeAt(t, second.TOTP.Secret, now)).fails(t, http.StatusUnauthorized, "enrolment_invalid")
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'operator.enrol'"))
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'operator.create'"))
	})
}

func TestEnrolmentLinkIsGoodForThreeDays(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		link, until, err := s.App.CreateOperator(t.Context(), invited(domain.RoleAdministrator))
		require.NoError(t, err)
		body := object{"enrolment_token": tokenOf(t, link)}
		s.Clock.Set(until.Add(-time.Microsecond))
		shown := as[enrolment](t, c.post(t, "/v1/operator-enrolments", body), http.StatusCreated)
		s.Clock.Set(until)
		c.post(t, "/v1/operator-enrolments", body).fails(t, http.StatusUnauthorized, "enrolment_invalid")
		c.post(t, "/v1/operator-enrolments/completion", object{
			"enrolment_token": tokenOf(t, link), "password": password, "password_confirmation": password,
			"otp": codeAt(t, shown.TOTP.Secret, until),
		}).fails(t, http.StatusUnauthorized, "enrolment_invalid")
	})
}

// The password of an operator is judged as everybody's.
func TestEnrolmentWithWrongFields(t *testing.T) {
	t.Parallel()
	s, c := newServer(t, testkit.SQLite)
	in := invited(domain.RoleAdministrator)
	link, _, err := s.App.CreateOperator(t.Context(), in)
	require.NoError(t, err)
	for _, test := range []struct {
		body object
		want []string
	}{
		{object{}, []string{"/enrolment_token required", "/password required", "/password_confirmation required", "/otp required"}},
		{
			object{"enrolment_token": tokenOf(t, link), "password": "tram lantn", "password_confirmation": "x", "otp": "123456"},
			[]string{"/password password_too_short", "/password_confirmation password_mismatch"},
		},
		{
			object{"enrolment_token": tokenOf(t, link), "password": in.Login + " is me", "password_confirmation": in.Login + " is me", "otp": "12345"},
			[]string{"/otp otp_format"},
		},
		{
			object{"enrolment_token": tokenOf(t, link), "password": in.Login + " is me", "password_confirmation": in.Login + " is me", "otp": "123456"},
			[]string{"/password password_contains_contact"},
		},
		{object{"enrolment_token": strings.Repeat("x", 300), "password": "a", "password_confirmation": "a", "otp": "123456"}, []string{"/enrolment_token too_long"}},
	} {
		p := c.do(t, call{method: http.MethodPost, path: "/v1/operator-enrolments/completion", body: test.body, wrong: true}).
			fails(t, http.StatusUnprocessableEntity, "validation_failed")
		var got []string
		for _, f := range p.Errors {
			got = append(got, f.Pointer+" "+f.Code)
		}
		require.Equal(t, test.want, got)
	}
	c.enrol(t, link)
}

// Who has the right password learns that the account is closed; nobody else
// learns that it exists.
func TestFrozenAccountsAreToldToTheirOwners(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		in := c.register(t, phone)
		for status, code := range map[string]string{"suspended": "account_suspended", "deceased": "account_frozen"} {
			s.Exec(t, "UPDATE accounts SET status = '"+status+"'")
			p := c.signIn(t, phone, password).fails(t, http.StatusForbidden, code)
			require.Equal(t, []string{"visit_office"}, p.NextActions)
			c.signIn(t, phone, another).fails(t, http.StatusUnauthorized, "credentials_incorrect")
			c.refresh(t, in.RefreshToken).fails(t, http.StatusUnauthorized, "refresh_token_invalid")
		}
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM sessions"))
		s.Exec(t, "UPDATE accounts SET status = 'active'")
		c.signIn(t, phone, password).ok(t, http.StatusCreated)
	})
}

// Cookies work for operators as for everybody.
func TestOperatorWithCookies(t *testing.T) {
	t.Parallel()
	s, c := newServer(t, testkit.SQLite)
	o := newStaff(t, s, invited(domain.RoleOperator), place(t, s, domain.CentreMFC))
	body := o.signInBody(t, s, 0)
	body["transport"] = "cookie"
	a := c.with("Origin", s.URL).post(t, "/v1/sessions", body)
	a.ok(t, http.StatusCreated)
	var cookies []string
	for _, cookie := range (&http.Response{Header: a.header}).Cookies() {
		cookies = append(cookies, cookie.Name+"="+cookie.Value)
	}
	require.Len(t, cookies, 2)
	c.with("Cookie", strings.Join(cookies, "; ")).get(t, "/v1/operator/places").ok(t, http.StatusOK)
}

// A refresh token of an operator that comes back ends the session, and the
// operator is written to.
func TestStolenRefreshTokenOfAnOperator(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		in := invited(domain.RoleAdministrator)
		session := c.signInOperator(t, newStaff(t, s, in))
		next := as[signedIn](t, c.refresh(t, session.RefreshToken), http.StatusOK)
		s.Clock.Advance(11 * time.Second)
		c.refresh(t, session.RefreshToken).fails(t, http.StatusUnauthorized, "refresh_token_reused")
		c.bearing(next.AccessToken).get(t, "/v1/me").fails(t, http.StatusUnauthorized, "access_token_invalid")
		s.Await(t, in.Email, 1)
	})
}

package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit"
)

const (
	accessCookie  = "__Host-kabinet_access"
	refreshCookie = "__Host-kabinet_refresh"
	// page is the origin of a frontend.
	page = "https://app.example.org"
)

func browser(t *testing.T, e testkit.Engine) *client {
	t.Helper()
	_, c := newServer(t, e, testkit.Env("KABINET_CORS_ORIGINS", page+",http://localhost:3000"))
	return c.with("Origin", page)
}

// jar reads the cookies of an answer, and checks their form.
func jar(t *testing.T, a answer) map[string]*http.Cookie {
	t.Helper()
	cookies := map[string]*http.Cookie{}
	for _, line := range a.header.Values("Set-Cookie") {
		c, err := http.ParseSetCookie(line)
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(c.Name, "__Host-"))
		require.True(t, c.HttpOnly && c.Secure)
		require.Equal(t, http.SameSiteStrictMode, c.SameSite)
		require.Equal(t, "/", c.Path)
		require.Empty(t, c.Domain)
		require.NotContains(t, strings.ToLower(line), "domain")
		cookies[c.Name] = c
	}
	return cookies
}

// carrying is the client with cookies.
func (c *client) carrying(cookies map[string]*http.Cookie) *client {
	var pairs []string
	for _, cookie := range cookies {
		pairs = append(pairs, cookie.Name+"="+cookie.Value)
	}
	return c.with("Cookie", strings.Join(pairs, "; "))
}

// signInByCookie opens a session in cookies.
func (c *client) signInByCookie(t *testing.T) (signedIn, map[string]*http.Cookie) {
	t.Helper()
	a := c.post(t, "/v1/sessions", object{
		"account_type": "citizen", "login": phone, "password": password, "transport": "cookie",
	})
	in := as[signedIn](t, a, http.StatusCreated)
	requireCookies(t, a, in)
	return in, jar(t, a)
}

// requireCookies checks that the tokens travel in cookies and nowhere else.
func requireCookies(t *testing.T, a answer, in signedIn) {
	t.Helper()
	cookies := jar(t, a)
	require.Len(t, cookies, 2)
	require.Equal(t, 600, cookies[accessCookie].MaxAge)
	require.Positive(t, cookies[refreshCookie].MaxAge)
	require.LessOrEqual(t, cookies[refreshCookie].MaxAge, 12*3600)
	require.Equal(t, "cookie", in.Session.Transport)
	for _, name := range []string{"access_token", "refresh_token", "token_type"} {
		require.NotContains(t, string(a.body), name)
	}
	for _, cookie := range cookies {
		require.NotContains(t, string(a.body), cookie.Value)
	}
}

// A browser never sees its tokens, and signs in, refreshes and signs out all
// the same.
func TestSessionInCookies(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		c := browser(t, e)
		c.register(t, phone)
		in, first := c.signInByCookie(t)
		visitor := c.carrying(first)
		require.Equal(t, in.Account, as[account](t, visitor.get(t, "/v1/me"), http.StatusOK))
		refreshed := visitor.post(t, "/v1/sessions/refresh", nil)
		next := as[signedIn](t, refreshed, http.StatusOK)
		requireCookies(t, refreshed, next)
		require.Equal(t, in.Session.ID, next.Session.ID)
		second := jar(t, refreshed)
		require.NotEqual(t, first[refreshCookie].Value, second[refreshCookie].Value)

		visitor = c.carrying(second)
		out := visitor.delete(t, "/v1/sessions/current")
		out.ok(t, http.StatusNoContent)
		cleared := jar(t, out)
		for _, name := range []string{accessCookie, refreshCookie} {
			require.Empty(t, cleared[name].Value)
			require.Negative(t, cleared[name].MaxAge)
		}
		visitor.get(t, "/v1/me").fails(t, http.StatusUnauthorized, "access_token_invalid")
		visitor.post(t, "/v1/sessions/refresh", nil).fails(t, http.StatusUnauthorized, "refresh_token_invalid")
	})
}

// A registration can end in cookies, too.
func TestRegistrationEndsInCookies(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		c := browser(t, e)
		r := c.confirmed(t, phone)
		body := object{"password": password, "password_confirmation": password, "transport": "cookie"}
		c.with("Origin").flow(r).post(t, r.path("/password"), body).fails(t, http.StatusForbidden, "origin_not_allowed")
		c.with("Origin", "https://evil.example").flow(r).post(t, r.path("/password"), body).
			fails(t, http.StatusForbidden, "origin_not_allowed")
		a := c.flow(r).post(t, r.path("/password"), body)
		requireCookies(t, a, as[signedIn](t, a, http.StatusCreated))
	})
}

// A cookie alone changes nothing, unless the page is one of ours.
func TestCookieNeedsOrigin(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		c := browser(t, e)
		c.register(t, phone)
		in, cookies := c.signInByCookie(t)
		for _, origins := range [][]string{nil, {"https://evil.example"}, {"null"}, {page + ".evil.example"}} {
			foreign := c.carrying(cookies).with("Origin", origins...)
			for _, a := range []answer{
				foreign.post(t, "/v1/sessions/refresh", nil),
				foreign.delete(t, "/v1/sessions/current"),
				foreign.delete(t, "/v1/sessions/"+in.Session.ID),
				foreign.post(t, "/v1/registrations", applicant(mailbox)),
			} {
				a.fails(t, http.StatusForbidden, "origin_not_allowed")
				require.Empty(t, a.header.Values("Set-Cookie"))
			}
			foreign.get(t, "/v1/me").ok(t, http.StatusOK)
		}
		// The API's own pages and every configured origin are ours.
		for _, origin := range []string{c.server.URL, "http://localhost:3000", page} {
			a := c.carrying(cookies).with("Origin", origin).post(t, "/v1/sessions/refresh", nil)
			a.ok(t, http.StatusOK)
			cookies = jar(t, a)
		}
	})
}

// The tokens of one transport are worth nothing by the other.
func TestTransportsDoNotMix(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		c := browser(t, e)
		inBody := c.register(t, phone)
		_, cookies := c.signInByCookie(t)
		c.refresh(t, cookies[refreshCookie].Value).fails(t, http.StatusUnauthorized, "refresh_token_invalid")
		c.with("Cookie", refreshCookie+"="+inBody.RefreshToken).post(t, "/v1/sessions/refresh", nil).
			fails(t, http.StatusUnauthorized, "refresh_token_invalid")
		// Both sessions are as before; a token in the body is stronger than a cookie.
		next := as[signedIn](t, c.carrying(cookies).refresh(t, inBody.RefreshToken), http.StatusOK)
		require.Equal(t, inBody.Session.ID, next.Session.ID)
		c.carrying(cookies).post(t, "/v1/sessions/refresh", nil).ok(t, http.StatusOK)
		// A bearer token is stronger than a cookie, also where it is wrong.
		c.carrying(cookies).bearing("wrong").get(t, "/v1/me").fails(t, http.StatusUnauthorized, "access_token_invalid")
	})
}

// An answer in cookies is given again with them.
func TestCookiesAreReplayed(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		c := browser(t, e)
		c.register(t, phone)
		keyed := c.with(keyHeader, "cookies")
		_, first := keyed.signInByCookie(t)
		_, again := keyed.signInByCookie(t)
		require.Equal(t, first[refreshCookie].Value, again[refreshCookie].Value)
	})
}

func TestCORS(t *testing.T) {
	t.Parallel()
	c := browser(t, testkit.SQLite)
	for _, test := range []struct {
		origin  string
		allowed bool
	}{{page, true}, {"http://localhost:3000", true}, {"https://evil.example", false}, {"null", false}, {page + ":444", false}, {"", false}} {
		a := c.with("Origin", test.origin).get(t, "/v1/policies")
		a.ok(t, http.StatusOK)
		require.Contains(t, a.header.Values("Vary"), "Origin")
		preflight := c.with("Origin", test.origin).with("Access-Control-Request-Method", "POST").
			with("Access-Control-Request-Headers", "authorization,content-type,idempotency-key").
			do(t, call{method: http.MethodOptions, path: "/v1/registrations", outside: true})
		preflight.ok(t, http.StatusNoContent)
		if !test.allowed {
			require.Empty(t, a.header.Get("Access-Control-Allow-Origin"), test.origin)
			require.Empty(t, preflight.header.Get("Access-Control-Allow-Origin"), test.origin)
			require.Empty(t, preflight.header.Get("Access-Control-Allow-Headers"), test.origin)
			continue
		}
		for _, got := range []answer{a, preflight} {
			require.Equal(t, test.origin, got.header.Get("Access-Control-Allow-Origin"))
			require.Equal(t, "true", got.header.Get("Access-Control-Allow-Credentials"))
		}
		require.Contains(t, a.header.Get("Access-Control-Expose-Headers"), "X-Request-Id")
		require.Contains(t, a.header.Get("Access-Control-Expose-Headers"), "Retry-After")
		require.Contains(t, preflight.header.Get("Access-Control-Allow-Headers"), "Idempotency-Key")
		require.Contains(t, preflight.header.Get("Access-Control-Allow-Methods"), "POST")
		require.Equal(t, "600", preflight.header.Get("Access-Control-Max-Age"))
	}
	// A page has to be able to read why it was refused.
	a := c.get(t, "/v1/me")
	a.fails(t, http.StatusUnauthorized, "unauthenticated")
	require.Equal(t, page, a.header.Get("Access-Control-Allow-Origin"))
}

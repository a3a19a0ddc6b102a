package api_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/api"
	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/testkit"
)

// The numbers of the rules are public, and those of the design.
func TestPolicies(t *testing.T) {
	t.Parallel()
	_, c := newServer(t, testkit.SQLite, testkit.Env("KABINET_POLICY_CODE_ATTEMPTS", "7"))
	want := `{
		"environment": "sandbox",
		"code": {"length": 6, "sms_lifetime_seconds": 600, "email_lifetime_seconds": 3600, "attempts": 7,
			"attempts_per_contact_and_day": 20, "resend_after_seconds": 60, "resend_after_at_most_seconds": 900,
			"sent_per_contact_and_hour": 5, "sent_per_contact_and_day": 10, "sent_per_client": 25, "sent_per_client_window_seconds": 300},
		"registration": {"lifetime_seconds": 86400, "password_window_seconds": 1800},
		"password": {"min_length": 12, "max_length": 128},
		"session": {"access_token_lifetime_seconds": 600, "idle_seconds": 1800, "absolute_seconds": 43200, "refresh_grace_seconds": 10,
			"password_changes_per_hour": 10},
		"sign_in": {"free_failures": 5, "delay_seconds": 30, "delay_at_most_seconds": 3600},
		"verification": {"submissions_per_account": 5, "submissions_per_account_window_seconds": 21600,
			"submissions_per_snils": 10, "submissions_per_snils_window_seconds": 3600,
			"retry_after_seconds": 60, "retry_after_at_most_seconds": 3600, "valid_seconds": 7776000,
			"register_alarm_after_seconds": 3600, "register_alarm_again_after_seconds": 86400,
			"manual_review_after_seconds": 432000, "fresh_authentication_seconds": 900},
		"confirmation": {"visit_lifetime_seconds": 2592000, "refusals_before_review": 3, "dispute_window_seconds": 2592000,
			"letter_code_length": 10, "letter_lifetime_seconds": 2592000, "letter_attempts": 20,
			"letter_attempts_window_seconds": 600, "letter_attempts_per_window": 5, "letter_gap_seconds": 86400,
			"letters_per_period": 4, "letters_period_seconds": 2592000, "letter_posting_working_days": 5,
			"first_sign_in_lifetime_seconds": 259200},
		"operator": {"enrolment_lifetime_seconds": 259200, "approval_lifetime_seconds": 604800, "searches_per_hour": 200},
		"payer": {"application_lifetime_seconds": 2592000, "applications_per_number_and_day": 5, "code_working_days": 5,
			"code_alarm_working_day": 4, "code_length": 20, "code_lifetime_seconds": 2592000, "code_attempts": 20,
			"attempts_per_window": 5, "attempts_window_seconds": 900, "password_max_age_seconds": 7948800,
			"password_warning_days": [14, 7, 1], "password_history": 5, "card_working_days": 5},
		"idempotency": {"kept_seconds": 86400}
	}`
	a := c.get(t, "/v1/policies")
	a.ok(t, http.StatusOK)
	require.JSONEq(t, want, string(a.body))
	// A configured number is one that counts.
	require.Equal(t, 7, c.start(t, phone).Code.AttemptsLeft)
}

type messageList struct {
	Items []struct {
		ID, Channel, To, Subject, Text, Code string
		CreatedAt                            time.Time `json:"created_at"`
		Attachments                          []string
	} `json:"items"`
	NextCursor *string `json:"next_cursor"`
}

// Everything that was sent can be read in the sandbox.
func TestSandboxMessages(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		for i := range 5 {
			c.start(t, phone)
			s.Await(t, phone, i+1)
		}
		c.start(t, mailbox)
		s.Await(t, mailbox, 1)
		read := func(query string) messageList {
			return as[messageList](t, c.get(t, "/v1/sandbox/messages"+query), http.StatusOK)
		}
		require.Len(t, read("").Items, 6)
		require.Empty(t, read("?to=nobody").Items)
		// A plus sign in a query is a space, and people forget that.
		for _, to := range []string{"%2B79001234567", "+79001234567", "79001234567", "8%20(900)%20123-45-67"} {
			list := read("?to=" + to)
			require.Len(t, list.Items, 5, to)
			require.Equal(t, phone, list.Items[0].To)
			require.Equal(t, "sms", list.Items[0].Channel)
			require.Contains(t, list.Items[0].Text, list.Items[0].Code)
			require.NotNil(t, list.Items[0].Attachments)
		}
		mail := read("?to=" + url.QueryEscape(" Anna.Smirnova@EXAMPLE.org")).Items
		require.Len(t, mail, 1)
		require.Equal(t, "email", mail[0].Channel)
		require.NotEmpty(t, mail[0].Subject)
		require.Equal(t, s.Clock.Now(), mail[0].CreatedAt)

		var ids []string
		for list := read("?limit=2&to=" + phone); ; list = read("?limit=2&to=" + phone + "&cursor=" + *list.NextCursor) {
			for _, item := range list.Items {
				ids = append(ids, item.ID)
			}
			if list.NextCursor == nil {
				break
			}
		}
		var want []string
		for _, m := range s.Sent(t, phone) {
			want = append(want, m.ID.String())
		}
		require.Equal(t, want, ids)
	})
}

// M12: a token can be checked by anybody with the published keys, and tells
// whose it is and of which level.
func TestAccessTokenVerifiesWithPublishedKeys(t *testing.T) {
	t.Parallel()
	s, c := newServer(t, testkit.SQLite)
	in := c.register(t, phone)
	a := c.get(t, "/.well-known/jwks.json")
	set := as[struct {
		Keys []map[string]string `json:"keys"`
	}](t, a, http.StatusOK)
	require.Contains(t, a.header.Get("Cache-Control"), "max-age")
	require.NotEmpty(t, set.Keys)
	keys := map[string]*ecdsa.PublicKey{}
	for _, key := range set.Keys {
		require.Equal(t, []string{"EC", "P-256", "ES256", "sig"}, []string{key["kty"], key["crv"], key["alg"], key["use"]})
		require.Empty(t, key["d"], "a private key is published")
		// SEC 1, 2.3.3: an uncompressed point is 4, x, y.
		point := append([]byte{4}, coordinate(t, key["x"])...)
		public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(point, coordinate(t, key["y"])...))
		require.NoError(t, err)
		keys[key["kid"]] = public
	}
	var claims jwt.MapClaims
	token, err := jwt.NewParser(jwt.WithValidMethods([]string{"ES256"}), jwt.WithTimeFunc(s.Clock.Now), jwt.WithIssuer(s.URL),
		jwt.WithAudience("kabinet"), jwt.WithExpirationRequired(), jwt.WithIssuedAt()).
		ParseWithClaims(in.AccessToken, &claims, func(token *jwt.Token) (any, error) {
			kid, _ := token.Header["kid"].(string)
			return keys[kid], nil
		})
	require.NoError(t, err)
	require.Equal(t, "at+jwt", token.Header["typ"])
	require.NotEmpty(t, claims["jti"])
	for name, want := range map[string]any{
		"sub": in.Account.ID, "sid": in.Session.ID, "account_type": "citizen", "level": "simplified", "scope": "cabinet",
		"auth_time": float64(s.Clock.Now().Unix()), "exp": float64(s.Clock.Now().Add(10 * time.Minute).Unix()),
	} {
		require.Equal(t, want, claims[name], name)
	}
	for _, personal := range []string{"Смирнова", "Анна", "9001234567"} {
		payload, err := base64.RawURLEncoding.DecodeString(strings.Split(in.AccessToken, ".")[1])
		require.NoError(t, err)
		require.NotContains(t, string(payload), personal)
	}
}

func coordinate(t *testing.T, text string) []byte {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(text)
	require.NoError(t, err)
	return raw
}

// page fetches what is meant for people and tools.
func (c *client) page(t *testing.T, path string) answer {
	t.Helper()
	a := c.do(t, call{method: http.MethodGet, path: path, outside: true})
	a.ok(t, http.StatusOK)
	return a
}

// M23
func TestContractIsServed(t *testing.T) {
	t.Parallel()
	_, c := newServer(t, testkit.SQLite)
	yaml := c.page(t, "/openapi.yaml")
	require.Equal(t, string(api.YAML()), string(yaml.body))
	require.Equal(t, "application/yaml", yaml.header.Get("Content-Type"))
	asJSON := c.page(t, "/openapi.json")
	require.Equal(t, "application/json", asJSON.header.Get("Content-Type"))
	require.True(t, json.Valid(asJSON.body))
	require.Equal(t, string(api.JSON()), string(asJSON.body))
}

// The page that shows the contract needs nothing from other servers.
func TestDocsPage(t *testing.T) {
	t.Parallel()
	_, c := newServer(t, testkit.SQLite)
	index := c.page(t, "/docs")
	require.Contains(t, index.header.Get("Content-Type"), "text/html")
	policy := index.header.Get("Content-Security-Policy")
	require.NotContains(t, policy, "unsafe")
	require.Contains(t, policy, "frame-ancestors 'none'")
	for _, file := range []string{"init.js", "swagger-ui-bundle.js", "swagger-ui.css", "page.css"} {
		require.Contains(t, string(index.body), file)
		asset := c.page(t, "/docs/"+file)
		require.NotEmpty(t, asset.body)
		tag := asset.header.Get("ETag")
		require.NotEmpty(t, tag)
		again := c.with("If-None-Match", tag).do(t, call{method: http.MethodGet, path: "/docs/" + file, outside: true})
		again.ok(t, http.StatusNotModified)
	}
	require.NotContains(t, string(index.body), "://", "nothing comes from elsewhere")
}

// Every code that an answer can carry has a page in both languages.
func TestProblemPages(t *testing.T) {
	t.Parallel()
	_, c := newServer(t, testkit.SQLite)
	for _, language := range []string{"ru", "en"} {
		reader := c.with("Accept-Language", language)
		list := reader.page(t, "/problems")
		require.Equal(t, language, list.header.Get("Content-Language"))
		for _, entry := range apperr.Catalogue() {
			code := string(entry.Code)
			require.Contains(t, string(list.body), code)
			a := reader.page(t, "/problems/"+code)
			require.Contains(t, a.header.Get("Content-Type"), "text/html")
			require.Equal(t, language, a.header.Get("Content-Language"))
			text := string(a.body)
			require.Contains(t, text, `lang="`+language+`"`)
			require.Contains(t, text, code)
			require.NotContains(t, text, "problem."+code, "a sentence is missing")
			require.NotContains(t, a.header.Get("Content-Security-Policy"), "unsafe")
		}
	}
}

// The type of a problem leads to its page.
func TestProblemTypeResolves(t *testing.T) {
	t.Parallel()
	_, c := newServer(t, testkit.SQLite)
	p := c.get(t, "/v1/me").fails(t, http.StatusUnauthorized, "unauthenticated")
	path, ours := strings.CutPrefix(p.Type, c.server.URL)
	require.True(t, ours)
	require.Contains(t, string(c.page(t, path).body), "unauthenticated")
}

func TestHealth(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		for _, path := range []string{"/livez", "/readyz"} {
			a := admin(t, s, path)
			a.ok(t, http.StatusOK)
			require.Contains(t, string(a.body), `"ok"`)
		}
		require.JSONEq(t, `{"status": "ok", "parts": {
			"database": "ok", "register_snils": "ok", "register_passport": "ok", "register_payers": "ok"}}`,
			string(admin(t, s, "/readyz").body))
		c.get(t, "/v1/policies").ok(t, http.StatusOK)
		require.Contains(t, metrics(t, s), `route="/v1/policies",status="200"`)
		require.Contains(t, metrics(t, s), "go_goroutines")
		// The admin's side is not the public's, nor the other way round.
		admin(t, s, "/v1/policies").ok(t, http.StatusNotFound)

		stopping := make(chan struct{})
		close(stopping)
		recorder := httptest.NewRecorder()
		s.App.AdminHandler(stopping).ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/readyz", nil))
		require.Equal(t, http.StatusServiceUnavailable, recorder.Code)
	})
}

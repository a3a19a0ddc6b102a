package middleware_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/handler/middleware"
)

func newPlainServer(t *testing.T, h http.Handler) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server
}

func TestRequireOrigin(t *testing.T) {
	t.Parallel()
	x := newEdge(t)
	const cookie = "__Host-kabinet_refresh=1"
	for name, test := range map[string]struct {
		method  string
		headers []string
		status  int
	}{
		"no cookie":              {"POST", nil, 200},
		"no cookie, foreign":     {"POST", []string{"Origin", evilOrigin}, 200},
		"other cookie":           {"POST", []string{"Cookie", "theme=dark"}, 200},
		"own origin":             {"POST", []string{"Cookie", cookie, "Origin", publicURL}, 200},
		"allowed origin":         {"POST", []string{"Cookie", cookie, "Origin", otherOrigin}, 200},
		"bearer":                 {"POST", []string{"Cookie", cookie, "Authorization", "Bearer x"}, 200},
		"read":                   {"GET", []string{"Cookie", cookie}, 204},
		"read, foreign":          {"GET", []string{"Cookie", cookie, "Origin", evilOrigin}, 204},
		"no origin":              {"POST", []string{"Cookie", cookie}, 403},
		"foreign":                {"POST", []string{"Cookie", cookie, "Origin", evilOrigin}, 403},
		"put":                    {"PUT", []string{"Cookie", cookie, "Origin", evilOrigin}, 403},
		"patch":                  {"PATCH", []string{"Cookie", cookie}, 403},
		"delete":                 {"DELETE", []string{"Cookie", cookie}, 403},
		"null":                   {"POST", []string{"Cookie", cookie, "Origin", "null"}, 403},
		"empty":                  {"POST", []string{"Cookie", cookie, "Origin", ""}, 403},
		"other scheme":           {"POST", []string{"Cookie", cookie, "Origin", "http://kabinet.test"}, 403},
		"other port":             {"POST", []string{"Cookie", cookie, "Origin", publicURL + ":8443"}, 403},
		"subdomain":              {"POST", []string{"Cookie", cookie, "Origin", "https://x.kabinet.test"}, 403},
		"longer":                 {"POST", []string{"Cookie", cookie, "Origin", publicURL + ".evil.test"}, 403},
		"two origins":            {"POST", []string{"Cookie", cookie, "Origin", publicURL, "Origin", evilOrigin}, 403},
		"among other cookies":    {"POST", []string{"Cookie", "a=b; " + cookie, "Origin", evilOrigin}, 403},
		"credentials of the URL": {"POST", []string{"Cookie", cookie, "Authorization", "Basic eDp5"}, 403},
		"bearer without a token": {"POST", []string{"Cookie", cookie, "Authorization", ""}, 403},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := x.ask(t, test.method, "/body", "", test.headers...)
			assert.Equal(t, test.status, w.Code)
			assert.Equal(t, map[bool]string{true: "origin_not_allowed"}[test.status == http.StatusForbidden], code(t, w))
		})
	}
}

func TestOriginAllowed(t *testing.T) {
	t.Parallel()
	for origin, want := range map[string]bool{otherOrigin: true, evilOrigin: false, "": false, "null": false, "*": false} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil)
		r.Header.Set("Origin", origin)
		assert.Equal(t, want, middleware.OriginAllowed(r, []string{"null", otherOrigin}), origin)
		assert.False(t, middleware.OriginAllowed(r, nil), origin)
	}
}

func TestCORS(t *testing.T) {
	t.Parallel()
	x := newEdge(t)
	for name, test := range map[string]struct{ origin, allowed string }{
		"allowed":   {otherOrigin, otherOrigin},
		"foreign":   {evilOrigin, ""},
		"null":      {"null", ""},
		"subdomain": {"https://a.front.test", ""},
		"prefix":    {otherOrigin + ".evil.test", ""},
		"capitals":  {"https://FRONT.test", ""},
		"none":      {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, target := range []string{"/ok/a", "/nothing", "/fields", "/panic"} {
				w := x.ask(t, "GET", target, "", "Origin", test.origin)
				assert.Equal(t, test.allowed, w.Header().Get("Access-Control-Allow-Origin"), target)
				allowed := test.allowed != ""
				assert.Equal(t, allowed, w.Header().Get("Access-Control-Allow-Credentials") == "true", target)
				assert.Equal(t, allowed, w.Header().Get("Access-Control-Expose-Headers") ==
					"X-Request-Id,Retry-After,RateLimit,RateLimit-Policy,Idempotency-Replayed,Location", target)
				assert.Contains(t, w.Header().Values("Vary"), "Origin", target)
			}
		})
	}
}

func TestPreflight(t *testing.T) {
	t.Parallel()
	x := newEdge(t)
	ask := func(origin string) http.Header {
		w := x.ask(t, "OPTIONS", "/body", "", "Origin", origin, "Access-Control-Request-Method", "PUT",
			"Access-Control-Request-Headers", "authorization,content-type,idempotency-key")
		require.Equal(t, http.StatusNoContent, w.Code)
		return w.Header()
	}
	header := ask(otherOrigin)
	require.Equal(t, otherOrigin, header.Get("Access-Control-Allow-Origin"))
	require.Equal(t, "true", header.Get("Access-Control-Allow-Credentials"))
	require.Equal(t, "Authorization,Content-Type,Idempotency-Key,Accept-Language,X-Request-Id,traceparent",
		header.Get("Access-Control-Allow-Headers"))
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
		require.Contains(t, header.Get("Access-Control-Allow-Methods"), method)
	}
	require.Equal(t, "600", header.Get("Access-Control-Max-Age"))

	header = ask(evilOrigin)
	for name := range header {
		require.NotContains(t, name, "Access-Control")
	}
}

// An empty list must not mean every origin.
func TestCORSWithoutOrigins(t *testing.T) {
	t.Parallel()
	e := echo.New()
	e.Use(middleware.CORS(nil))
	e.GET("/", func(c echo.Context) error { return c.NoContent(http.StatusNoContent) })
	for _, method := range []string{http.MethodGet, http.MethodOptions} {
		r := httptest.NewRequestWithContext(t.Context(), method, "/", nil)
		r.Header.Set("Origin", evilOrigin)
		w := httptest.NewRecorder()
		e.ServeHTTP(w, r)
		require.Empty(t, w.Header().Get("Access-Control-Allow-Origin"))
	}
}

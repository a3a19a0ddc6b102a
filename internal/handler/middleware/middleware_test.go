package middleware_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/handler/middleware"
	"example.org/kabinet/internal/i18n"
	"example.org/kabinet/internal/problem"
)

const (
	publicURL   = "https://kabinet.test"
	otherOrigin = "https://front.test"
	evilOrigin  = "https://evil.test"
)

// edge is a server with the whole chain in its real order.
type edge struct {
	echo     *echo.Echo
	log      *bytes.Buffer
	spans    *tracetest.InMemoryExporter
	registry *prometheus.Registry
}

func newEdge(t *testing.T) *edge {
	t.Helper()
	x := &edge{
		echo: echo.New(), log: &bytes.Buffer{},
		spans: tracetest.NewInMemoryExporter(), registry: prometheus.NewRegistry(),
	}
	logger := slog.New(slog.NewJSONHandler(x.log, nil))
	catalog, err := i18n.New()
	require.NoError(t, err)
	metrics, err := middleware.Metrics(x.registry, clock.System{})
	require.NoError(t, err)
	x.echo.HTTPErrorHandler = middleware.ErrorHandler(problem.New(publicURL, catalog, clock.System{}), logger)
	x.echo.Use(
		middleware.RequestID(),
		middleware.Trace(sdktrace.NewTracerProvider(sdktrace.WithSyncer(x.spans))),
		metrics,
		middleware.AccessLog(logger, clock.System{}),
		middleware.Recover(logger),
		middleware.SecurityHeaders(publicURL),
		middleware.CORS([]string{otherOrigin}),
		middleware.Timeout(50*time.Millisecond),
		middleware.Body(),
		middleware.RequireOrigin([]string{otherOrigin, publicURL}),
	)
	x.routes()
	return x
}

func (x *edge) routes() {
	x.echo.GET("/ok/:name", func(c echo.Context) error { return c.String(http.StatusOK, "fine") })
	x.echo.GET("/panic", func(echo.Context) error { panic("canary-panic") })
	x.echo.GET("/abort", func(echo.Context) error { panic(http.ErrAbortHandler) })
	x.echo.GET("/unknown-error", func(echo.Context) error { return errors.New("canary-cause") })
	x.echo.GET("/busy", func(echo.Context) error { return apperr.New(apperr.Busy) })
	x.echo.GET("/fields", func(echo.Context) error {
		return apperr.Invalid(apperr.Field{Pointer: "/phone", Code: apperr.PhoneInvalid})
	})
	x.echo.GET("/unauthenticated", func(echo.Context) error { return apperr.New(apperr.Unauthenticated) })
	x.echo.HEAD("/unauthenticated", func(echo.Context) error { return apperr.New(apperr.Unauthenticated) })
	x.echo.GET("/late", func(c echo.Context) error {
		return errors.Join(c.String(http.StatusOK, "begun"), errors.New("canary-late"))
	})
	x.echo.GET("/slow", func(c echo.Context) error {
		<-c.Request().Context().Done()
		return c.Request().Context().Err()
	})
	x.echo.GET("/echo-error/:status", func(c echo.Context) error {
		status := map[string]int{"400": 400, "401": 401, "413": 413, "415": 415, "429": 429, "503": 503, "418": 418}
		return echo.NewHTTPError(status[c.Param("status")], "canary-echo")
	})
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		x.echo.Add(method, "/body", func(c echo.Context) error {
			n, err := io.Copy(io.Discard, c.Request().Body)
			if err != nil {
				return err
			}
			return c.JSON(http.StatusOK, n)
		})
	}
	x.echo.GET("/body", func(c echo.Context) error { return c.NoContent(http.StatusNoContent) })
	x.echo.GET("/id", func(c echo.Context) error {
		return c.String(http.StatusOK, middleware.RequestIDFrom(c.Request().Context()))
	})
}

// ask sends a request; headers are given as name, value, name, value.
func (x *edge) ask(t *testing.T, method, target, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	r := httptest.NewRequestWithContext(t.Context(), method, target, reader)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	x.echo.ServeHTTP(w, r)
	return w
}

// code is the code of the problem document in an answer, empty without one.
func code(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	if w.Header().Get("Content-Type") != problem.MediaType {
		return ""
	}
	var p problem.Problem
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &p))
	require.Equal(t, w.Code, p.Status)
	require.Equal(t, w.Header().Get("X-Request-Id"), p.Instance)
	return p.Code
}

func TestEveryAnswerCarriesTheSameHeaders(t *testing.T) {
	t.Parallel()
	x := newEdge(t)
	for name, w := range map[string]*httptest.ResponseRecorder{
		"success":     x.ask(t, "GET", "/ok/a", ""),
		"not found":   x.ask(t, "GET", "/nothing", ""),
		"wrong verb":  x.ask(t, "POST", "/ok/a", ""),
		"panic":       x.ask(t, "GET", "/panic", ""),
		"preflight":   x.ask(t, "OPTIONS", "/ok/a", "", "Origin", otherOrigin, "Access-Control-Request-Method", "GET"),
		"bad body":    x.ask(t, "POST", "/body", "x", "Content-Type", "text/plain"),
		"bad origin":  x.ask(t, "POST", "/body", "", "Cookie", "__Host-refresh=1"),
		"head":        x.ask(t, "HEAD", "/unauthenticated", ""),
		"no content":  x.ask(t, "GET", "/body", ""),
		"other verb":  x.ask(t, "BREW", "/ok/a", ""),
		"time is out": x.ask(t, "GET", "/slow", ""),
	} {
		for header, want := range map[string]string{
			"Cache-Control":                "no-store",
			"X-Content-Type-Options":       "nosniff",
			"X-Frame-Options":              "DENY",
			"Content-Security-Policy":      "default-src 'none'; frame-ancestors 'none'",
			"Referrer-Policy":              "no-referrer",
			"Permissions-Policy":           "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin",
			"Strict-Transport-Security":    "max-age=63072000",
		} {
			assert.Equal(t, want, w.Header().Get(header), "%s: %s", name, header)
		}
		assert.NotEmpty(t, w.Header().Get("X-Request-Id"), name)
		assert.Contains(t, w.Header().Values("Vary"), "Origin", name)
	}
}

func TestNoTransportSecurityWithoutTLS(t *testing.T) {
	t.Parallel()
	e := echo.New()
	e.Use(middleware.SecurityHeaders("http://127.0.0.1:8080"))
	w := httptest.NewRecorder()
	e.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
	require.Empty(t, w.Header().Get("Strict-Transport-Security"))
	require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
}

func TestErrors(t *testing.T) {
	t.Parallel()
	x := newEdge(t)
	for target, want := range map[string]struct {
		status int
		code   string
	}{
		"/nothing":         {404, "not_found"},
		"/panic":           {500, "internal"},
		"/unknown-error":   {500, "internal"},
		"/busy":            {503, "busy"},
		"/slow":            {503, "service_unavailable"},
		"/fields":          {422, "validation_failed"},
		"/unauthenticated": {401, "unauthenticated"},
		"/echo-error/400":  {500, "internal"},
		"/echo-error/401":  {401, "unauthenticated"},
		"/echo-error/413":  {413, "body_too_large"},
		"/echo-error/415":  {415, "unsupported_media_type"},
		"/echo-error/418":  {500, "internal"},
		"/echo-error/429":  {429, "rate_limited"},
		"/echo-error/503":  {503, "service_unavailable"},
	} {
		w := x.ask(t, "GET", target, "")
		assert.Equal(t, want.status, w.Code, target)
		assert.Equal(t, want.code, code(t, w), target)
		assert.NotContains(t, w.Body.String(), "canary", target)
		limited := w.Code == http.StatusTooManyRequests || w.Code == http.StatusServiceUnavailable
		assert.Equal(t, limited, w.Header().Get("Retry-After") != "", target)
		assert.Equal(t, w.Code == http.StatusUnauthorized, w.Header().Get("WWW-Authenticate") == "Bearer", target)
	}
}

func TestMethodNotAllowedNamesTheMethods(t *testing.T) {
	t.Parallel()
	w := newEdge(t).ask(t, "DELETE", "/ok/a", "")
	require.Equal(t, http.StatusMethodNotAllowed, w.Code)
	require.Equal(t, "method_not_allowed", code(t, w))
	require.Equal(t, "OPTIONS, GET", w.Header().Get("Allow"))
}

func TestErrorsSpeakTheClientsLanguage(t *testing.T) {
	t.Parallel()
	x := newEdge(t)
	for accept, want := range map[string][2]string{
		"":            {"ru", "Требуется вход"},
		"de":          {"ru", "Требуется вход"},
		"en-GB,ru;q0": {"ru", "Требуется вход"},
		"en-GB":       {"en", "Sign-in required"},
	} {
		w := x.ask(t, "GET", "/unauthenticated", "", "Accept-Language", accept)
		assert.Equal(t, want[0], w.Header().Get("Content-Language"), accept)
		assert.Contains(t, w.Body.String(), want[1], accept)
		assert.Contains(t, w.Header().Values("Vary"), "Accept-Language")
	}
}

func TestErrorOfHeadHasNoBody(t *testing.T) {
	t.Parallel()
	w := newEdge(t).ask(t, "HEAD", "/unauthenticated", "")
	require.Equal(t, http.StatusUnauthorized, w.Code)
	require.Empty(t, w.Body.String())
	require.Equal(t, "Bearer", w.Header().Get("WWW-Authenticate"))
	require.Equal(t, problem.MediaType, w.Header().Get("Content-Type"))
}

func TestAnAnswerThatHasBegunIsLeftAlone(t *testing.T) {
	t.Parallel()
	x := newEdge(t)
	w := x.ask(t, "GET", "/late", "")
	require.Equal(t, http.StatusOK, w.Code)
	require.Equal(t, "begun", w.Body.String())
	require.Contains(t, x.log.String(), "canary-late")
	require.Contains(t, x.log.String(), `"level":"ERROR"`)
}

// brokenWriter is a connection that is gone.
type brokenWriter struct{ *httptest.ResponseRecorder }

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("connection is gone") }

func TestAProblemThatCannotBeWrittenIsLogged(t *testing.T) {
	t.Parallel()
	x := newEdge(t)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/nothing", nil)
	x.echo.ServeHTTP(brokenWriter{httptest.NewRecorder()}, r)
	require.Contains(t, x.log.String(), "problem not written")
}

func TestRequestID(t *testing.T) {
	t.Parallel()
	x := newEdge(t)
	for own, kept := range map[string]bool{
		"":                                     false,
		"a":                                    true,
		"A-z_0.9":                              true,
		"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55": true,
		strings.Repeat("x", 64):                true,
		strings.Repeat("x", 65):                false,
		"with space":                           false,
		"a\"b":                                 false,
		"a,b":                                  false,
		"кот":                                  false,
		"a/b":                                  false,
	} {
		w := x.ask(t, "GET", "/id", "", "X-Request-Id", own)
		got := w.Header().Get("X-Request-Id")
		assert.Equal(t, got, w.Body.String(), "the handler sees another id")
		if kept {
			assert.Equal(t, own, got)
		} else {
			assert.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, got, own)
		}
	}
	require.Empty(t, middleware.RequestIDFrom(t.Context()))
}

func TestBody(t *testing.T) {
	t.Parallel()
	x := newEdge(t)
	const mimeJSON = "application/json"
	full := strings.Repeat("x", middleware.MaxBody)
	for name, test := range map[string]struct {
		method, body, contentType string
		status                    int
	}{
		"json":                  {"POST", "{}", mimeJSON, 200},
		"put":                   {"PUT", "{}", mimeJSON, 200},
		"patch":                 {"PATCH", "{}", mimeJSON, 200},
		"charset":               {"POST", "{}", "application/json; charset=utf-8", 200},
		"charset in capitals":   {"POST", "{}", `Application/JSON;CHARSET="UTF-8"`, 200},
		"no body":               {"POST", "", "", 200},
		"no body, other type":   {"POST", "", "text/plain", 200},
		"no type":               {"POST", "{}", "", 415},
		"other charset":         {"POST", "{}", "application/json; charset=windows-1251", 415},
		"other parameter":       {"POST", "{}", "application/json; version=1", 415},
		"text":                  {"POST", "{}", "text/plain", 415},
		"form":                  {"POST", "a=b", "application/x-www-form-urlencoded", 415},
		"multipart":             {"POST", "a", "multipart/form-data; boundary=x", 415},
		"problem":               {"POST", "{}", "application/problem+json", 415},
		"list of types":         {"POST", "{}", "application/json, text/plain", 415},
		"nonsense":              {"POST", "{}", ";;;", 415},
		"put with text":         {"PUT", "{}", "text/plain", 415},
		"patch of another kind": {"PATCH", "{}", "application/merge-patch+json", 415},
		"delete with a form":    {"DELETE", "a=b", "application/x-www-form-urlencoded", 415},
		"get with a form":       {"GET", "a=b", "application/x-www-form-urlencoded", 415},
		"at the limit":          {"POST", full, mimeJSON, 200},
		"over the limit":        {"POST", full + "x", mimeJSON, 413},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := x.ask(t, test.method, "/body", test.body, "Content-Type", test.contentType)
			assert.Equal(t, test.status, w.Code)
			want := map[int]string{415: "unsupported_media_type", 413: "body_too_large"}[test.status]
			assert.Equal(t, want, code(t, w))
		})
	}
}

func TestCompressedBody(t *testing.T) {
	t.Parallel()
	x := newEdge(t)
	for encoding, want := range map[string]int{"gzip": 415, "br": 415, "identity": 200, "": 200} {
		w := x.ask(t, "POST", "/body", "{}", "Content-Type", "application/json", "Content-Encoding", encoding)
		assert.Equal(t, want, w.Code, encoding)
	}
}

// A body of unknown length is cut off while it is read, over a real connection.
func TestStreamedBody(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(newEdge(t).echo)
	t.Cleanup(server.Close)
	for size, want := range map[int]int{1: 200, middleware.MaxBody: 200, middleware.MaxBody + 1: 413, 10 * middleware.MaxBody: 413} {
		stream := io.MultiReader(strings.NewReader(strings.Repeat("x", size)))
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/body", stream)
		require.NoError(t, err)
		r.Header.Set("Content-Type", "application/json")
		w, err := server.Client().Do(r)
		require.NoError(t, err)
		_, err = io.Copy(io.Discard, w.Body)
		require.NoError(t, err)
		require.NoError(t, w.Body.Close())
		assert.Equal(t, want, w.StatusCode, size)
	}
}

func TestTimeoutGivesADeadline(t *testing.T) {
	t.Parallel()
	e := echo.New()
	e.Use(middleware.Timeout(time.Hour))
	var left time.Duration
	e.GET("/", func(c echo.Context) error {
		deadline, ok := c.Request().Context().Deadline()
		require.True(t, ok)
		left = time.Until(deadline)
		return nil
	})
	e.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
	require.Greater(t, left, 59*time.Minute)
	require.LessOrEqual(t, left, time.Hour)
}

func TestAClientThatLeavesIsNoFailure(t *testing.T) {
	t.Parallel()
	x := newEdge(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := httptest.NewRecorder()
	x.echo.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, "/slow", nil))
	require.Equal(t, 499, w.Code)
}

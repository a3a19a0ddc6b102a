package api_test

import (
	"bufio"
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit"
)

// Every answer, also one that fails, carries the headers that keep browsers
// and caches from doing harm. (The client of these tests checks most of them
// on every answer.)
func TestSecurityHeaders(t *testing.T) {
	t.Parallel()
	_, c := newServer(t, testkit.SQLite)
	for _, path := range []string{"/v1/policies", "/v1/me", "/unknown", "/docs", "/problems", "/openapi.yaml"} {
		a := c.do(t, call{method: http.MethodGet, path: path, outside: true})
		require.Equal(t, "no-store", a.header.Get("Cache-Control"), path)
		require.Equal(t, "same-origin", a.header.Get("Cross-Origin-Resource-Policy"))
		require.NotEmpty(t, a.header.Get("Permissions-Policy"))
		require.Empty(t, a.header.Get("Strict-Transport-Security"), "not without TLS")
		require.Empty(t, a.header.Get("X-Powered-By"))
	}
	_, secure := newServer(t, testkit.SQLite, testkit.Env("KABINET_PUBLIC_URL", "https://kabinet.example.org"))
	a := secure.get(t, "/v1/me")
	require.Contains(t, a.header.Get("Strict-Transport-Security"), "max-age=")
	p := a.fails(t, http.StatusUnauthorized, "unauthenticated")
	require.Equal(t, "https://kabinet.example.org/problems/unauthenticated", p.Type)
}

// A client's own request id is kept if it is harmless.
func TestRequestID(t *testing.T) {
	t.Parallel()
	s, c := newServer(t, testkit.SQLite)
	for id, kept := range map[string]bool{
		"abc-1.2_X": true, strings.Repeat("a", 64): true, "": false, strings.Repeat("a", 65): false, "a b": false, "a\"b": false,
		"ключ": false, "<script>": false, `{"a":1}`: false,
	} {
		a := c.with("X-Request-Id", id).get(t, "/v1/me")
		p := a.fails(t, http.StatusUnauthorized, "unauthenticated")
		require.Equal(t, kept, p.Instance == id, id)
		require.Equal(t, []string{p.Instance}, a.header.Values("X-Request-Id"))
		require.Contains(t, s.Log.String(), `"request_id":"`+p.Instance+`"`)
	}
}

// One line of the log for each request: route, status, duration, id.
func TestAccessLog(t *testing.T) {
	t.Parallel()
	s, c := newServer(t, testkit.SQLite)
	c.with("X-Request-Id", "the-one").get(t, "/v1/me?secret=1")
	var lines []object
	for line := range strings.Lines(s.Log.String()) {
		var entry object
		require.NoError(t, json.Unmarshal([]byte(line), &entry))
		if entry["request_id"] == "the-one" {
			lines = append(lines, entry)
		}
	}
	require.Len(t, lines, 1)
	require.Equal(t, "/v1/me", lines[0]["route"])
	require.Equal(t, "GET", lines[0]["method"])
	require.InEpsilon(t, 401, lines[0]["status"], 0)
	require.Contains(t, lines[0], "duration_ms")
	require.Equal(t, "unauthenticated", lines[0]["code"])
}

// A trace goes on from the one that the client brings.
func TestTraceparent(t *testing.T) {
	t.Parallel()
	s, c := newServer(t, testkit.SQLite)
	const trace = "4bf92f3577b34da6a3ce929d0e0e4736"
	c.with("Traceparent", "00-"+trace+"-00f067aa0ba902b7-01").get(t, "/v1/policies").ok(t, http.StatusOK)
	found := false
	for _, span := range s.Spans.GetSpans() {
		found = found || span.SpanContext.TraceID().String() == trace && span.Name == "GET /v1/policies"
	}
	require.True(t, found)
}

func TestOptionsAndHead(t *testing.T) {
	t.Parallel()
	_, c := newServer(t, testkit.SQLite)
	options := c.do(t, call{method: http.MethodOptions, path: "/v1/sessions", outside: true})
	options.ok(t, http.StatusNoContent)
	require.Equal(t, "OPTIONS, GET, POST", options.header.Get("Allow"))
	for path, status := range map[string]int{
		"/v1/policies": http.StatusMethodNotAllowed, "/unknown": http.StatusNotFound,
	} {
		head := c.do(t, call{method: http.MethodHead, path: path, outside: true})
		require.Equal(t, status, head.status, path)
		require.Empty(t, head.body)
	}
}

// A GET has no body; one that it brings all the same changes nothing.
func TestGetWithBody(t *testing.T) {
	t.Parallel()
	_, c := newServer(t, testkit.SQLite)
	in := c.register(t, phone)
	get := call{method: http.MethodGet, path: "/v1/me", raw: []byte(`{"x":1}`), outside: true}
	c.bearing(in.AccessToken).do(t, get).ok(t, http.StatusOK)
	c.bearing(in.AccessToken).with("Content-Type", "text/plain").do(t, get).
		fails(t, http.StatusUnsupportedMediaType, "unsupported_media_type")
}

// The largest body is read in full.
func TestLargestBody(t *testing.T) {
	t.Parallel()
	_, c := newServer(t, testkit.SQLite)
	body := `{"refresh_token":"` + strings.Repeat("A", 43) + `"}`
	raw := []byte(strings.Repeat(" ", maxBody-len(body)) + body)
	for _, chunked := range []bool{false, true} {
		a := c.do(t, call{method: http.MethodPost, path: "/v1/sessions/refresh", raw: raw, chunked: chunked, wrong: true})
		a.fails(t, http.StatusUnauthorized, "refresh_token_invalid")
	}
}

// What is no HTTP, or too much of it, is refused before it reaches anything.
func TestRawRequests(t *testing.T) {
	t.Parallel()
	s, c := newServer(t, testkit.SQLite)
	before := rows(t, s)
	long := strings.Repeat("a", 64<<10)
	body := "\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
	for name, test := range map[string]struct {
		request string
		status  int
	}{
		"long header":         {"GET /v1/policies HTTP/1.1\r\nHost: x\r\nX-Long: " + long + "\r\n\r\n", 431},
		"long path":           {"GET /" + long + " HTTP/1.1\r\nHost: x\r\n\r\n", 431},
		"many headers":        {"GET / HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("X-A: b\r\n", 9000) + "\r\n", 431},
		"no host":             {"GET /v1/policies HTTP/1.1\r\n\r\n", 400},
		"two hosts":           {"GET /v1/policies HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400},
		"header folded":       {"GET /v1/policies HTTP/1.1\r\nHost: x\r\nX-A: b\r\n c\r\n\r\n", 200},
		"NUL in a header":     {"GET /v1/policies HTTP/1.1\r\nHost: x\r\nX-A: b\x00c\r\n\r\n", 400},
		"space in a name":     {"GET /v1/policies HTTP/1.1\r\nHost: x\r\nX A: b\r\n\r\n", 400},
		"two lengths":         {"POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 3" + body, 400},
		"length and chunks":   {"POST /v1/sessions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: x" + body, 501},
		"negative length":     {"POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400},
		"no such version":     {"GET /v1/policies HTTP/9.9\r\nHost: x\r\n\r\n", 505},
		"no HTTP at all":      {"hello\r\n\r\n", 400},
		"absolute URL":        {"GET http://evil.example/v1/policies HTTP/1.1\r\nHost: x\r\n\r\n", 200},
		"asterisk":            {"GET * HTTP/1.1\r\nHost: x\r\n\r\n", 404},
		"invalid escape":      {"GET /v1/%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		"NUL in the path":     {"GET /v1/\x00 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		"a body that is less": {"POST /v1/sessions HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\r\n{", 400},
	} {
		require.Equal(t, test.status, sendRaw(t, s, test.request), name)
	}
	require.Equal(t, before, rows(t, s))
	c.get(t, "/v1/policies").ok(t, http.StatusOK)
}

// sendRaw sends bytes as they are and returns the status of the answer.
func sendRaw(t *testing.T, s *testkit.Server, text string) int {
	t.Helper()
	var dialer net.Dialer
	conn, err := dialer.DialContext(t.Context(), "tcp", strings.TrimPrefix(s.URL, "http://"))
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	// The server may hang up before it has read all of it.
	_, _ = conn.Write([]byte(text))
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	return response.StatusCode
}

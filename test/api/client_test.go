package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit"
)

// patience is how long a test waits for what happens beside it. It is long: that
// a machine is busy is no mistake.
const patience = time.Minute

// object is a JSON object.
type object map[string]any

// client sends requests as one client of the API. Every request that is meant
// to be right and every answer is held against the contract.
type client struct {
	server *testkit.Server
	http   *http.Client
	header http.Header
	// comeBack opens another session of the account whose token is sent; nil
	// where none is.
	comeBack func(t *testing.T) signedIn
}

func newClient(s *testkit.Server) *client {
	transport := &http.Transport{MaxIdleConnsPerHost: 100, DisableCompression: true}
	return &client{
		server: s,
		http: &http.Client{
			Transport: transport,
			Timeout:   patience,
			CheckRedirect: func(*http.Request, []*http.Request) error {
				return http.ErrUseLastResponse
			},
		},
		header: http.Header{},
	}
}

// with is the same client with another header in all its requests; no value
// leaves the header out.
func (c *client) with(name string, values ...string) *client {
	other := *c
	other.header = c.header.Clone()
	other.header[http.CanonicalHeaderKey(name)] = values
	return &other
}

// bearing is the client with a token.
func (c *client) bearing(token string) *client { return c.with("Authorization", "Bearer "+token) }

// back is the client with another session of the same account.
func (c *client) back(t *testing.T) *client {
	t.Helper()
	return c.bearing(c.comeBack(t).AccessToken)
}

// from is the client at another address, where the server trusts proxies.
func (c *client) from(address string) *client { return c.with("X-Forwarded-For", address) }

// call is one request.
type call struct {
	method, path string
	// body is sent as JSON; raw as it is.
	body object
	raw  []byte
	// chunked leaves out the length of the body.
	chunked bool
	// wrong says that the request is not meant to keep to the contract.
	wrong bool
	// outside says that it is so far from it that the contract says nothing
	// of its answer either, but that it is a problem.
	outside bool
}

func (c *client) get(t *testing.T, path string) answer {
	t.Helper()
	return c.do(t, call{method: http.MethodGet, path: path})
}

func (c *client) post(t *testing.T, path string, body object) answer {
	t.Helper()
	return c.do(t, call{method: http.MethodPost, path: path, body: body})
}

func (c *client) delete(t *testing.T, path string) answer {
	t.Helper()
	return c.do(t, call{method: http.MethodDelete, path: path})
}

// do sends a request and checks what the contract says of it and its answer.
func (c *client) do(t *testing.T, in call) answer {
	t.Helper()
	request, body := c.request(t, in)
	operation, known := theContract().find(request)
	known = known && !in.outside
	if !in.wrong && !in.outside {
		require.True(t, known, "%s %s is not in the contract", in.method, in.path)
		require.NoError(t, theContract().checkRequest(t.Context(), operation, body), "request %s %s", in.method, in.path)
		request.ContentLength = int64(len(body))
		if len(body) == 0 {
			request.Body = http.NoBody
		}
	}
	response, err := c.http.Do(request)
	require.NoError(t, err, "%s %s", in.method, in.path)
	a := read(t, response)
	if !known {
		operation = nil
	}
	err = theContract().checkAnswer(t.Context(), operation, a)
	require.NoError(t, err, "answer to %s %s: %d %s", in.method, in.path, a.status, a.body)
	a.requireHeaders(t)
	return a
}

func (c *client) request(t *testing.T, in call) (*http.Request, []byte) {
	t.Helper()
	body := in.raw
	if in.body != nil {
		var err error
		body, err = json.Marshal(in.body)
		require.NoError(t, err)
	}
	var reader io.Reader = http.NoBody
	if body != nil {
		reader = bytes.NewReader(body)
	}
	if in.chunked {
		reader = io.MultiReader(reader)
	}
	request, err := http.NewRequestWithContext(t.Context(), in.method, c.server.URL+in.path, reader)
	require.NoError(t, err)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	for name, values := range c.header {
		request.Header[name] = values
	}
	return request, body
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func read(t *testing.T, response *http.Response) answer {
	t.Helper()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	return answer{status: response.StatusCode, header: response.Header, body: body}
}

func (a answer) into(v any) error { return json.Unmarshal(a.body, v) }

// ok requires a status.
func (a answer) ok(t *testing.T, status int) {
	t.Helper()
	require.Equal(t, status, a.status, "%s", a.body)
}

// as requires a status and returns the body.
func as[T any](t *testing.T, a answer, status int) (v T) {
	t.Helper()
	a.ok(t, status)
	require.NoError(t, a.into(&v))
	return v
}

// problem is what an answer from 400 on says.
type problem struct {
	Type         string         `json:"type"`
	Title        string         `json:"title"`
	Status       int            `json:"status"`
	Detail       string         `json:"detail"`
	Instance     string         `json:"instance"`
	Code         string         `json:"code"`
	Errors       []fieldProblem `json:"errors"`
	AttemptsLeft *int           `json:"attempts_left"`
	RetryAt      *time.Time     `json:"retry_at"`
	NextActions  []string       `json:"next_actions"`
}

type fieldProblem struct {
	Pointer string `json:"pointer"`
	Code    string `json:"code"`
	Detail  string `json:"detail"`
}

// fails requires a problem document with a status and a code.
func (a answer) fails(t *testing.T, status int, code string) problem {
	t.Helper()
	var p problem
	require.Equal(t, status, a.status, "%s", a.body)
	require.Equal(t, "application/problem+json", a.header.Get("Content-Type"))
	require.NoError(t, a.into(&p))
	require.Equal(t, code, p.Code, "%s", a.body)
	require.Equal(t, status, p.Status)
	require.Equal(t, a.header.Get("X-Request-Id"), p.Instance)
	require.Regexp(t, `^https?://[^/]+/problems/`+regexp.QuoteMeta(code)+`$`, p.Type)
	require.NotEmpty(t, p.Title)
	require.NotEmpty(t, p.Detail)
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		require.Regexp(t, `^[1-9][0-9]*$`, a.header.Get("Retry-After"))
	}
	if status == http.StatusUnauthorized {
		require.Equal(t, "Bearer", a.header.Get("WWW-Authenticate"))
	}
	return p
}

// requireHeaders checks what every answer carries.
func (a answer) requireHeaders(t *testing.T) {
	t.Helper()
	require.NotEmpty(t, a.header.Get("X-Request-Id"))
	require.NotEmpty(t, a.header.Get("Cache-Control"))
	require.Equal(t, "nosniff", a.header.Get("X-Content-Type-Options"))
	require.Equal(t, "DENY", a.header.Get("X-Frame-Options"))
	require.Equal(t, "no-referrer", a.header.Get("Referrer-Policy"))
	require.Equal(t, "same-origin", a.header.Get("Cross-Origin-Opener-Policy"))
	require.Contains(t, a.header.Get("Content-Security-Policy"), "default-src 'none'")
	require.Empty(t, a.header.Get("Server"))
}

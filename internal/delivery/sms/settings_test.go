package sms_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/delivery"
)

// All that is wrong with a file of settings is told when the program starts.
func TestWrongSettings(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		``:   "EOF",
		`{}`: "send needs either form or json",
		`{"send": {"form": {"a": "b"}, "json": {}}}`:                             "send needs either form or json",
		`{"send": {"form": {"a": "b"}}, "answers": {}}`:                          "unknown field",
		`{"send": {"form": {"a": "b"}}} {}`:                                      "something follows",
		`{"send": {"form": {"a": "{{.Nobody}}"}}}`:                               "send.form.a: no template",
		`{"send": {"form": {"a": "{{"}}}`:                                        "send.form.a: no template",
		`{"send": {"json": {"a": ["{{.Nobody}}"]}}}`:                             "send.json: no template",
		`{"send": {"json": {}, "headers": {"A": "{{.Nobody}}"}}}`:                "send.headers.A: no template",
		`{"send": {"json": {}, "path": "sms"}}`:                                  "send.path must begin with /",
		`{"send": {"json": {}}, "answer": {"accepted": {"at": "id"}}}`:           "answer.accepted.at must be a JSON pointer",
		`{"send": {"json": {}}, "answer": {"reference": "id"}}`:                  "answer.reference must be a JSON pointer",
		`{"send": {"json": {}}, "answer": {"code": ["id"]}}`:                     "answer.code must be a JSON pointer",
		`{"send": {"json": {}}, "answer": {"final": ["7"]}}`:                     "need answer.code",
		`{"send": {"json": {}}, "answer": {"final_statuses": [500]}}`:            "from 400 to 499",
		`{"send": {"json": {}}, "status": {"json": {}}}`:                         "status.state must be a JSON pointer",
		`{"send": {"json": {}}, "status": {"json": {}, "state": "/s"}}`:          "status needs answer.reference and status.delivered",
		`{"send": {"json": {}}, "about": "` + strings.Repeat("x", 64<<10) + `"}`: "too long",
	} {
		path := filepath.Join(t.TempDir(), "sms.json")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		_, err := open("https://canary@sms.example.org?settings=" + path)
		require.ErrorContains(t, err, want, text)
		require.NotContains(t, err.Error(), "canary")
	}
	path := filepath.Join(t.TempDir(), "sms.json")
	require.NoError(t, os.WriteFile(path, []byte(`{"send": {"path": "a"}, "answer": {"reference": "b"}}`), 0o600))
	_, err := open("https://canary@sms.example.org?settings=" + path)
	for _, want := range []string{"send.path", "send needs", "answer.reference"} {
		require.ErrorContains(t, err, want, "all at once")
	}
}

// The example in docs/sms.md is one that can be used.
func TestTheExampleOfTheDocumentation(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../docs/sms.md")
	require.NoError(t, err)
	_, text, found := bytes.Cut(text, []byte("```json\n"))
	require.True(t, found)
	text, _, found = bytes.Cut(text, []byte("```"))
	require.True(t, found)
	path := filepath.Join(t.TempDir(), "sms.json")
	require.NoError(t, os.WriteFile(path, text, 0o600))
	p, err := open("https://key@sms.example.org?settings=" + path)
	require.NoError(t, err)
	_, polled := p.(delivery.Poller)
	require.True(t, polled)
}

// Addresses are written to logs on the way: nothing secret gets there.
func TestNoCredentialsInAnAddress(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sms.json")
	require.NoError(t, os.WriteFile(path, []byte(`{"send": {"path": "/a{{.Token}}{{.Password}}/b", "json": {}}}`), 0o600))
	asked := make(chan string, 2)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked <- r.URL.String() }))
	t.Cleanup(server.Close)
	for _, user := range []string{"key@", "login:password@"} {
		p, err := open(strings.Replace(server.URL, "//", "//"+user, 1) + "?settings=" + path)
		require.NoError(t, err)
		require.NoError(t, send(t.Context(), p, message()))
		require.Equal(t, "/a/b", <-asked)
	}
}

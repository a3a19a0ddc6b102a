package edo_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/delivery/edo"
	"example.org/kabinet/internal/domain"
)

// serve is the client of a gateway whose URL holds a token and a path.
func serve(t *testing.T, answer http.HandlerFunc) *edo.Gateway {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return client(t, strings.Replace(server.URL, "http://", "http://canary%2Ftoken@", 1)+"/edo/")
}

func client(t *testing.T, url string) *edo.Gateway {
	t.Helper()
	g, err := edo.NewGateway(edo.GatewayConfig{URL: url}, documents(t))
	require.NoError(t, err)
	return g
}

// reply answers everything with one status and body.
func reply(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(status)
		if status != http.StatusNoContent {
			_, _ = io.WriteString(w, body)
		}
	}
}

// requireConfidential requires that an error tells nothing of the payer, the
// code, the token, the address or the answer.
func requireConfidential(t *testing.T, err error) {
	t.Helper()
	for _, word := range []string{activationCode, "48210", "000001", "Синтетика", "canary", "3900000009"} {
		require.NotContains(t, err.Error(), word)
	}
}

// both tries both calls, which must fail without a word too much.
func both(t *testing.T, g *edo.Gateway) (send, receipt error) {
	t.Helper()
	send = g.Send(t.Context(), message(t))
	require.Error(t, send)
	requireConfidential(t, send)
	r, receipt := g.Receipt(t.Context(), message(t).ID)
	require.Error(t, receipt)
	require.Zero(t, r)
	requireConfidential(t, receipt)
	require.NotErrorIs(t, receipt, domain.ErrUndeliverable)
	return send, receipt
}

// A permanent refusal gives a document up; all else leaves it waiting (M24).
func TestRefusals(t *testing.T) {
	t.Parallel()
	for status, final := range map[int]bool{
		400: true, 409: true, 422: true,
		201: false, 203: false, 204: false, 301: false, 302: false, 307: false, 308: false, 401: false, 403: false, 404: false,
		405: false, 408: false, 413: false, 415: false, 429: false, 500: false, 502: false, 503: false, 504: false,
	} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int32
			answer := reply(status, `{"status":"read","at":"2026-11-03T06:00:00Z","detail":"Синтетика canary"}`)
			g := serve(t, func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				answer(w, r)
			})
			send, receipt := both(t, g)
			require.ErrorContains(t, send, fmt.Sprintf("status %d", status))
			require.ErrorContains(t, receipt, fmt.Sprintf("status %d", status))
			require.Equal(t, final, errors.Is(send, domain.ErrUndeliverable))
			require.EqualValues(t, 2, asked.Load(), "no redirect is followed")
		})
	}
}

// The status of one call is none of the other.
func TestStatusesAreNotConfused(t *testing.T) {
	t.Parallel()
	g := serve(t, reply(http.StatusOK, ""))
	require.ErrorContains(t, g.Send(t.Context(), message(t)), "status 200")
	g = serve(t, reply(http.StatusAccepted, `{"status":"read","at":"2026-11-03T06:00:00Z"}`))
	_, err := g.Receipt(t.Context(), message(t).ID)
	require.ErrorContains(t, err, "status 202")
}

// What is not understood says nothing about a document.
func TestWrongReceipts(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"", "null", "[]", "{}", "true", `{"status":"read"`, `{"status":"read"}`, `{"at":"2026-11-03T06:00:00Z"}`,
		`{"status":"","at":"2026-11-03T06:00:00Z"}`, `{"status":"Read","at":"2026-11-03T06:00:00Z"}`,
		`{"status":"queued","at":"2026-11-03T06:00:00Z"}`, `{"status":"code_entered","at":"2026-11-03T06:00:00Z"}`,
		`{"status":"read","at":"canary"}`, `{"status":"read","at":"2026-11-03"}`, `{"status":"read","at":0}`, `{"status":"read","at":null}`,
		`{"status":"read","at":"0001-01-01T00:00:00Z"}`, `{"status":"read","at":"2026-11-03T06:00:00Z","canary":1}`,
		`{"status":"read","status":"sent","at":"2026-11-03T06:00:00Z"}`, `{"Status":"read","at":"2026-11-03T06:00:00Z"}`,
		`{"status":"read","at":"2026-11-03T06:00:00Z","reason":"canary"}`, `{"status":"rejected","at":"2026-11-03T06:00:00Z","reason":1}`,
		`{"status":"read","at":"2026-11-03T06:00:00Z"}x`, `<html>canary</html>`,
		`{"status":"read","at":"2026-11-03T06:00:00Z"` + strings.Repeat(" ", 64<<10) + `}`,
	} {
		g := serve(t, reply(http.StatusOK, body))
		r, err := g.Receipt(t.Context(), message(t).ID)
		require.ErrorContains(t, err, "not what the contract says", body)
		require.Zero(t, r)
		requireConfidential(t, err)
	}
	for _, kind := range []string{"", "text/html", "application/xml", "application/json;;"} {
		g := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = []string{kind}
			_, _ = io.WriteString(w, `{"status":"read","at":"2026-11-03T06:00:00Z"}`)
		})
		_, err := g.Receipt(t.Context(), message(t).ID)
		require.ErrorContains(t, err, "not what the contract says", kind)
	}
}

// A gateway that hangs delays a document, and never gives it up.
func TestAGatewayThatNeverAnswers(t *testing.T) {
	t.Parallel()
	for name, begin := range map[string]func(http.ResponseWriter){
		"not at all": func(http.ResponseWriter) {},
		"half a body": func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"status":"read",`)
			_ = http.NewResponseController(w).Flush()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := serve(t, func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				begin(w)
				<-r.Context().Done()
			})
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			_, err := g.Receipt(ctx, message(t).ID)
			require.ErrorIs(t, err, context.DeadlineExceeded)
			requireConfidential(t, err)
			if name == "half a body" {
				return // the status has said all
			}
			ctx, cancel = context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			err = g.Send(ctx, message(t))
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.NotErrorIs(t, err, domain.ErrUndeliverable)
			requireConfidential(t, err)
		})
	}
}

// An answer that comes too late leaves the document waiting, though the gateway took
// it: it is sent again with the same key, and the payer gets it once (M24).
func TestAnAnswerThatComesTooLate(t *testing.T) {
	t.Parallel()
	taken := make(chan string, 2)
	var asked atomic.Int32
	ctx, enough := context.WithCancel(t.Context())
	defer enough()
	g := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		taken <- r.Header.Get("Idempotency-Key")
		if asked.Add(1) == 1 {
			enough() // whoever asks has waited for long enough
			<-r.Context().Done()
		}
		w.WriteHeader(http.StatusAccepted)
	})
	m := message(t)
	require.ErrorIs(t, g.Send(ctx, m), context.Canceled)
	require.NoError(t, g.Send(t.Context(), m))
	require.Equal(t, m.ID.String(), <-taken)
	require.Equal(t, m.ID.String(), <-taken)
}

func TestABodyThatNeverEnds(t *testing.T) {
	t.Parallel()
	var written atomic.Int64
	g := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(map[string]int{http.MethodPost: http.StatusAccepted, http.MethodGet: http.StatusOK}[r.Method])
		for r.Context().Err() == nil {
			n, err := io.WriteString(w, strings.Repeat(" ", 64<<10))
			written.Add(int64(n))
			if err != nil {
				return
			}
		}
	})
	require.NoError(t, g.Send(t.Context(), message(t)))
	_, err := g.Receipt(t.Context(), message(t).ID)
	require.ErrorContains(t, err, "not what the contract says")
	require.Less(t, written.Load(), int64(64<<20))
}

func TestNobodyListens(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	send, _ := both(t, client(t, strings.Replace(server.URL, "http://", "http://canary@", 1)))
	require.NotErrorIs(t, send, domain.ErrUndeliverable)
}

func TestURLs(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"https://edo.example.org", "https://token@edo.example.org/x", "http://[::1]:9000/", "http://localhost/x"} {
		client(t, good)
	}
	for _, bad := range []string{
		"", "canary", "https://", "http://edo.example.org/canary", "ftp://localhost/canary", "http://127.0.0.1.example.org",
		"https://user:canary@edo.example.org", "https://edo.example.org#canary", "https://canary:x\x00@h",
		"https://edo.example.org?key=canary", "https://canary%0A@edo.example.org", "https://can%20ary@edo.example.org",
	} {
		_, err := edo.NewGateway(edo.GatewayConfig{URL: bad}, documents(t))
		require.Error(t, err, bad)
		require.NotContains(t, err.Error(), "canary")
	}
}

package registry_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/registry"
)

// serve is the client of a gateway whose URL holds a token and a path.
func serve(t *testing.T, answer http.HandlerFunc) *registry.Gateway {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	url := strings.Replace(server.URL, "http://", "http://canary%2Ftoken@", 1) + "/registers/snils/"
	g, err := gateway(domain.CheckSNILS, registry.GatewayConfig{URL: url})
	require.NoError(t, err)
	return g
}

// reply answers everything with one status and body.
func reply(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// requireUnavailable tries both calls: neither has an answer, and the errors
// tell nothing of the person, the token or the address.
func requireUnavailable(t *testing.T, g *registry.Gateway) (ask, poll error) {
	t.Helper()
	reference, ask := g.Ask(t.Context(), question(domain.CheckSNILS, "123"))
	require.Error(t, ask)
	require.Empty(t, reference)
	requireConfidential(t, "123", ask.Error())
	outcome, poll := g.Poll(t.Context(), "reference")
	require.Error(t, poll)
	require.Zero(t, outcome)
	requireConfidential(t, "123", poll.Error())
	return ask, poll
}

// Nothing of the person stands in a URL or a header (M27).
func TestTheRequests(t *testing.T) {
	t.Parallel()
	var seen atomic.Int32
	g := serve(t, func(w http.ResponseWriter, r *http.Request) {
		seen.Add(1)
		common := r.Header.Get("Authorization") == "Bearer canary/token" && r.Header.Get("Accept") == "application/json"
		switch r.Method + " " + r.URL.String() {
		case "POST /registers/snils/checks":
			common = common && r.Header.Get("Content-Type") == "application/json" &&
				r.Header.Get("Idempotency-Key") == question(domain.CheckSNILS, "123").Key
			reply(http.StatusAccepted, `{"reference":"R-1_a.b"}`)(w, r)
		case "GET /registers/snils/checks/R-1_a.b":
			reply(http.StatusOK, `{"status":"pending"}`)(w, r)
		default:
			common = false
		}
		if !common {
			seen.Add(100)
		}
	})
	reference, err := g.Ask(t.Context(), question(domain.CheckSNILS, "123"))
	require.NoError(t, err)
	require.Equal(t, "R-1_a.b", reference)
	outcome, err := g.Poll(t.Context(), reference)
	require.NoError(t, err)
	require.Equal(t, domain.CheckOutcome{}, outcome)
	require.EqualValues(t, 2, seen.Load())
}

func TestWithoutAToken(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, given := r.Header["Authorization"]; !given {
			reply(http.StatusOK, `{"status":"pending"}`)(w, r)
		}
	}))
	t.Cleanup(server.Close)
	g, err := gateway(domain.CheckDocument, registry.GatewayConfig{URL: server.URL})
	require.NoError(t, err)
	_, err = g.Poll(t.Context(), "reference")
	require.NoError(t, err)
}

// Whatever the status, a refusal is never an answer about the person (M05).
func TestRefusals(t *testing.T) {
	t.Parallel()
	for status, ofOneQuestion := range map[int]bool{
		400: true, 404: true, 409: true, 422: true,
		201: false, 203: false, 204: false, 301: false, 302: false, 307: false, 308: false, 401: false, 403: false,
		408: false, 413: false, 415: false, 429: false, 500: false, 502: false, 503: false, 504: false,
	} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int32
			body := `{"reference":"r","status":"done","result":"valid","detail":"Синтетическая Анна canary"}`
			g := serve(t, func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				if status == http.StatusNoContent {
					w.WriteHeader(status)
					return
				}
				reply(status, body)(w, r)
			})
			for _, err := range both(requireUnavailable(t, g)) {
				require.ErrorContains(t, err, fmt.Sprintf("status %d", status))
				require.Equal(t, ofOneQuestion, isAnswered(err))
			}
			require.EqualValues(t, 2, asked.Load(), "no redirect is followed")
		})
	}
}

func both(ask, poll error) []error { return []error{ask, poll} }

// The status of one call is none of the other.
func TestStatusesAreNotConfused(t *testing.T) {
	t.Parallel()
	g := serve(t, reply(http.StatusOK, `{"reference":"r"}`))
	_, err := g.Ask(t.Context(), question(domain.CheckSNILS, "123"))
	require.ErrorContains(t, err, "status 200")
	g = serve(t, reply(http.StatusAccepted, `{"status":"done","result":"valid"}`))
	_, err = g.Poll(t.Context(), "r")
	require.ErrorContains(t, err, "status 202")
}

func TestWrongReceipts(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"", "null", "[]", "{}", `"r"`, "{", `{"reference":`, `{"reference":"r"`, `{"reference":"r"}x`, `{"reference":"r"}{}`,
		`{"reference":1}`, `{"reference":null}`, `{"reference":""}`, `{"Reference":"r"}`, `{"reference":"r","canary":1}`,
		`{"reference":"a","reference":"b"}`, `{"reference":"a b"}`, `{"reference":"../r"}`, `{"reference":".."}`, `{"reference":"."}`,
		`{"reference":"a?b"}`, `{"reference":"a%2Fb"}`, `{"reference":"Анна"}`, `{"reference":"\u0000"}`, "{\"reference\":\"\xff\"}",
		`{"reference":"` + strings.Repeat("r", 201) + `"}`, `<html>canary</html>`,
	} {
		g := serve(t, reply(http.StatusAccepted, body))
		reference, err := g.Ask(t.Context(), question(domain.CheckSNILS, "123"))
		require.ErrorContains(t, err, "not what the contract says", body)
		require.False(t, isAnswered(err))
		require.Empty(t, reference)
		requireConfidential(t, "123", err.Error())
	}
	longest := strings.Repeat("r", 200)
	g := serve(t, reply(http.StatusAccepted, " { \"reference\" : \""+longest+"\" } \n"))
	reference, err := g.Ask(t.Context(), question(domain.CheckSNILS, "123"))
	require.NoError(t, err)
	require.Equal(t, longest, reference)
}

// An answer that is not understood never passes anybody, nor fails them (M05).
func TestWrongReports(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"", "null", "[]", "{}", "true", `{"status":"done"`, `{"status":"done","result":"valid"}]`,
		`{"result":"valid"}`, `{"status":"done"}`, `{"status":"","result":"valid"}`, `{"status":"ready","result":"valid"}`,
		`{"status":"pending","result":"valid"}`, `{"status":"pending","fields":[]}`, `{"status":"Done","result":"valid"}`,
		`{"status":"done","result":"ok"}`, `{"status":"done","result":"Valid"}`, `{"status":"done","result":"passed"}`,
		`{"status":"done","result":"valid "}`, `{"status":"done","result":""}`, `{"status":"done","result":null}`,
		`{"status":"done","result":true}`, `{"status":"done","result":["valid"]}`, `{"status":"done","result":"lost"}`,
		`{"status":"done","result":"valid","result":"valid"}`, `{"status":"done","Result":"valid"}`,
		`{"status":"done","result":"mismatch","result":"valid"}`, `{"status":"done","result":"valid","name":"canary"}`,
		`{"status":"done","result":"valid","fields":["name"]}`, `{"status":"done","result":"valid","fields":[]}`,
		`{"status":"done","result":"not_found","fields":["name"]}`, `{"status":"done","result":"could_not_check","fields":[]}`,
		`{"status":"done","result":"mismatch"}`, `{"status":"done","result":"mismatch","fields":[]}`,
		`{"status":"done","result":"mismatch","fields":null}`, `{"status":"done","result":"mismatch","fields":"name"}`,
		`{"status":"done","result":"mismatch","fields":["name","name"]}`, `{"status":"done","result":"mismatch","fields":[""]}`,
		`{"status":"done","result":"mismatch","fields":["name","Синтетическая"]}`,
		`{"status":"done","result":"mismatch","fields":["issue_date"]}`, `{"status":"done","result":"mismatch","fields":[{"name":"Анна"}]}`,
		"{\"status\":\"done\",\"result\":\"valid\xff\"}", `<html>canary</html>`,
	} {
		g := serve(t, reply(http.StatusOK, body))
		outcome, err := g.Poll(t.Context(), "r")
		require.ErrorContains(t, err, "not what the contract says", body)
		require.False(t, isAnswered(err))
		require.Zero(t, outcome)
		requireConfidential(t, "123", err.Error())
	}
}

func TestCouldNotCheck(t *testing.T) {
	t.Parallel()
	g := serve(t, reply(http.StatusOK, `{"status":"done","result":"could_not_check"}`))
	outcome, err := g.Poll(t.Context(), "r")
	require.ErrorIs(t, err, registry.ErrAnswered)
	require.Zero(t, outcome)
}

func TestAnswersOfAnotherType(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"", "text/html", "application/xml", "application/jsonx", "application/json;;"} {
		g := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = []string{kind}
			_, _ = io.WriteString(w, `{"status":"done","result":"valid"}`)
		})
		_, err := g.Poll(t.Context(), "r")
		require.ErrorContains(t, err, "not what the contract says", kind)
	}
}

func TestAGatewayThatNeverAnswers(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"not at all": func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
		},
		"half a body": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			if r.Method == http.MethodPost {
				w.WriteHeader(http.StatusAccepted)
			}
			_, _ = io.WriteString(w, `{"status":"done",`)
			_ = http.NewResponseController(w).Flush()
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := serve(t, answer)
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			_, ask := g.Ask(ctx, question(domain.CheckSNILS, "123"))
			ctx, cancel = context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			_, poll := g.Poll(ctx, "r")
			for _, err := range both(ask, poll) {
				require.ErrorIs(t, err, context.DeadlineExceeded)
				require.False(t, isAnswered(err))
				requireConfidential(t, "123", err.Error())
			}
		})
	}
}

// An answer that comes too late is none, though the gateway took the question: it is
// asked again with the same key, which stands for one question (M05).
func TestAnAnswerThatComesTooLate(t *testing.T) {
	t.Parallel()
	keys := make(chan string, 2)
	var asked atomic.Int32
	ctx, enough := context.WithCancel(t.Context())
	defer enough()
	g := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		keys <- r.Header.Get("Idempotency-Key")
		if asked.Add(1) == 1 {
			enough() // whoever asks has waited for long enough
			<-r.Context().Done()
		}
		reply(http.StatusAccepted, `{"reference":"r-1"}`)(w, r)
	})
	one := question(domain.CheckSNILS, "123")
	_, err := g.Ask(ctx, one)
	require.ErrorIs(t, err, context.Canceled)
	reference, err := g.Ask(t.Context(), one)
	require.NoError(t, err)
	require.Equal(t, "r-1", reference)
	require.Equal(t, one.Key, <-keys)
	require.Equal(t, one.Key, <-keys)
}

func TestABodyThatIsTooLarge(t *testing.T) {
	t.Parallel()
	var written atomic.Int64
	g := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.Method == http.MethodPost {
			w.WriteHeader(http.StatusAccepted)
		}
		for r.Context().Err() == nil {
			n, err := io.WriteString(w, strings.Repeat(" ", 64<<10))
			written.Add(int64(n))
			if err != nil {
				return
			}
		}
	})
	for _, err := range both(requireUnavailable(t, g)) {
		require.ErrorContains(t, err, "not what the contract says")
	}
	require.Less(t, written.Load(), int64(64<<20))
}

func TestTheLargestBody(t *testing.T) {
	t.Parallel()
	const report = `{"status":"done","result":"valid"}`
	for size, want := range map[int]domain.CheckOutcome{64 << 10: passed(), 64<<10 + 1: {}} {
		g := serve(t, reply(http.StatusOK, report+strings.Repeat(" ", size-len(report))))
		outcome, err := g.Poll(t.Context(), "r")
		require.Equal(t, want, outcome)
		require.Equal(t, want.Done, err == nil)
	}
}

func TestBrokenConnections(t *testing.T) {
	t.Parallel()
	for name, behave := range map[string]func(net.Conn){
		"closes":     func(net.Conn) {},
		"no HTTP":    func(c net.Conn) { _, _ = io.WriteString(c, "220 canary.example.org ESMTP\r\n") },
		"half a one": func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 200") },
		"half a body": func(c net.Conn) {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n"+
				`{"status":"done","result":"valid"}`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
			require.NoError(t, err)
			t.Cleanup(func() { _ = listener.Close() })
			go serveRaw(listener, behave)
			g, err := gateway(domain.CheckSNILS, registry.GatewayConfig{URL: "http://" + listener.Addr().String()})
			require.NoError(t, err)
			for _, err := range both(requireUnavailable(t, g)) {
				require.False(t, isAnswered(err))
			}
		})
	}
}

// serveRaw reads a request's beginning from each connection, behaves, and
// closes.
func serveRaw(listener net.Listener, behave func(net.Conn)) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		_, _ = conn.Read(make([]byte, 4096))
		behave(conn)
		_ = conn.Close()
	}
}

func TestNobodyListens(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	g, err := gateway(domain.CheckSNILS, registry.GatewayConfig{URL: strings.Replace(server.URL, "http://", "http://canary@", 1)})
	require.NoError(t, err)
	for _, err := range both(requireUnavailable(t, g)) {
		require.False(t, isAnswered(err))
	}
}

func TestURLs(t *testing.T) {
	t.Parallel()
	for _, good := range []string{
		"https://registers.example.org", "https://token@registers.example.org/snils", "http://[::1]:9000/", "http://localhost/x",
	} {
		_, err := gateway(domain.CheckSNILS, registry.GatewayConfig{URL: good})
		require.NoError(t, err, good)
	}
	for _, bad := range []string{
		"", "canary", "https://", "http://registers.example.org/canary", "ftp://localhost/canary", "http://127.0.0.1.example.org",
		"https://user:canary@registers.example.org", "https://registers.example.org#canary", "https://canary:x\x00@h",
		"https://registers.example.org?key=canary", "https://canary%0A@registers.example.org", "https://can%20ary@registers.example.org",
	} {
		_, err := gateway(domain.CheckDocument, registry.GatewayConfig{URL: bad})
		require.Error(t, err, bad)
		require.NotContains(t, err.Error(), "canary")
	}
}

package sms_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/delivery"
	"example.org/kabinet/internal/delivery/sms"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit"
)

func message() delivery.Rendered {
	return delivery.Rendered{
		ID: domain.NewID(), Channel: domain.ChannelSMS, To: "+79001234567",
		Text: "Кабинет: код 123456.", Code: "123456",
	}
}

// open makes the provider of a URL.
func open(url string) (delivery.Provider, error) {
	return sms.New(sms.Config{URL: url, Name: "first", Clock: testkit.NewClock()})
}

// gateway serves on loopback; its URL holds a token and a query.
func gateway(t *testing.T, answer http.HandlerFunc) delivery.Provider {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	c, err := open(strings.Replace(server.URL, "http://", "http://canary%2Ftoken@", 1) + "/send?account=canary-account")
	require.NoError(t, err)
	return c
}

func requireConfidential(t *testing.T, err error) {
	t.Helper()
	for _, word := range []string{"9001234567", "123456", "canary"} {
		require.NotContains(t, err.Error(), word)
	}
}

func TestTheRequest(t *testing.T) {
	t.Parallel()
	m := message()
	var seen atomic.Int32
	c := gateway(t, func(w http.ResponseWriter, r *http.Request) {
		seen.Add(1)
		body, err := io.ReadAll(r.Body)
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		var fields map[string]any
		ok := json.Unmarshal(body, &fields) == nil && len(fields) == 3 &&
			fields["id"] == m.ID.String() && fields["to"] == m.To && fields["text"] == m.Text &&
			r.Method == http.MethodPost && r.URL.String() == "/send?account=canary-account" &&
			r.Header.Get("Authorization") == "Bearer canary/token" &&
			r.Header.Get("Content-Type") == "application/json" &&
			r.Header.Get("Idempotency-Key") == m.ID.String()
		if !ok {
			w.WriteHeader(http.StatusTeapot)
		}
	})
	require.Equal(t, domain.ChannelSMS, c.Channel())
	require.NoError(t, send(t.Context(), c, m))
	require.NoError(t, send(t.Context(), c, m), "the same message has the same key")
	require.EqualValues(t, 2, seen.Load())
}

func TestWithoutAToken(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, given := r.Header["Authorization"]; given {
			w.WriteHeader(http.StatusTeapot)
		}
	}))
	t.Cleanup(server.Close)
	c, err := open(server.URL)
	require.NoError(t, err)
	require.NoError(t, send(t.Context(), c, message()))
}

// A refused message is given up; a refused installation loses none (M24).
func TestAnswers(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]string{
		200: "", 201: "", 202: "", 204: "",
		400: "final", 422: "final",
		301: "later", 302: "later", 307: "later", 401: "later", 403: "later", 404: "later", 405: "later",
		408: "later", 409: "later", 429: "later", 500: "later", 502: "later", 503: "later", 504: "later",
	} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int32
			c := gateway(t, func(w http.ResponseWriter, _ *http.Request) {
				asked.Add(1)
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(status)
				if status != http.StatusNoContent {
					_, _ = io.WriteString(w, "the number +79001234567 and its canary")
				}
			})
			err := send(t.Context(), c, message())
			require.EqualValues(t, 1, asked.Load(), "no redirect is followed")
			if want == "" {
				require.NoError(t, err)
				return
			}
			require.Error(t, err)
			require.Equal(t, want == "final", errors.Is(err, domain.ErrUndeliverable), err)
			requireConfidential(t, err)
		})
	}
}

func TestAGatewayThatNeverAnswers(t *testing.T) {
	t.Parallel()
	c := gateway(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err := send(ctx, c, message())
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.NotErrorIs(t, err, domain.ErrUndeliverable)
	requireConfidential(t, err)
}

// The status decides; what comes late after it changes nothing.
func TestABodyThatNeverEnds(t *testing.T) {
	t.Parallel()
	c := gateway(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusAccepted)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	// Time enough for the status.
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	require.NoError(t, send(ctx, c, message()))
}

func TestABodyThatIsTooLarge(t *testing.T) {
	t.Parallel()
	var written atomic.Int64
	c := gateway(t, func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			n, err := io.WriteString(w, strings.Repeat("x", 64<<10))
			written.Add(int64(n))
			if err != nil {
				return
			}
		}
	})
	require.NoError(t, send(t.Context(), c, message()))
	require.Less(t, written.Load(), int64(64<<20))
}

func TestBrokenConnections(t *testing.T) {
	t.Parallel()
	for name, behave := range map[string]func(net.Conn){
		"closes":     func(net.Conn) {},
		"no HTTP":    func(c net.Conn) { _, _ = io.WriteString(c, "220 canary.example.org ESMTP\r\n") },
		"echo":       func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 +79001234567 code 123456\r\n\r\n") },
		"half a one": func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 200") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
			require.NoError(t, err)
			t.Cleanup(func() { _ = listener.Close() })
			go serve(listener, behave)
			c, err := open("http://" + listener.Addr().String())
			require.NoError(t, err)
			err = send(t.Context(), c, message())
			require.Error(t, err)
			require.NotErrorIs(t, err, domain.ErrUndeliverable)
			requireConfidential(t, err)
		})
	}
}

// serve reads a request's beginning from each connection, behaves, and closes.
func serve(listener net.Listener, behave func(net.Conn)) {
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
	c, err := open(strings.Replace(server.URL, "http://", "http://canary@", 1))
	require.NoError(t, err)
	err = send(t.Context(), c, message())
	require.Error(t, err)
	require.NotErrorIs(t, err, domain.ErrUndeliverable)
	requireConfidential(t, err)
}

// send hands a message to a provider, of whom no receipts come.
func send(ctx context.Context, p delivery.Provider, r delivery.Rendered) error {
	_, err := p.Send(ctx, r)
	return err
}

package process_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit"
)

// held is a sign-in whose handler waits for its body.
type held struct {
	conn   net.Conn
	reader *bufio.Reader
	body   string
}

// hold begins a sign-in. It returns when the program has begun to work on it:
// it then asks for the body (RFC 9110, section 10.1.1).
func (p *program) hold() *held {
	p.Helper()
	address := strings.TrimPrefix(p.url, "http://")
	conn, err := new(net.Dialer).DialContext(p.Context(), "tcp", address)
	require.NoError(p, err)
	p.Cleanup(func() { _ = conn.Close() })
	in := &held{conn, bufio.NewReader(conn), `{"account_type":"citizen","login":"+79210000000","password":"wrong"}`}
	_, err = fmt.Fprintf(conn, "POST /v1/sessions HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n"+
		"Content-Length: %d\r\nExpect: 100-continue\r\n\r\n", address, len(in.body))
	require.NoError(p, err)
	line, err := in.reader.ReadString('\n')
	require.NoError(p, err)
	require.Contains(p, line, "100 Continue")
	_, err = in.reader.ReadString('\n')
	require.NoError(p, err)
	return in
}

// release sends the body.
func (in *held) release() error {
	_, err := in.conn.Write([]byte(in.body))
	return err
}

func (in *held) status() (int, error) {
	response, err := http.ReadResponse(in.reader, nil)
	if err != nil {
		return 0, err
	}
	return response.StatusCode, response.Body.Close()
}

// Requests that are under way end, those that hash and those that wait for
// their turn; new ones find nobody; then the program ends, and well.
func TestStopLetsRequestsEnd(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		h := newHouse(t, e)
		// One hash takes about half a second, and there is one turn.
		h.settings["KABINET_HASH_MEMORY_KIB"] = "65536"
		h.settings["KABINET_HASH_TIME"] = "5"
		h.settings["KABINET_HASH_PARALLEL"] = "1"
		p := h.serve()
		under := []*held{p.hold(), p.hold(), p.hold(), p.hold()}
		for _, in := range under[1:] {
			require.NoError(t, in.release())
		}
		p.terminate()
		require.NoError(t, eventually(patience, func() (bool, error) {
			conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(p.url, "http://"))
			if err == nil {
				_ = conn.Close()
			}
			return err != nil, nil
		}), "new connections are refused")
		status, err := p.readiness()
		require.NoError(t, err)
		require.Equal(t, http.StatusServiceUnavailable, status)
		require.NoError(t, under[0].release())
		for i, in := range under {
			status, err := in.status()
			require.NoError(t, err, "request %d", i)
			require.Equal(t, http.StatusUnauthorized, status)
		}
		require.Zero(t, p.exitCode())
		require.Contains(t, p.log.String(), `"msg":"stopped"`)
	})
}

// A message that is being sent is sent to its end.
func TestStopLetsJobsEnd(t *testing.T) {
	t.Parallel()
	h, g := newProduction(t)
	p := h.serve()
	c := newCitizen(0)
	require.NoError(t, p.register(c))
	sent := <-g.sms
	p.terminate()
	require.NoError(t, eventually(patience, func() (bool, error) {
		status, err := p.readiness()
		return status == http.StatusServiceUnavailable, err
	}))
	sent.accept()
	require.Zero(t, p.exitCode(), p.log.String())
	require.Equal(t, 1, h.count(t, "SELECT count(*) FROM messages WHERE status = 'sent'"))
	require.Equal(t, 1, h.count(t, "SELECT count(*) FROM river_job WHERE state = 'completed'"))
}

// A process that is killed while it sends leaves a job that another process
// takes up. The gateway gets the message again under the same key, by which it
// can tell that it is the same.
//
// M24
func TestKillInTheMiddleOfADelivery(t *testing.T) {
	t.Parallel()
	h, g := newProduction(t)
	p := h.serve()
	c := newCitizen(0)
	require.NoError(t, p.register(c))
	first := <-g.sms
	p.kill()
	p = h.serve()
	select {
	case second := <-g.sms:
		require.Equal(t, first.key, second.key)
		require.Equal(t, first.Text, second.Text)
		second.accept()
	case <-time.After(rescue):
		require.Fail(t, "the message does not come again")
	}
	c.code = first.code()
	p.must(http.StatusOK, c.confirmation())
	require.NoError(t, eventually(patience, func() (bool, error) {
		return h.count(t, "SELECT count(*) FROM messages WHERE status = 'sent'") == 1, nil
	}))
}

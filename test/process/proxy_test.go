package process_test

import (
	"io"
	"net"
	"net/url"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// proxy stands between the processes of a house and PostgreSQL, and can be cut.
type proxy struct {
	t        *testing.T
	target   string
	address  string
	mu       sync.Mutex
	listener net.Listener
	conns    []net.Conn
}

// newProxy leads the house's processes through a proxy.
func newProxy(t *testing.T, h *house) *proxy {
	t.Helper()
	u, err := url.Parse(h.database)
	require.NoError(t, err)
	p := &proxy{t: t, target: u.Host, address: freeAddress(t)}
	u.Host = p.address
	h.settings["KABINET_DATABASE_URL"] = u.String()
	p.mend()
	t.Cleanup(p.cut)
	return p
}

// cut ends all connections and takes no new ones.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.listener.Close()
	for _, conn := range p.conns {
		_ = conn.Close()
	}
	p.conns = nil
}

// mend takes connections again.
func (p *proxy) mend() {
	p.t.Helper()
	listener, err := new(net.ListenConfig).Listen(p.t.Context(), "tcp", p.address)
	require.NoError(p.t, err)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.listener = listener
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			p.join(conn)
		}
	}()
}

// join leads a connection to the target.
func (p *proxy) join(conn net.Conn) {
	other, err := new(net.Dialer).DialContext(p.t.Context(), "tcp", p.target)
	if err != nil {
		_ = conn.Close()
		return
	}
	p.mu.Lock()
	p.conns = append(p.conns, conn, other)
	p.mu.Unlock()
	for from, to := range map[net.Conn]net.Conn{conn: other, other: conn} {
		go func() {
			_, _ = io.Copy(to, from)
			_ = to.Close()
		}()
	}
}

package process_test

import (
	"net"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// proxy stands between the processes of a house and PostgreSQL, and can be cut,
// frozen and slowed down, and leave connections stranded.
type proxy struct {
	t        *testing.T
	target   string
	address  string
	mu       sync.Mutex
	listener net.Listener
	conns    []net.Conn
	// gate is closed while what is said is passed on.
	gate chan struct{}
	// made counts the connections, and of them the first stranded ones are never
	// heard of again.
	made, stranded int
	// over ends with the test.
	over chan struct{}
	// delay is how long what is asked is held back.
	delay time.Duration
}

// newProxy leads the house's processes through a proxy.
func newProxy(t *testing.T, h *house) *proxy {
	t.Helper()
	u, err := url.Parse(h.database)
	require.NoError(t, err)
	p := &proxy{t: t, target: u.Host, address: freeAddress(t), gate: make(chan struct{}), over: make(chan struct{})}
	close(p.gate)
	u.Host = p.address
	h.settings["KABINET_DATABASE_URL"] = u.String()
	p.mend()
	t.Cleanup(func() {
		close(p.over)
		p.cut()
	})
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
	p.open()
}

// open lets everything through. The lock is held.
func (p *proxy) open() {
	select {
	case <-p.gate:
	default:
		close(p.gate)
	}
}

// freeze goes on taking connections, and all that is said, and passes nothing on.
func (p *proxy) freeze() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gate = make(chan struct{})
}

// thaw passes on what was held back, and all that comes.
func (p *proxy) thaw() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open()
}

// strand lets no connection that there is be heard of again, as when a machine on
// the way was exchanged; new ones are as always.
func (p *proxy) strand() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stranded = p.made
}

// slow holds back everything that is asked for a time; 0 is no longer.
func (p *proxy) slow(delay time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.delay = delay
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
	p.made++
	number := p.made
	p.mu.Unlock()
	go p.pass(conn, other, number)
	go p.pass(other, conn, -number)
}

// pass hands on what one side says until it ends. The number of a connection is
// negative for what is answered.
func (p *proxy) pass(from, to net.Conn, number int) {
	defer func() { _ = to.Close() }()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		p.mu.Lock()
		gate, delay, stranded := p.gate, p.delay, max(number, -number) <= p.stranded
		p.mu.Unlock()
		if stranded {
			<-p.over
			return
		}
		<-gate
		if number > 0 && n > 0 && delay > 0 {
			<-time.After(delay)
		}
		if _, failed := to.Write(buffer[:n]); err != nil || failed != nil {
			return
		}
	}
}

package main

import (
	"io"
	"net"
	"sync"
	"time"
)

// The states of a line.
const (
	lineOpen = iota
	// lineRefused takes no connections, and ends those that there are.
	lineRefused
	// lineHung takes connections and lets nothing through, nor through those that
	// there are.
	lineHung
	// lineCut ends connections in the middle of what either side says: the client
	// may not learn that the server has taken what it sent.
	lineCut
)

// line is the way to a server, which can be put out of order.
type line struct {
	address string
	target  string
	random  *dice

	mu       sync.Mutex
	state    int
	listener net.Listener
	conns    map[net.Conn]struct{}
	// changed is closed when the state changes.
	changed chan struct{}
}

// newLine is a line in order.
func newLine(target string, random *dice) (*line, error) {
	l := &line{target: target, random: random, conns: map[net.Conn]struct{}{}, changed: make(chan struct{})}
	var err error
	if l.address, err = freeAddress(); err != nil {
		return nil, err
	}
	return l, l.listen()
}

func (l *line) listen() error {
	listener, err := net.Listen("tcp", l.address) //nolint:noctx // set closes it
	if err != nil {
		return err
	}
	l.listener = listener
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go l.join(conn)
		}
	}()
	return nil
}

// set puts the line into a state.
func (l *line) set(state int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if state == l.state {
		return nil
	}
	before := l.state
	l.state = state
	close(l.changed)
	l.changed = make(chan struct{})
	if state == lineRefused {
		for conn := range l.conns {
			_ = conn.Close()
		}
		return l.listener.Close()
	}
	if before == lineRefused {
		return l.listen()
	}
	return nil
}

func (l *line) end() error { return l.set(lineRefused) }

// now is the state, and what is closed when it changes.
func (l *line) now() (int, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state, l.changed
}

// hold notes a connection to be ended with the line; false where it is ended
// already.
func (l *line) hold(conn net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state == lineRefused {
		_ = conn.Close()
		return false
	}
	l.conns[conn] = struct{}{}
	return true
}

func (l *line) drop(conn net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.conns, conn)
	_ = conn.Close()
}

// join leads a connection to the target until either side ends it.
func (l *line) join(from net.Conn) {
	if !l.hold(from) {
		return
	}
	defer l.drop(from)
	to, err := net.DialTimeout("tcp", l.target, 5*time.Second) //nolint:noctx // it has no caller who might go
	if err != nil || !l.hold(to) {
		return
	}
	defer l.drop(to)
	var group sync.WaitGroup
	for from, to := range map[net.Conn]net.Conn{from: to, to: from} {
		group.Go(func() {
			l.carry(from, to)
			_ = from.Close()
			_ = to.Close()
		})
	}
	group.Wait()
}

// carry brings what comes from one side to the other.
func (l *line) carry(from io.Reader, to io.Writer) {
	buffer := make([]byte, 4<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 && !l.let(buffer[:n], to) || err != nil {
			return
		}
	}
}

// let lets some bytes through, as far as the line's state allows.
func (l *line) let(bytes []byte, to io.Writer) bool {
	state, changed := l.now()
	for state == lineHung {
		<-changed
		state, changed = l.now()
	}
	if state == lineCut && l.random.chance(10) {
		_, _ = to.Write(bytes[:l.random.below(len(bytes))])
		return false
	}
	_, err := to.Write(bytes)
	return err == nil
}

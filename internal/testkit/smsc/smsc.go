// Package smsc is an operator's SMS centre for tests. It speaks SMPP 3.4 on
// loopback, keeps what it accepts, and misbehaves as it is told.
package smsc

import (
	"maps"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"
	"github.com/stretchr/testify/require"
)

// The account that may bind.
const (
	SystemID = "kabinet"
	Password = "pa55word"
)

// Behaviour is what a [Server] does with those who come. The zero value accepts
// everything, and sends no receipts. Where several fields speak of an answer, the
// first of them counts.
type Behaviour struct {
	// Bind refuses to bind, unless it is ESME_ROK.
	Bind data.CommandStatusType
	// Mute answers nothing any more: no bind, no message, no enquire_link. What
	// is submitted is accepted all the same.
	Mute bool
	// Lose accepts a message, and closes the connection in the place of an answer.
	Lose bool
	// Submit refuses every message, unless it is ESME_ROK.
	Submit data.CommandStatusType
	// Garbage accepts a message, and answers with bytes that are no PDU.
	Garbage bool
	// Nameless accepts a message, and answers without a message id.
	Nameless bool
	// Late is how long an accepted message waits for its answer.
	Late time.Duration
	// Twice answers each accepted message twice.
	Twice bool
	// Receipts are sent for what was accepted from now on.
	Receipts Receipts
}

// Message is one that was accepted, all of its parts together.
type Message struct {
	// ID is what the centre calls it: the last part's id.
	ID string
	// From and To are as they came; To has no plus.
	From, To string
	Text     string
	// Coding is the data_coding of its parts, and Parts their number.
	Coding byte
	Parts  int
	// Reference is the user_message_reference, if it had one.
	Reference string
	// Receipt tells whether a receipt was asked for.
	Receipt bool
	// Validity is the validity_period, empty for the centre's usual one.
	Validity string
}

// Server is an SMS centre. It is safe for concurrent use.
type Server struct {
	addr string

	mu        sync.Mutex
	listener  net.Listener // nil while it is down
	sessions  map[*session]bool
	behaviour Behaviour
	binds     int
	unbinds   int
	enquiries int
	refused   int
	nextID    int
	parts     map[partKey]map[byte]part
	messages  []Message
	receipts  []*receipt
	running   sync.WaitGroup
}

// New starts a centre, which Down ends.
func New() (*Server, error) {
	s := &Server{addr: "127.0.0.1:0", sessions: map[*session]bool{}, parts: map[partKey]map[byte]part{}}
	return s, s.Up()
}

// Start starts a centre that ends with the test.
func Start(tb testing.TB) *Server {
	tb.Helper()
	s, err := New()
	require.NoError(tb, err)
	tb.Cleanup(s.Down)
	return s
}

// Addr is where it listens, HOST:PORT; the same after Down and Up.
func (s *Server) Addr() string { return s.addr }

// URL is the centre as KABINET_SMS_URL names it.
func (s *Server) URL() string {
	return "smpp+insecure://" + SystemID + ":" + Password + "@" + s.addr + "?from=Kabinet"
}

// Up begins to listen, again after Down.
func (s *Server) Up() error {
	listener, err := net.Listen("tcp", s.addr) //nolint:noctx // it has no caller who might go
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.addr, s.listener = listener.Addr().String(), listener
	s.running.Go(func() { s.accept(listener) })
	return nil
}

// Down stops listening, and cuts all connections. What was accepted is kept.
func (s *Server) Down() {
	s.mu.Lock()
	if s.listener != nil {
		_ = s.listener.Close()
		s.listener = nil
	}
	s.mu.Unlock()
	s.Drop()
	s.running.Wait()
}

// Drop cuts all connections, and goes on listening.
func (s *Server) Drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for one := range s.sessions {
		_ = one.conn.Close()
	}
}

// Dismiss unbinds all who are bound.
func (s *Server) Dismiss() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for one := range s.sessions {
		if one.bound {
			one.write(pdu.NewUnbind())
		}
	}
}

// Behave changes the behaviour from now on.
func (s *Server) Behave(b Behaviour) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.behaviour = b
}

// Messages is what was accepted so far, in the order of acceptance. Messages that
// came several times are there several times.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.messages)
}

// Texts is what was accepted for a number, +7 and ten digits, in the order of
// acceptance.
func (s *Server) Texts(to string) []string {
	var texts []string
	for _, m := range s.Messages() {
		if "+"+m.To == to {
			texts = append(texts, m.Text)
		}
	}
	return texts
}

// Duplicates is how many of the accepted messages had been accepted before: same
// number, same text.
func (s *Server) Duplicates() int {
	type key struct{ to, text string }
	all := s.Messages()
	distinct := map[key]bool{}
	for _, m := range all {
		distinct[key{m.To, m.Text}] = true
	}
	return len(all) - len(distinct)
}

// Binds is how often somebody has bound, Unbinds how often somebody has taken
// leave, and Enquiries how many enquire_link have come.
func (s *Server) Binds() int { return s.count(&s.binds) }

// Unbinds is described at [Server.Binds].
func (s *Server) Unbinds() int { return s.count(&s.unbinds) }

// Enquiries is described at [Server.Binds].
func (s *Server) Enquiries() int { return s.count(&s.enquiries) }

func (s *Server) count(of *int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return *of
}

// Bound is how many are bound now.
func (s *Server) Bound() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	bound := 0
	for one := range maps.Keys(s.sessions) {
		if one.bound {
			bound++
		}
	}
	return bound
}

// accept serves all who come to a listener, until it is closed.
func (s *Server) accept(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		one := &session{server: s, conn: conn}
		s.mu.Lock()
		s.sessions[one] = true
		s.mu.Unlock()
		s.running.Go(one.serve)
	}
}

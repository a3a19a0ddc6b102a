package email

import (
	"context"
	"crypto/tls"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

const (
	// timeout bounds the way to the server's readiness, and again the handing over
	// of one message.
	timeout = 15 * time.Second
	// aliveTimeout bounds the question whether a session can be used again, so that
	// there is time left for a new one.
	aliveTimeout = 2 * time.Second
	// farewellTimeout bounds the end of a session.
	farewellTimeout = time.Second
	// maxSessions is how many sessions there are at once, with those that wait for
	// the next message. Servers allow a client some ten or more.
	maxSessions = 8
	// maxMessages is how many messages a session is used for. Servers end sessions
	// after some hundred or more.
	maxMessages = 100
	// maxIdle is how long a session waits for the next message. Servers wait for
	// minutes, firewalls for less.
	maxIdle = 30 * time.Second
)

// session is a conversation with the server that is ready for a message.
type session struct {
	line   *line
	client *mail.Client
	smtp   *smtp.Client
	// used is how many messages were handed over in it, or tried to be.
	used int
	// end is the end of its waiting.
	end *time.Timer
}

// alive tells whether the server still listens, and makes it forget what came
// before.
func (s *session) alive(ctx context.Context) bool {
	defer context.AfterFunc(ctx, s.line.cut)()
	if s.smtp.UpdateDeadline(aliveTimeout) == nil && s.smtp.Reset() == nil {
		return true
	}
	s.line.cut()
	return false
}

// quit ends the session in the way that servers like.
func (s *session) quit() {
	defer s.line.cut()
	if s.smtp.UpdateDeadline(farewellTimeout) == nil {
		_ = s.smtp.Quit()
	}
}

// sessions are those that wait for the next message, and the right to have one.
type sessions struct {
	places   chan struct{}
	messages int
	idle     time.Duration

	mu   sync.Mutex
	free []*session
}

func newSessions() *sessions {
	return &sessions{places: make(chan struct{}, maxSessions), messages: maxMessages, idle: maxIdle}
}

// enter waits until there are fewer than maxSessions in use. New ones begin only
// when none is free, so there are never more.
func (p *sessions) enter(ctx context.Context) error {
	select {
	case p.places <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *sessions) leave() { <-p.places }

// take is the session that was used last, or nil if none is free.
func (p *sessions) take() *session {
	p.mu.Lock()
	defer p.mu.Unlock()
	last := len(p.free) - 1
	if last < 0 {
		return nil
	}
	s := p.free[last]
	p.free = p.free[:last]
	s.end.Stop()
	return s
}

// put keeps a session for the next message, for a while.
func (p *sessions) put(s *session) {
	if s.used >= p.messages {
		s.quit()
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	s.end = time.AfterFunc(p.idle, func() { p.expire(s) })
	p.free = append(p.free, s)
}

// expire ends a session that has waited too long, unless somebody has taken it.
func (p *sessions) expire(s *session) {
	p.mu.Lock()
	i := slices.Index(p.free, s)
	if i >= 0 {
		p.free = slices.Delete(p.free, i, i+1)
	}
	p.mu.Unlock()
	if i >= 0 {
		s.quit()
	}
}

// clear ends all free sessions.
func (p *sessions) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.free {
		s.end.Stop()
		s.line.cut()
	}
	p.free = nil
}

// line is one connection to the server, which can be cut at any time: the
// library heeds its caller's patience only until the connection stands.
type line struct {
	tls      *tls.Config
	implicit bool

	mu   sync.Mutex
	conn net.Conn
	over bool
}

func (l *line) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	l.hold(conn)
	if !l.implicit {
		return conn, nil
	}
	secure := tls.Client(conn, l.tls)
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	return secure, nil
}

func (l *line) hold(conn net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conn = conn
	if l.over {
		_ = conn.Close()
	}
}

// cut ends the connection, or the one that comes about too late.
func (l *line) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over = true
	if l.conn != nil {
		_ = l.conn.Close()
	}
}

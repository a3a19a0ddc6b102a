package email_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/delivery/email"
)

// received is one message as the server took it.
type received struct {
	from, to, body, user string
	secure               bool
}

// server is a mail server on loopback. The fields before the line are set
// before it starts.
type server struct {
	tls      *tls.Config
	roots    *x509.CertPool
	implicit bool
	password string
	onMail   func() error
	onRcpt   func() error
	onData   func() error
	// ----
	mu       sync.Mutex
	received []received
	addr     string
	// connections are how many there were, and open those that are not over.
	connections, open atomic.Int64
}

// start runs the server until the end of the test.
func (s *server) start(t *testing.T) *server {
	t.Helper()
	s.addr = "127.0.0.1:0"
	t.Cleanup(s.serve(t))
	return s
}

// serve runs the server until its result is called, which ends all connections.
func (s *server) serve(t *testing.T) (end func()) {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", s.addr)
	require.NoError(t, err)
	s.addr = listener.Addr().String()
	listener = counter{listener, s}
	if s.implicit {
		listener = tls.NewListener(listener, s.tls)
	}
	srv := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{server: s, conn: c}, nil
	}))
	srv.Domain = "mail.example.org"
	if !s.implicit {
		srv.TLSConfig = s.tls
	}
	srv.ReadTimeout, srv.WriteTimeout = 5*time.Second, 5*time.Second
	srv.ErrorLog = quiet{}
	go func() { _ = srv.Serve(listener) }()
	return func() { _ = srv.Close() }
}

// counter counts connections.
type counter struct {
	net.Listener

	server *server
}

func (c counter) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c.server.connections.Add(1)
	c.server.open.Add(1)
	return &counted{Conn: conn, server: c.server}, nil
}

type counted struct {
	net.Conn

	server *server
	once   sync.Once
}

func (c *counted) Close() error {
	c.once.Do(func() { c.server.open.Add(-1) })
	return c.Conn.Close()
}

func (s *server) all() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.received
}

// secured gives the server a certificate for 127.0.0.1.
func (s *server) secured(t *testing.T) *server {
	t.Helper()
	lender := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(lender.Close)
	s.tls = &tls.Config{Certificates: lender.TLS.Certificates, MinVersion: tls.VersionTLS12}
	s.roots = x509.NewCertPool()
	s.roots.AddCert(lender.Certificate())
	return s
}

// channel sends to the server: scheme and user as in a URL.
func (s *server) channel(t *testing.T, scheme, user string) *email.Provider {
	t.Helper()
	c, err := email.New(scheme + "://" + user + s.addr + "?from=Cabinet%20%3Ccabinet@example.org%3E")
	require.NoError(t, err)
	c.Trust(s.roots)
	return c
}

type session struct {
	server *server
	conn   *smtp.Conn
	mail   received
}

func (s *session) AuthMechanisms() []string {
	if s.server.password == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		if password != s.server.password {
			return smtp.ErrAuthFailed
		}
		s.mail.user = username
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	_, s.mail.secure = s.conn.TLSConnectionState()
	s.mail.from = from
	return perform(s.server.onMail)
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mail.to = to
	return perform(s.server.onRcpt)
}

func (s *session) Data(r io.Reader) error {
	body, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := perform(s.server.onData); err != nil {
		return err
	}
	s.mail.body = string(body)
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.received = append(s.server.received, s.mail)
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

func perform(f func() error) error {
	if f == nil {
		return nil
	}
	return f()
}

// reply makes the server answer with a code, and with words that no log of
// ours must repeat.
func reply(code int) func() error {
	return func() error {
		return &smtp.SMTPError{Code: code, EnhancedCode: smtp.NoEnhancedCode, Message: "<canary@example.org> not here"}
	}
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

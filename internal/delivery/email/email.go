// Package email sends messages by SMTP (RFC 5321).
package email

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strings"
	"sync"
	"time"

	"github.com/wneessen/go-mail"

	"example.org/kabinet/internal/delivery"
	"example.org/kabinet/internal/domain"
)

// timeout bounds the way to the server's readiness, and again the handing over
// of one message.
const timeout = 15 * time.Second

// Provider sends messages through one mail server, each over a connection of
// its own. It is safe for concurrent use.
type Provider struct {
	server server
	tls    *tls.Config
}

// New reads the URL of the server:
//
//	smtp://USER:PASSWORD@HOST:587?from=ADDRESS   STARTTLS, or nothing is sent
//	smtps://USER:PASSWORD@HOST:465?from=ADDRESS  TLS from the start
//	smtp+insecure://HOST:25?from=ADDRESS         no TLS; loopback only
//
// User and password can be left out. No error repeats anything of the URL.
func New(rawURL string) (*Provider, error) {
	s, err := parseURL(rawURL)
	if err != nil {
		return nil, fmt.Errorf("email: %w", err)
	}
	return &Provider{
		server: s,
		tls:    &tls.Config{ServerName: s.host, MinVersion: tls.VersionTLS12},
	}, nil
}

// Name implements [delivery.Provider].
func (c *Provider) Name() string { return "smtp" }

// Channel implements [delivery.Provider].
func (c *Provider) Channel() domain.Channel { return domain.ChannelEmail }

// Send implements [delivery.Provider]. For good are only refusals of this very
// receiver or text (5xx to RCPT or DATA, RFC 5321, section 4.2.1); a server
// that refuses the sender or the password refuses everything until somebody
// puts that right, and the messages wait for it.
func (c *Provider) Send(ctx context.Context, r delivery.Rendered) (reference string, err error) {
	message, err := c.compose(r)
	if err != nil {
		return "", err
	}
	return "", c.hand(ctx, message)
}

// hand brings a message to the server.
func (c *Provider) hand(ctx context.Context, message *mail.Msg) error {
	l := &line{tls: c.tls, implicit: c.server.scheme == schemeTLS}
	defer l.cut()
	defer context.AfterFunc(ctx, l.cut)()
	client, err := mail.NewClient(c.server.host, c.options(l)...)
	if err != nil {
		return fmt.Errorf("email: client: %w", err)
	}
	session, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return explain(ctx, "connect", err)
	}
	err = client.SendWithSMTPClient(session, message)
	if message.IsDelivered() {
		// Whatever went wrong then: once more would be twice.
		_ = client.CloseWithSMTPClient(session)
		return nil
	}
	return explain(ctx, "send", err)
}

// compose is the message in the form of RFC 5322. All of it follows from r, so
// that a mailbox can tell a message that comes twice by its Message-ID.
func (c *Provider) compose(r delivery.Rendered) (*mail.Msg, error) {
	m := mail.NewMsg()
	from := c.server.from
	if err := m.FromFormat(from.Name, from.Address); err != nil {
		return nil, errors.New("email: the sender is no address")
	}
	if err := m.To(r.To); err != nil {
		return nil, fmt.Errorf("email: the receiver is no address: %w", domain.ErrUndeliverable)
	}
	_, host, _ := strings.Cut(from.Address, "@")
	m.SetMessageIDWithValue(r.ID.String() + "@" + host)
	m.SetDateWithValue(r.CreatedAt)
	// RFC 3834, section 5: no holiday notices in return.
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.Subject(r.Subject)
	m.SetBodyString(mail.TypeTextPlain, r.Text)
	return m, nil
}

func (c *Provider) options(l *line) []mail.Option {
	options := []mail.Option{
		mail.WithPort(c.server.port),
		mail.WithTimeout(timeout),
		mail.WithDialContextFunc(l.dial),
		mail.WithTLSConfig(c.tls),
		mail.WithoutNoop(),
	}
	switch c.server.scheme {
	case schemeSTARTTLS:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	case schemeTLS:
		options = append(options, mail.WithSSL())
	case schemePlain:
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	}
	if c.server.user != "" {
		options = append(options,
			mail.WithUsername(c.server.user), mail.WithPassword(c.server.password),
			mail.WithOpportunisticSMTPAuth(mail.SMTPAuthSCRAMSHA256, mail.SMTPAuthPlain, mail.SMTPAuthLogin))
	}
	return options
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

// explain says what went wrong without the words of the server, which like to
// repeat the address.
func explain(ctx context.Context, step string, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("email: %s: %w", step, ctx.Err())
	}
	if sent, ok := errors.AsType[*mail.SendError](err); ok {
		code := sent.ErrorCode()
		aboutMessage := sent.Reason == mail.ErrSMTPRcptTo || sent.Reason == mail.ErrSMTPData ||
			sent.Reason == mail.ErrSMTPDataClose
		if aboutMessage && code >= 500 {
			return fmt.Errorf("email: %s: reply %d: %w", sent.Reason, code, domain.ErrUndeliverable)
		}
		if code != 0 {
			return fmt.Errorf("email: %s: reply %d", sent.Reason, code)
		}
		return fmt.Errorf("email: %s: no reply", sent.Reason)
	}
	if reply, ok := errors.AsType[*textproto.Error](err); ok {
		return fmt.Errorf("email: %s: reply %d", step, reply.Code)
	}
	return fmt.Errorf("email: %s: %w", step, err)
}

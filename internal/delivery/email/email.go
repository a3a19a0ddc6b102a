// Package email sends messages by SMTP (RFC 5321).
package email

import (
	"context"
	"crypto/tls"
	"fmt"

	"github.com/wneessen/go-mail"

	"example.org/kabinet/internal/delivery"
	"example.org/kabinet/internal/domain"
)

// Provider sends messages through one mail server, whose sessions it uses again.
// It is safe for concurrent use.
type Provider struct {
	server   server
	tls      *tls.Config
	sessions *sessions
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
		server:   s,
		tls:      &tls.Config{ServerName: s.host, MinVersion: tls.VersionTLS12},
		sessions: newSessions(),
	}, nil
}

// Name implements [delivery.Provider].
func (c *Provider) Name() string { return "smtp" }

// Channel implements [delivery.Provider].
func (c *Provider) Channel() domain.Channel { return domain.ChannelEmail }

// Send implements [delivery.Provider]. For good are only refusals of this very
// receiver or text; a server that refuses the sender or the password refuses
// everything until somebody puts that right, and the messages wait for it.
func (c *Provider) Send(ctx context.Context, r delivery.Rendered) (reference string, err error) {
	message, err := c.compose(r)
	if err != nil {
		return "", err
	}
	if err := c.sessions.enter(ctx); err != nil {
		return "", explain(ctx, "wait", err)
	}
	defer c.sessions.leave()
	return "", c.hand(ctx, message)
}

// hand brings a message to the server, in a session that is left from before or
// else in a new one. A session that turns out to be over is replaced once; the
// text is never sent twice.
func (c *Provider) hand(ctx context.Context, message *mail.Msg) error {
	if s := c.sessions.take(); s != nil {
		if s.alive(ctx) {
			err := c.talk(ctx, s, message)
			if !isOver(err) {
				return explain(ctx, "send", err)
			}
		}
		// The others are hardly better.
		c.sessions.clear()
	}
	s, err := c.open(ctx)
	if err != nil {
		return explain(ctx, "connect", err)
	}
	return explain(ctx, "send", c.talk(ctx, s, message))
}

// talk hands over a message in a session, and keeps the session for the next one
// if it is still good for that.
func (c *Provider) talk(ctx context.Context, s *session, message *mail.Msg) error {
	whole := context.AfterFunc(ctx, s.line.cut)
	s.used++
	err := s.client.SendWithSMTPClient(s.smtp, message)
	if whole() && (err == nil || isReply(err)) {
		c.sessions.put(s)
	} else {
		s.line.cut()
	}
	return err
}

// open begins a session.
func (c *Provider) open(ctx context.Context) (*session, error) {
	l := &line{tls: c.tls, implicit: c.server.scheme == schemeTLS}
	defer context.AfterFunc(ctx, l.cut)()
	// Signing in changes a client: each session has its own.
	client, err := mail.NewClient(c.server.host, c.options(l)...)
	if err != nil {
		return nil, err
	}
	smtp, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		l.cut()
		return nil, err
	}
	return &session{line: l, client: client, smtp: smtp}, nil
}

func (c *Provider) options(l *line) []mail.Option {
	options := []mail.Option{
		mail.WithPort(c.server.port),
		mail.WithTimeout(timeout),
		mail.WithDialContextFunc(l.dial),
		mail.WithTLSConfig(c.tls),
		// Both would only come after the time: alive asks before a session is used
		// again, and after the text nothing must go wrong any more.
		mail.WithoutNoop(),
		mail.WithoutRset(),
		// Addresses are ASCII, and words are encoded: a message that asks for more
		// would be turned away by every server on its way that has no RFC 6531.
		mail.WithoutSMTPUTF8(),
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

package email_test

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/delivery"
	"example.org/kabinet/internal/delivery/email"
	"example.org/kabinet/internal/domain"
)

func message() delivery.Rendered {
	return delivery.Rendered{
		ID: domain.NewID(), Channel: domain.ChannelEmail, To: "canary@example.org",
		Locale: domain.LocaleRussian, Subject: "Код для регистрации в Кабинете",
		Text: "Здравствуйте!\n\nВаш код: 123456\n", HTML: "<p>Ваш код: <b>123456</b></p>\n", Code: "123456",
		CreatedAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
	}
}

func requireConfidential(t *testing.T, err error) {
	t.Helper()
	for _, word := range []string{"canary", "123456", "smtp-secret", "not here", "127.0.0.1"} {
		require.NotContains(t, err.Error(), word)
	}
}

// A code reaches the mailbox (M02).
func TestTheMessage(t *testing.T) {
	t.Parallel()
	s := (&server{}).secured(t).start(t)
	c := s.channel(t, "smtp", "")
	require.Equal(t, domain.ChannelEmail, c.Channel())
	m := message()
	require.NoError(t, send(t.Context(), c, m))
	require.NoError(t, send(t.Context(), c, m))
	all := s.all()
	require.Len(t, all, 2)
	require.Equal(t, "cabinet@example.org", all[0].from)
	require.Equal(t, m.To, all[0].to)
	require.True(t, all[0].secure)

	parsed, err := mail.ReadMessage(strings.NewReader(all[0].body))
	require.NoError(t, err)
	subject, err := new(mime.WordDecoder).DecodeHeader(parsed.Header.Get("Subject"))
	require.NoError(t, err)
	require.Equal(t, m.Subject, subject)
	require.Equal(t, `"Cabinet" <cabinet@example.org>`, parsed.Header.Get("From"))
	require.Equal(t, "<canary@example.org>", parsed.Header.Get("To"))
	require.Equal(t, "<"+m.ID.String()+"@example.org>", parsed.Header.Get("Message-ID"))
	require.Equal(t, "auto-generated", parsed.Header.Get("Auto-Submitted"))
	date, err := parsed.Header.Date()
	require.NoError(t, err)
	require.True(t, date.Equal(m.CreatedAt))
	require.Equal(t, "ru", parsed.Header.Get("Content-Language"))
	require.Empty(t, parsed.Header.Get("User-Agent"))
	require.Equal(t, []part{
		{"text/plain; charset=UTF-8", m.Text}, {"text/html; charset=UTF-8", m.HTML},
	}, partsOf(t, parsed))
	require.Equal(t, all[0], all[1], "sent again it is the same, to the letter")
}

// part is one of the forms of a message.
type part struct{ kind, content string }

func partsOf(t *testing.T, m *mail.Message) []part {
	t.Helper()
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	require.NoError(t, err)
	require.Equal(t, "multipart/alternative", kind)
	var all []part
	for reader := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return all
		}
		require.NoError(t, err)
		content, err := io.ReadAll(p)
		require.NoError(t, err)
		all = append(all, part{p.Header.Get("Content-Type"), strings.ReplaceAll(string(content), "\r\n", "\n")})
	}
}

func TestConnections(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		server       *server
		scheme, user string
		want         received
	}{
		"STARTTLS":               {(&server{}).secured(t), "smtp", "", received{secure: true}},
		"STARTTLS with password": {(&server{password: "smtp-secret"}).secured(t), "smtp", "mailer:smtp-secret@", received{secure: true, user: "mailer"}},
		"TLS":                    {(&server{implicit: true}).secured(t), "smtps", "", received{secure: true}},
		"TLS with password":      {(&server{implicit: true, password: "p@:/"}).secured(t), "smtps", "mailer:p%40%3A%2F@", received{secure: true, user: "mailer"}},
		"plain":                  {&server{}, "smtp+insecure", "", received{}},
		"plain though TLS is offered": {
			(&server{}).secured(t), "smtp+insecure", "", received{},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := test.server.start(t)
			require.NoError(t, send(t.Context(), s.channel(t, test.scheme, test.user), message()))
			all := s.all()
			require.Len(t, all, 1)
			require.Equal(t, test.want.secure, all[0].secure)
			require.Equal(t, test.want.user, all[0].user)
		})
	}
}

// What is wrong with the installation loses no message (M24).
func TestConnectionsThatFail(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		server       *server
		scheme, user string
		want         string
	}{
		"no STARTTLS":            {&server{}, "smtp", "", "STARTTLS"},
		"wrong password":         {(&server{password: "x"}).secured(t), "smtp", "mailer:smtp-secret@", "reply 535"},
		"no passwords taken":     {(&server{}).secured(t), "smtp", "mailer:smtp-secret@", "takes no password"},
		"unknown certificate":    {unknown((&server{}).secured(t)), "smtp", "", "certificate"},
		"unknown, TLS at start":  {unknown((&server{implicit: true}).secured(t)), "smtps", "", "certificate"},
		"sender refused":         {(&server{onMail: reply(550)}).secured(t), "smtp", "", "reply 550"},
		"sender refused for now": {(&server{onMail: reply(451)}).secured(t), "smtp", "", "reply 451"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := test.server.start(t)
			err := send(t.Context(), s.channel(t, test.scheme, test.user), message())
			require.ErrorContains(t, err, test.want)
			require.NotErrorIs(t, err, domain.ErrUndeliverable)
			requireConfidential(t, err)
			require.Empty(t, s.all())
		})
	}
}

func unknown(s *server) *server {
	s.roots = nil
	return s
}

func TestAReceiverThatIsNoAddress(t *testing.T) {
	t.Parallel()
	s := (&server{}).secured(t).start(t)
	m := message()
	m.To = "canary"
	err := send(t.Context(), s.channel(t, "smtp", ""), m)
	require.ErrorIs(t, err, domain.ErrUndeliverable)
	requireConfidential(t, err)
}

// The caller's patience ends a conversation wherever it has come to.
func TestAServerThatHangs(t *testing.T) {
	t.Parallel()
	for name, after := range map[string]string{
		"at once": "", "after hello": "EHLO", "at the sender": "MAIL", "at the receiver": "RCPT", "at the text": "DATA",
		"after the text": ".",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			addr := script(t, func(line string) string {
				if after == "" || strings.HasPrefix(line, after) {
					return hang
				}
				return answer(line)
			})
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			err := send(ctx, plain(t, addr), message())
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.NotErrorIs(t, err, domain.ErrUndeliverable)
			requireConfidential(t, err)
		})
	}
}

func TestAServerThatHangsBeforeTLS(t *testing.T) {
	t.Parallel()
	addr := script(t, func(string) string { return hang })
	c, err := email.New("smtps://" + addr + "?from=cabinet@example.org")
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, send(ctx, c, message()), context.DeadlineExceeded)
}

func TestAServerThatCloses(t *testing.T) {
	t.Parallel()
	for name, after := range map[string]string{
		"at once": "", "after hello": "EHLO", "at the sender": "MAIL", "at the receiver": "RCPT", "at the text": "DATA",
		"after the text": ".",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			addr := script(t, func(line string) string {
				if after == "" || strings.HasPrefix(line, after) {
					return hangUp
				}
				return answer(line)
			})
			err := send(t.Context(), plain(t, addr), message())
			require.Error(t, err)
			require.NotErrorIs(t, err, domain.ErrUndeliverable)
			requireConfidential(t, err)
		})
	}
}

// Once the text is accepted the message is sent, even if the server is gone a
// moment later: to send it again would be to send it twice.
func TestAcceptedIsSent(t *testing.T) {
	t.Parallel()
	for name, farewell := range map[string]string{"closes": hangUp, "fails": "421 bye\r\n"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			addr := script(t, func(line string) string {
				if strings.HasPrefix(line, "RSET") || strings.HasPrefix(line, "QUIT") {
					return farewell
				}
				return answer(line)
			})
			require.NoError(t, send(t.Context(), plain(t, addr), message()))
		})
	}
}

func TestAServerThatIsBusyOrGone(t *testing.T) {
	t.Parallel()
	addr := script(t, func(line string) string {
		if line == "" {
			return "421 too busy for canary@example.org\r\n"
		}
		return answer(line)
	})
	err := send(t.Context(), plain(t, addr), message())
	require.ErrorContains(t, err, "reply 421")
	requireConfidential(t, err)

	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	err = send(t.Context(), plain(t, listener.Addr().String()), message())
	require.Error(t, err)
	require.NotErrorIs(t, err, domain.ErrUndeliverable)
	require.ErrorContains(t, err, "refused")
	requireConfidential(t, err)
}

// What answers there need not be a mail server.
func TestAServerThatSpeaksSomethingElse(t *testing.T) {
	t.Parallel()
	for _, words := range []string{
		"", "canary@example.org\r\n", "2\r\n", "HTTP/1.1 400 canary\r\n\r\n", "220-canary\r\n221 not here\r\n", "\x16\x03\x01",
	} {
		listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		require.NoError(t, err)
		go func() {
			conn, err := listener.Accept()
			if err == nil {
				_, _ = io.WriteString(conn, words)
				_ = conn.Close()
			}
		}()
		err = send(t.Context(), plain(t, listener.Addr().String()), message())
		require.NoError(t, listener.Close())
		require.Error(t, err)
		require.NotErrorIs(t, err, domain.ErrUndeliverable)
		requireConfidential(t, err)
	}
}

func TestURLs(t *testing.T) {
	t.Parallel()
	for _, good := range []string{
		"smtp://mail.example.org?from=a@example.org",
		"smtp://mail.example.org:2525/?from=a@example.org",
		"smtps://u:p@[2001:db8::1]:465?from=%D0%9A%20%3Ca@example.org%3E",
		"smtp+insecure://localhost?from=a@example.org",
		"smtp+insecure://[::1]:2525?from=a@example.org",
	} {
		_, err := email.New(good)
		require.NoError(t, err, good)
	}
	for _, bad := range []string{
		"", "canary", "smtp://?from=a@example.org", "http://canary?from=a@example.org", "smtp://canary",
		"smtp://canary?from=", "smtp://canary?from=a@%D0%BA.org", "smtp://canary?from=nobody", "smtp://canary?from=a@b.org&from=c@d.org",
		"smtp://canary?from=a@b.org&tls=no", "smtp://canary/path?from=a@b.org", "smtp://canary?from=a@b.org#x",
		"smtp://canary:0?from=a@b.org", "smtp://canary:70000?from=a@b.org", "smtp://canary@h?from=a@b.org",
		"smtp://:canary@h?from=a@b.org", "smtp+insecure://canary.example.org?from=a@b.org",
		"smtp+insecure://u:canary@localhost?from=a@b.org", "smtp://u:canary@h?from=%zz", "smtp://u:canary\x00@h",
	} {
		_, err := email.New(bad)
		require.Error(t, err, bad)
		require.NotContains(t, err.Error(), "canary")
	}
}

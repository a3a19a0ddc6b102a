package email_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync"
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
		Subject: "Код для регистрации в Кабинете", Text: "Здравствуйте!\n\nВаш код: 123456\n", Code: "123456",
		CreatedAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
	}
}

func requireConfidential(t *testing.T, err error) {
	t.Helper()
	for _, word := range []string{"canary", "123456", "smtp-secret", "not here"} {
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
	require.Equal(t, "text/plain; charset=UTF-8", parsed.Header.Get("Content-Type"))
	text, err := io.ReadAll(quotedprintable.NewReader(parsed.Body))
	require.NoError(t, err)
	require.Equal(t, m.Text, strings.ReplaceAll(string(text), "\r\n", "\n"))
	require.Equal(t, all[0], all[1], "sent again it is the same, to the letter")
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
		"no passwords taken":     {(&server{}).secured(t), "smtp", "mailer:smtp-secret@", "AUTH"},
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

func TestReplies(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		server *server
		final  bool
		want   string
	}{
		"receiver unknown":  {&server{onRcpt: reply(550)}, true, "reply 550"},
		"receiver too full": {&server{onRcpt: reply(452)}, false, "reply 452"},
		"grey list":         {&server{onRcpt: reply(451)}, false, "reply 451"},
		"text refused":      {&server{onData: reply(554)}, true, "reply 554"},
		"text not now":      {&server{onData: reply(451)}, false, "reply 451"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := test.server.secured(t).start(t)
			err := send(t.Context(), s.channel(t, "smtp", ""), message())
			require.ErrorContains(t, err, test.want)
			require.Equal(t, test.final, errors.Is(err, domain.ErrUndeliverable))
			requireConfidential(t, err)
			require.Empty(t, s.all())
		})
	}
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
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	s := (&server{}).secured(t).start(t)
	c := s.channel(t, "smtp", "")
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { _ = send(t.Context(), c, message()) })
	}
	all.Wait()
	require.Len(t, s.all(), 20)
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
		"smtp://canary?from=", "smtp://canary?from=nobody", "smtp://canary?from=a@b.org&from=c@d.org",
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

// What a script can do instead of answering.
const (
	hang   = "hang"
	hangUp = "hang up"
)

// answer is what a willing server says to a line; to "" it says its greeting.
func answer(line string) string {
	command, _, _ := strings.Cut(line, " ")
	switch command {
	case "":
		return "220 mail.example.org\r\n"
	case "EHLO":
		return "250 mail.example.org\r\n"
	case "DATA":
		return "354 go on\r\n"
	default:
		return "250 done\r\n"
	}
}

// script is a server that says what it is told to; its address.
func script(t *testing.T, say func(line string) string) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go converse(conn, say)
		}
	}()
	return listener.Addr().String()
}

func converse(conn net.Conn, say func(line string) string) {
	defer func() { _ = conn.Close() }()
	lines := bufio.NewScanner(conn)
	inText := false
	for line := ""; ; line = lines.Text() {
		words := ""
		if !inText || line == "." {
			words = say(line)
			inText = strings.HasPrefix(words, "354")
		}
		switch words {
		case hangUp:
			return
		case hang:
			_, _ = io.Copy(io.Discard, conn)
			return
		}
		_, _ = io.WriteString(conn, words)
		if !lines.Scan() {
			return
		}
	}
}

func plain(t *testing.T, addr string) *email.Provider {
	t.Helper()
	c, err := email.New("smtp+insecure://" + addr + "?from=cabinet@example.org")
	require.NoError(t, err)
	return c
}

// send hands a message to a provider, of whom no receipts come.
func send(ctx context.Context, p delivery.Provider, r delivery.Rendered) error {
	_, err := p.Send(ctx, r)
	return err
}

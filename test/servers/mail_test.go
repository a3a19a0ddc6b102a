package servers_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/delivery"
	"example.org/kabinet/internal/delivery/email"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/i18n"
	"example.org/kabinet/internal/ident"
)

// provider is what production sends e-mail with.
func provider(t *testing.T, url string) *email.Provider {
	t.Helper()
	p, err := email.New(url)
	require.NoError(t, err)
	return p
}

func send(t *testing.T, p *email.Provider, r delivery.Rendered) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience/4)
	defer cancel()
	_, err := p.Send(ctx, r)
	return err
}

// rendered is a message of a kind in its words.
func rendered(t *testing.T, kind domain.MessageKind, locale domain.Locale, to string) delivery.Rendered {
	t.Helper()
	texts, err := i18n.New()
	require.NoError(t, err)
	login, err := ident.ParseLogin(to)
	require.NoError(t, err)
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	return delivery.NewRenderer(texts).Render(domain.Message{
		ID: domain.NewID(), Kind: kind, Status: domain.MessageQueued, To: login, Locale: locale,
		Code: "123456", Link: "https://cabinet.example.org/not-me#AAAA", About: "087-214-000001",
		Reason: string(domain.RefusalReasons()[0]), CreatedAt: now, ExpiresAt: now.Add(time.Hour),
	})
}

func code(t *testing.T, to string) delivery.Rendered {
	t.Helper()
	return rendered(t, domain.MessageRegistrationCode, domain.LocaleRussian, to)
}

// arrived is what the server has put into its folder of a message: each copy
// without what the server itself has written above it.
func arrived(t *testing.T, r delivery.Rendered) (copies []string, received string) {
	t.Helper()
	for _, text := range post.mail(t) {
		if !strings.Contains(text, r.ID.String()+"@example.org>") {
			continue
		}
		i := strings.Index(text, "\nAuto-Submitted:")
		require.Positive(t, i, "the first of our own fields")
		copies, received = append(copies, text[i+1:]), text[:i]
	}
	return copies, received
}

// awaited is a message that has arrived, once.
func awaited(t *testing.T, r delivery.Rendered) (text, received string) {
	t.Helper()
	var copies []string
	require.Eventually(t, func() bool {
		copies, received = arrived(t, r)
		return len(copies) > 0
	}, patience, tick)
	require.Len(t, copies, 1)
	return copies[0], received
}

// requireSame parses a message as a mail program does.
func requireSame(t *testing.T, want delivery.Rendered, text string) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(text))
	require.NoError(t, err)
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	require.NoError(t, err)
	require.Equal(t, want.Subject, subject)
	require.Equal(t, "<"+want.ID.String()+"@example.org>", m.Header.Get("Message-ID"))
	require.Equal(t, "<cabinet@example.org>", m.Header.Get("From"))
	require.Equal(t, "<"+want.To+">", m.Header.Get("To"))
	require.Equal(t, string(want.Locale), m.Header.Get("Content-Language"))
	date, err := m.Header.Date()
	require.NoError(t, err)
	require.True(t, want.CreatedAt.Equal(date))

	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	require.NoError(t, err)
	require.Equal(t, "multipart/alternative", kind)
	parts := map[string]string{}
	reader := multipart.NewReader(m.Body, params["boundary"])
	for part, err := reader.NextPart(); !errors.Is(err, io.EOF); part, err = reader.NextPart() {
		require.NoError(t, err)
		content, err := io.ReadAll(part)
		require.NoError(t, err)
		parts[part.Header.Get("Content-Type")] = strings.ReplaceAll(string(content), "\r\n", "\n")
	}
	require.Equal(t, map[string]string{
		"text/plain; charset=UTF-8": want.Text, "text/html; charset=UTF-8": want.HTML,
	}, parts)
}

// Every message reaches a mailbox through a real server, signed in and encrypted
// (M24). The server ends a session after twenty messages.
func TestEveryMessageArrives(t *testing.T) {
	t.Parallel()
	for name, way := range map[string]struct {
		url    string
		locale domain.Locale
	}{
		"STARTTLS": {post.starttls, domain.LocaleRussian},
		"TLS":      {post.tls, domain.LocaleEnglish},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := provider(t, way.url)
			var all []delivery.Rendered
			for _, kind := range domain.MessageKinds() {
				r := rendered(t, kind, way.locale, "person@example.org")
				require.NoError(t, send(t, p, r))
				all = append(all, r)
			}
			for _, r := range all {
				text, received := awaited(t, r)
				requireSame(t, r, text)
				require.Contains(t, received, " with esmtpsa ", "encrypted, signed in, and not in need of RFC 6531")
			}
		})
	}
}

func TestWhatTheServerRefuses(t *testing.T) {
	t.Parallel()
	p := provider(t, post.starttls)
	for to, final := range map[string]bool{
		"nobody@example.org": true, "full@example.org": false, "later@example.org": false,
	} {
		r := code(t, to)
		err := send(t, p, r)
		require.ErrorContains(t, err, ": reply ")
		require.Equal(t, final, errors.Is(err, domain.ErrUndeliverable), to)
		require.NotContains(t, err.Error(), to)
		next := code(t, "person@example.org")
		require.NoError(t, send(t, p, next))
		text, _ := awaited(t, next)
		requireSame(t, next, text)
		copies, _ := arrived(t, r)
		require.Empty(t, copies)
	}
	for name, url := range map[string]string{
		"wrong password": strings.Replace(post.tls, "mail-secret", "wrong", 1),
		"no password":    strings.Replace(post.starttls, "kabinet:mail-secret@", "", 1),
	} {
		err := send(t, provider(t, url), code(t, "person@example.org"))
		require.ErrorContains(t, err, ": reply 5", name)
		require.NotErrorIs(t, err, domain.ErrUndeliverable, name)
	}
}

// Whose program dies before it knows that a message was sent sends it again. It is
// the same to the last byte.
func TestSentTwiceItIsTheSame(t *testing.T) {
	t.Parallel()
	r := code(t, "person@example.org")
	require.NoError(t, send(t, provider(t, post.starttls), r))
	require.NoError(t, send(t, provider(t, post.tls), r))
	var copies []string
	require.Eventually(t, func() bool {
		copies, _ = arrived(t, r)
		return len(copies) == 2
	}, patience, tick)
	require.Equal(t, copies[0], copies[1])
}

// A server that is killed in the middle of everything, and started again, costs
// no message: what counts as sent arrives, what does not is sent later (M24).
func TestAServerThatIsKilled(t *testing.T) { //nolint:paralleltest // it kills the server of the others
	p := provider(t, post.starttls)
	var all []delivery.Rendered
	for i := range 60 {
		all = append(all, code(t, fmt.Sprintf("person-%d@example.org", i)))
	}
	queue := make(chan delivery.Rendered, len(all))
	for _, r := range all {
		queue <- r
	}
	var sent atomic.Int64
	var senders sync.WaitGroup
	for range 4 {
		senders.Go(func() {
			for r := range queue {
				err := send(t, p, r)
				if err != nil && !errors.Is(err, domain.ErrUndeliverable) {
					queue <- r
					continue
				}
				if err != nil {
					t.Error("given up", err)
				}
				if sent.Add(1) == int64(len(all)) {
					close(queue)
				}
			}
		})
	}
	for _, part := range []int64{10, 30, 50} {
		require.Eventually(t, func() bool { return sent.Load() >= part }, patience, tick)
		post.run(t, "kill")
		post.run(t, "start")
	}
	senders.Wait()
	for _, r := range all {
		var copies []string
		require.Eventually(t, func() bool {
			copies, _ = arrived(t, r)
			return len(copies) > 0
		}, patience, tick)
		for _, text := range copies {
			requireSame(t, r, text)
		}
	}
}

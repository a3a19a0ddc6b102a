package email_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/delivery"
	"example.org/kabinet/internal/delivery/email"
	"example.org/kabinet/internal/domain"
)

const (
	patience = 10 * time.Second
	tick     = time.Millisecond
)

// idOf is the Message-ID of a message of ours.
func idOf(r delivery.Rendered) string { return "<" + r.ID.String() + "@example.org>" }

func TestASessionServesManyMessages(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		server       *server
		scheme, user string
	}{
		"STARTTLS": {(&server{password: "smtp-secret"}).secured(t), "smtp", "mailer:smtp-secret@"},
		"TLS":      {(&server{implicit: true}).secured(t), "smtps", ""},
		"plain":    {&server{}, "smtp+insecure", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := test.server.start(t)
			c := s.channel(t, test.scheme, test.user)
			for i := range 5 {
				m := message()
				require.NoError(t, send(t.Context(), c, m))
				require.Len(t, s.all(), i+1)
				require.Contains(t, s.all()[i].body, idOf(m))
			}
			require.EqualValues(t, 1, s.connections.Load())
		})
	}
}

// However many are sent at once, the server sees a handful of connections, and
// each message once (M24).
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	s := (&server{}).secured(t).start(t)
	c := s.channel(t, "smtp", "")
	errs := make(chan error, 200)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			for range 10 {
				errs <- send(t.Context(), c, message())
			}
		})
	}
	all.Wait()
	close(errs)
	for err := range errs {
		require.NoError(t, err)
	}
	ids := map[string]bool{}
	for _, received := range s.all() {
		_, id, _ := strings.Cut(received.body, "Message-ID: ")
		id, _, _ = strings.Cut(id, "\r\n")
		ids[id] = true
	}
	require.Len(t, s.all(), 200)
	require.Len(t, ids, 200)
	require.LessOrEqual(t, s.connections.Load(), int64(email.MaxSessions))
}

func TestASessionIsUsedForSoManyMessages(t *testing.T) {
	t.Parallel()
	s := (&server{}).start(t)
	c := s.channel(t, "smtp+insecure", "")
	c.Reuse(3, time.Minute)
	for range 7 {
		require.NoError(t, send(t.Context(), c, message()))
	}
	require.Len(t, s.all(), 7)
	require.EqualValues(t, 3, s.connections.Load())
	require.Eventually(t, func() bool { return s.open.Load() == 1 }, patience, tick)
}

func TestASessionWaitsForAWhile(t *testing.T) {
	t.Parallel()
	farewell := make(chan string, 2)
	s := scriptEach(t, func(_ int, line string) string {
		if line == "QUIT" {
			farewell <- line
			return "221 bye\r\n"
		}
		return answer(line)
	})
	c := plain(t, s.addr)
	c.Reuse(100, time.Millisecond)
	require.NoError(t, send(t.Context(), c, message()))
	require.Eventually(t, func() bool { return len(farewell) > 0 }, patience, tick, "a farewell")
	require.NoError(t, send(t.Context(), c, message()))
	connections, accepted, _ := s.counts()
	require.Equal(t, 2, connections)
	require.Len(t, accepted, 2)
}

// A refusal in good order leaves the session as good as it was.
func TestARefusalKeepsTheSession(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"MAIL", "RCPT", "DATA", "."} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			var once sync.Once
			s := scriptEach(t, func(_ int, line string) string {
				words := answer(line)
				if strings.HasPrefix(line, step) {
					once.Do(func() { words = "554 5.6.0 canary\r\n" })
				}
				return words
			})
			c := plain(t, s.addr)
			require.Error(t, send(t.Context(), c, message()))
			m := message()
			require.NoError(t, send(t.Context(), c, m))
			connections, accepted, _ := s.counts()
			require.Equal(t, 1, connections)
			require.Equal(t, []string{idOf(m)}, accepted)
		})
	}
}

// Servers end sessions when they like. The next message does not suffer from it,
// and is there once.
func TestASessionThatIsOver(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ step, words string }{
		{"RSET", hangUp},
		{"RSET", hang},
		{"RSET", "421 4.4.2 idle for too long\r\n"},
		{"RSET", "500 what?\r\n"},
		{"MAIL", hangUp},
		{"MAIL", "421 4.7.0 too many messages\r\n"},
		{"MAIL", "450 4.7.1 too many messages\r\n"},
		{"MAIL", "452 4.5.3 too many messages\r\n"},
		{"RCPT", hangUp},
		{"RCPT", "421 4.3.2 shutting down\r\n"},
		{"DATA", hangUp},
		{"DATA", "421 4.3.2 shutting down\r\n"},
	} {
		t.Run(fmt.Sprintf("%s %.3s", test.step, test.words), func(t *testing.T) {
			t.Parallel()
			used := false
			s := scriptEach(t, func(connection int, line string) string {
				if connection == 1 && used && strings.HasPrefix(line, test.step) {
					return test.words
				}
				used = used || line == "."
				return answer(line)
			})
			c := plain(t, s.addr)
			first, second := message(), message()
			require.NoError(t, send(t.Context(), c, first))
			require.NoError(t, send(t.Context(), c, second))
			connections, accepted, _ := s.counts()
			require.Equal(t, 2, connections)
			require.Equal(t, []string{idOf(first), idOf(second)}, accepted)
		})
	}
}

// A new session that does no better is not replaced once more, and nobody tries
// again after the text: it may have been accepted.
func TestASessionIsReplacedOnce(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		step, words string
		want        int
	}{
		{"RSET", hangUp, 2},
		{"MAIL", "421 4.3.2 shutting down\r\n", 2},
		{"RCPT", hangUp, 2},
		{"RCPT", "450 4.2.0 later\r\n", 1},
		{"DATA", "451 4.3.0 later\r\n", 1},
		{".", hangUp, 1},
		{".", "421 4.3.2 shutting down\r\n", 1},
		{".", "451 4.3.0 later\r\n", 1},
	} {
		t.Run(fmt.Sprintf("%s %.3s", test.step, test.words), func(t *testing.T) {
			t.Parallel()
			used := false
			s := scriptEach(t, func(connection int, line string) string {
				if used && (strings.HasPrefix(line, test.step) || connection > 1) {
					return test.words
				}
				used = used || line == "."
				return answer(line)
			})
			c := plain(t, s.addr)
			require.NoError(t, send(t.Context(), c, message()))
			err := send(t.Context(), c, message())
			require.Error(t, err)
			require.NotErrorIs(t, err, domain.ErrUndeliverable)
			connections, accepted, seen := s.counts()
			require.Equal(t, test.want, connections)
			require.Len(t, accepted, 1)
			require.LessOrEqual(t, len(seen), 2)
		})
	}
}

// A server that starts anew has forgotten all sessions.
func TestAServerThatStartsAnew(t *testing.T) {
	t.Parallel()
	s := (&server{addr: "127.0.0.1:0"}).secured(t)
	stop := s.serve(t)
	c := s.channel(t, "smtp", "")
	sendAll := func() {
		var all sync.WaitGroup
		errs := make(chan error, 16)
		for range cap(errs) {
			all.Go(func() { errs <- send(t.Context(), c, message()) })
		}
		all.Wait()
		close(errs)
		for err := range errs {
			require.NoError(t, err)
		}
	}
	sendAll()
	stop()
	require.Error(t, send(t.Context(), c, message()), "it is away")
	t.Cleanup(s.serve(t))
	sendAll()
	require.Len(t, s.all(), 32)
}

// Who waits for a session does not wait longer than the caller's patience.
func TestNoSessionIsFree(t *testing.T) {
	t.Parallel()
	reached := make(chan struct{}, 2*email.MaxSessions)
	addr := script(t, func(line string) string {
		if line != "" {
			return answer(line)
		}
		reached <- struct{}{}
		return hang
	})
	c := plain(t, addr)
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for range email.MaxSessions {
		all.Go(func() { _ = send(ctx, c, message()) })
	}
	require.Eventually(t, func() bool { return len(reached) == email.MaxSessions }, patience, tick)
	impatient, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer stop()
	require.ErrorIs(t, send(impatient, c, message()), context.DeadlineExceeded)
	require.Len(t, reached, email.MaxSessions)
	cancel()
	all.Wait()
}

// A server that answers late is a server.
func TestAServerThatIsLate(t *testing.T) {
	t.Parallel()
	s := scriptEach(t, func(_ int, line string) string {
		<-time.After(30 * time.Millisecond)
		return answer(line)
	})
	c := plain(t, s.addr)
	require.NoError(t, send(t.Context(), c, message()))
	require.NoError(t, send(t.Context(), c, message()))
	_, accepted, _ := s.counts()
	require.Len(t, accepted, 2)
}

// Of a server that answers twice one never knows what it means. What counts as
// sent has been accepted all the same.
func TestAServerThatAnswersTwice(t *testing.T) {
	t.Parallel()
	for name, step := range map[string]string{
		"at once": "", "after hello": "EHLO", "at the sender": "MAIL", "at the receiver": "RCPT", "at the text": "DATA",
		"after the text": ".", "in between": "RSET",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := scriptEach(t, func(_ int, line string) string {
				if line == step || step != "" && strings.HasPrefix(line, step) {
					return answer(line) + answer(line)
				}
				return answer(line)
			})
			c := plain(t, s.addr)
			for range 3 {
				m := message()
				err := send(t.Context(), c, m)
				require.NotErrorIs(t, err, domain.ErrUndeliverable)
				_, accepted, _ := s.counts()
				if err == nil {
					require.Contains(t, accepted, idOf(m))
				}
			}
		})
	}
}

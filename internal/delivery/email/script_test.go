package email_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/delivery"
	"example.org/kabinet/internal/delivery/email"
)

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
		return "250-mail.example.org\r\n250 ENHANCEDSTATUSCODES\r\n"
	case "DATA":
		return "354 go on\r\n"
	default:
		return "250 done\r\n"
	}
}

// scripted is a server that says what it is told to.
type scripted struct {
	addr string
	// say is the answer to a line of a connection, which is counted from 1.
	say func(connection int, line string) string

	mu          sync.Mutex
	connections int
	// accepted are the Message-IDs of those texts that were answered with 250, and
	// seen of all texts.
	accepted, seen []string
}

// script is the address of a server that answers every connection alike.
func script(t *testing.T, say func(line string) string) string {
	t.Helper()
	return scriptEach(t, func(_ int, line string) string { return say(line) }).addr
}

func scriptEach(t *testing.T, say func(connection int, line string) string) *scripted {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	s := &scripted{addr: listener.Addr().String(), say: say}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.connections++
			number := s.connections
			s.mu.Unlock()
			go s.converse(conn, number)
		}
	}()
	return s
}

// counts are how many connections there were, and which texts were accepted and
// seen.
func (s *scripted) counts() (connections int, accepted, seen []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.connections, append([]string{}, s.accepted...), append([]string{}, s.seen...)
}

func (s *scripted) converse(conn net.Conn, number int) {
	defer func() { _ = conn.Close() }()
	lines := bufio.NewScanner(conn)
	inText, id := false, ""
	for line := ""; ; line = lines.Text() {
		words := ""
		switch {
		case inText && line != ".":
			if after, is := strings.CutPrefix(line, "Message-ID: "); is {
				id = after
			}
		default:
			words = s.decide(number, line)
			s.note(inText, id, words)
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

// decide asks the script, for one connection at a time.
func (s *scripted) decide(number int, line string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.say(number, line)
}

// note keeps what became of a text.
func (s *scripted) note(isText bool, id, words string) {
	if !isText {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = append(s.seen, id)
	if strings.HasPrefix(words, "250") {
		s.accepted = append(s.accepted, id)
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

package email_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/delivery"
	"example.org/kabinet/internal/domain"
)

// A refusal of this receiver or this text ends the message; one that is about us,
// the server or the moment does not (M24).
func TestReplies(t *testing.T) {
	t.Parallel()
	const receiver, text, end = "RCPT", "DATA", "."
	for _, test := range []struct {
		step, reply string
		final       bool
	}{
		// The receiver.
		{receiver, "550", true},
		{receiver, "550 5.1.1", true},
		{receiver, "550 5.1.10", true},
		{receiver, "553 5.1.3", true},
		{receiver, "501", true},
		{receiver, "551", true},
		{receiver, "554", true},
		{receiver, "556 5.1.10", true},
		{receiver, "550 5.2.1", true},
		{receiver, "550 5.0.0", true},
		{receiver, "450", false},
		{receiver, "450 4.2.0", false},
		{receiver, "451 4.7.1", false},
		{receiver, "421 4.3.2", false},
		// A full mailbox.
		{receiver, "452 4.2.2", false},
		{receiver, "552", false},
		{receiver, "552 5.2.2", false},
		{receiver, "550 5.2.2", false},
		// Whom the server relays for, what it makes of us, and its own state.
		{receiver, "550 5.1.7", false},
		{receiver, "550 5.1.8", false},
		{receiver, "554 5.7.1", false},
		{receiver, "550 5.7.26", false},
		{receiver, "530 5.7.0", false},
		{receiver, "530", false},
		{receiver, "550 5.4.1", false},
		{receiver, "550 5.3.5", false},
		{receiver, "500", false},
		{receiver, "502 5.5.1", false},
		{receiver, "503 5.5.1", false},
		{receiver, "550 4.1.1", false},
		// The text.
		{text, "554", true},
		{text, "554 5.6.0", true},
		{text, "503 5.5.1", false},
		{text, "451 4.3.0", false},
		{end, "554", true},
		{end, "550", true},
		{end, "554 5.6.0", true},
		{end, "550 5.2.3", true},
		{end, "552 5.3.4", false},
		{end, "552", false},
		{end, "552 5.2.2", false},
		{end, "554 5.7.1", false},
		{end, "451", false},
		{end, "452 4.3.1", false},
		{end, "421 4.3.2", false},
		// The sender, the greetings: all messages would share the fate.
		{"MAIL", "550 5.1.8", false},
		{"MAIL", "550", false},
		{"MAIL", "553 5.1.7", false},
		{"MAIL", "530 5.7.0", false},
		{"MAIL", "552 5.3.4", false},
		{"MAIL", "451 4.3.0", false},
		{"EHLO", "550", false},
		{"", "554", false},
		{"", "421", false},
	} {
		t.Run(test.step+" "+test.reply, func(t *testing.T) {
			t.Parallel()
			s := scriptEach(t, func(_ int, line string) string {
				at := strings.HasPrefix(line, test.step)
				if test.step == "" {
					at = line == ""
				}
				// Who does not know EHLO is asked by HELO.
				if at || test.step == "EHLO" && strings.HasPrefix(line, "HELO") {
					return test.reply + " <canary@example.org> not here\r\n"
				}
				return answer(line)
			})
			err := send(t.Context(), plain(t, s.addr), message())
			require.ErrorContains(t, err, ": reply "+test.reply)
			require.Equal(t, test.final, errors.Is(err, domain.ErrUndeliverable))
			requireConfidential(t, err)
			_, accepted, _ := s.counts()
			require.Empty(t, accepted)
		})
	}
}

// A server that turns receivers away for now works for others: it is not left alone
// for that, as one without room is (M24).
func TestRefusalsForNowAndTheBreaker(t *testing.T) {
	t.Parallel()
	for reply, down := range map[string]bool{
		"451 4.7.1": false, "450": false, "452 4.2.2": false, "552 5.2.2": false, "452": true, "452 4.3.1": true, "451 4.3.0": true,
	} {
		t.Run(reply, func(t *testing.T) {
			t.Parallel()
			s := scriptEach(t, func(_ int, line string) string {
				if strings.HasPrefix(line, "RCPT") {
					return reply + " later\r\n"
				}
				return answer(line)
			})
			p := delivery.Guard(plain(t, s.addr), clock.System{})
			for range 6 {
				_, err := p.Send(t.Context(), message())
				require.Error(t, err)
			}
			guard, ok := p.(interface{ Down() bool })
			require.True(t, ok)
			require.Equal(t, down, guard.Down())
		})
	}
}

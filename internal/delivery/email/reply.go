package email

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"slices"
	"strings"
	"syscall"

	"github.com/wneessen/go-mail"

	"example.org/kabinet/internal/delivery"
	"example.org/kabinet/internal/domain"
)

// serviceEnds is what a server says that is about to hang up (RFC 5321, section
// 3.8).
const serviceEnds = 421

// isReply tells whether a refusal came in good order, so that the session can go
// on after it.
func isReply(err error) bool {
	sent, ok := errors.AsType[*mail.SendError](err)
	return ok && sent.ErrorCode() != 0 && sent.ErrorCode() != serviceEnds
}

// isOver tells whether a session that was used before had come to its end, so
// that a new one may do better: the text has not been sent, and the server is
// gone, is about to hang up, or will not begin another message here. Servers
// that count messages of a session say so with 421, 450 or 452.
func isOver(err error) bool {
	sent, ok := errors.AsType[*mail.SendError](err)
	if !ok {
		return false
	}
	code := sent.ErrorCode()
	switch sent.Reason { //nolint:exhaustive // the others come after the text or before the session
	case mail.ErrSMTPMailFrom:
		return code == 0 || code/100 == 4
	case mail.ErrConnCheck, mail.ErrSMTPRcptTo, mail.ErrSMTPData:
		return code == 0 || code == serviceEnds
	default:
		return false
	}
}

// isFinal tells whether a refusal is about this receiver or this text, and will
// be the same the next time. Everything else is about us, the server or the
// moment: the sender, the password, its policy, its room. The code of RFC 5321
// decides where the finer one of RFC 3463 is missing or says nothing.
func isFinal(reason mail.SendErrReason, code int, finer string) bool {
	atMessage := reason == mail.ErrSMTPRcptTo || reason == mail.ErrSMTPData || reason == mail.ErrSMTPDataClose
	if !atMessage || code < 500 {
		return false
	}
	class, rest, _ := strings.Cut(finer, ".")
	subject, detail, _ := strings.Cut(rest, ".")
	switch {
	case finer == "" || class == "5" && subject == "0":
		// 552, a full mailbox or a lack of room, passes.
		return slices.Contains([]int{501, 550, 551, 553, 554, 556}, code)
	case class != "5":
		return false
	case subject == "1": // the address; 7 and 8 are about the sender's
		return detail != "7" && detail != "8"
	case subject == "2": // the mailbox; 2 is full, which its owner can change
		return detail != "2"
	default: // 6 is about the text
		return subject == "6"
	}
}

// isAlone tells whether a refusal for now is about this receiver or this text, such
// as a grey list or a full mailbox: the server takes others.
func isAlone(reason mail.SendErrReason, code int, finer string) bool {
	atReceiver := reason == mail.ErrSMTPRcptTo || reason == mail.ErrSMTPDataClose
	_, rest, _ := strings.Cut(finer, ".")
	subject, _, _ := strings.Cut(rest, ".")
	// 3 and 4 are about the server and its network; 452 without a finer code is its
	// lack of room.
	return atReceiver && code != serviceEnds && subject != "3" && subject != "4" && (code != 452 || finer != "")
}

// explain says what went wrong without the words of the server, which like to
// repeat the address, and without its name.
func explain(ctx context.Context, step string, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("email: %s: %w", step, ctx.Err())
	}
	if sent, ok := errors.AsType[*mail.SendError](err); ok {
		code, finer := sent.ErrorCode(), sent.EnhancedStatusCode()
		if code == 0 {
			return fmt.Errorf("email: %s: no reply", sent.Reason)
		}
		said := strings.TrimSpace(fmt.Sprintf("%d %s", code, finer))
		err := fmt.Errorf("email: %s: reply %s", sent.Reason, said)
		switch {
		case isFinal(sent.Reason, code, finer):
			return fmt.Errorf("%w: %w", err, domain.ErrUndeliverable)
		case isAlone(sent.Reason, code, finer):
			return delivery.Alone(err)
		default:
			return err
		}
	}
	if reply, ok := errors.AsType[*textproto.Error](err); ok {
		return fmt.Errorf("email: %s: reply %d", step, reply.Code)
	}
	return fmt.Errorf("email: %s: %s", step, cause(err))
}

// cause names what kept us from a session in words of our own.
func cause(err error) string {
	if problem, ok := errors.AsType[syscall.Errno](err); ok {
		return problem.Error()
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return "the server's name is not known"
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return "the server's certificate is not trusted, or is not for its name"
	}
	// The library has no name for these two.
	switch text := err.Error(); {
	case strings.Contains(text, "STARTTLS"):
		return "the server offers no STARTTLS"
	case strings.Contains(text, "AUTH"):
		return "the server takes no password"
	}
	return "no session comes about"
}

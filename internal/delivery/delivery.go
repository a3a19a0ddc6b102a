// Package delivery turns messages into text and hands them to the channels
// that carry them. Each channel is a package beneath this one.
package delivery

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/domain"
)

// Provider carries messages of one channel to people. An error that wraps
// [domain.ErrUndeliverable] says that this address or this text will never be
// accepted; every other one is worth another try. Sending the same message twice must look
// like sending it once as far as the provider can bring that about, since a
// process may die between the sending and the note of it.
//
// The errors hold neither the address nor the text nor what the other side
// said about them, so that they can be logged and shown to operators.
type Provider interface {
	// Name is what attempts call the provider, such as smtp. It is short, and
	// tells nothing of its address.
	Name() string
	// Channel is what the provider carries messages of.
	Channel() domain.Channel
	// Send returns when the other side has accepted the message, with the name
	// that the other side gave to it, which receipts will use; empty where there
	// are no receipts.
	Send(ctx context.Context, r Rendered) (reference string, err error)
}

// Poller is a [Provider] that has to be asked for its receipts.
type Poller interface {
	// Poll asks what became of a message; pending means that there is no receipt
	// yet. Its errors are as confidential as those of Send.
	Poll(ctx context.Context, reference string) (r domain.MessageReceipt, pending bool, err error)
}

// Rendered is a message in its words, ready to be sent.
type Rendered struct {
	ID      uuid.UUID
	Channel domain.Channel
	// To is the address in clear: +7 and ten digits, or a mailbox.
	To string
	// Locale is the language of the words.
	Locale domain.Locale
	// Subject is empty where the channel has none.
	Subject string
	Text    string
	// HTML is the same words as a page; empty where the channel has none.
	HTML string
	// Code is the one-time code that the text holds, if any.
	Code      string
	CreatedAt time.Time
	// ExpiresAt is when the message is of no more use; zero for never.
	ExpiresAt time.Time
}

// String names the message and tells nothing of it.
func (r Rendered) String() string { return string(r.Channel) + " " + r.ID.String() }

// LogValue implements [slog.LogValuer] with what String tells.
func (r Rendered) LogValue() slog.Value { return slog.StringValue(r.String()) }

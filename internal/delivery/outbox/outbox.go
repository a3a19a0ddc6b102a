// Package outbox is where the messages of a sandbox go: each is a file in a
// folder, and leaves the machine by no other way.
package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/delivery"
	"example.org/kabinet/internal/domain"
)

// Message is what is in a file.
type Message struct {
	ID      uuid.UUID      `json:"id"`
	Channel domain.Channel `json:"channel"`
	// To is the address in clear.
	To string `json:"to"`
	// Subject is empty where the channel has none.
	Subject string `json:"subject"`
	Text    string `json:"text"`
	// Code is the one-time code in the text, or empty.
	Code      string    `json:"code"`
	CreatedAt time.Time `json:"created_at"`
	// Attachments are the names of files beside this one.
	Attachments []string `json:"attachments"`
}

// Outbox is a folder of messages. Any number of processes can use the same
// folder.
type Outbox struct{ folder string }

// New opens the folder, and makes it if it is missing: it is for its owner
// only, since the files hold addresses and codes in clear.
func New(folder string) (*Outbox, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	if err := os.Chmod(folder, 0o700); err != nil { //nolint:gosec // a folder needs its x
		return nil, fmt.Errorf("outbox: %w", err)
	}
	return &Outbox{folder}, nil
}

// Provider is the outbox in the place of a provider of a channel.
func (o *Outbox) Provider(id domain.Channel) delivery.Provider { return provider{o, id} }

type provider struct {
	outbox *Outbox
	id     domain.Channel
}

// Name implements [delivery.Provider].
func (p provider) Name() string { return "outbox" }

// Channel implements [delivery.Provider].
func (p provider) Channel() domain.Channel { return p.id }

// Send implements [delivery.Provider]. The same message is always the same
// file, so that sending it again changes nothing.
func (p provider) Send(ctx context.Context, r delivery.Rendered) (reference string, err error) {
	return "", p.keep(ctx, r)
}

func (p provider) keep(ctx context.Context, r delivery.Rendered) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	text, err := json.MarshalIndent(Message{
		ID:          r.ID,
		Channel:     p.id,
		To:          r.To,
		Subject:     r.Subject,
		Text:        r.Text,
		Code:        r.Code,
		CreatedAt:   r.CreatedAt,
		Attachments: []string{},
	}, "", "  ")
	if err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	if err := p.outbox.write(r.ID, append(text, '\n')); err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	return nil
}

// write puts a message's file into the folder.
func (o *Outbox) write(id uuid.UUID, text []byte) error { return o.put(id.String()+suffix, text) }

// put puts a file into the folder whole or not at all, and so that it survives
// a power cut.
func (o *Outbox) put(name string, text []byte) error {
	temp, err := os.CreateTemp(o.folder, ".message-*")
	if err != nil {
		return err
	}
	// After the rename there is nothing left to remove.
	defer func() { _ = os.Remove(temp.Name()) }()
	_, errWrite := temp.Write(text)
	if err := errors.Join(errWrite, temp.Sync(), temp.Close()); err != nil {
		return err
	}
	if err := os.Rename(temp.Name(), o.path(name)); err != nil {
		return err
	}
	folder, err := os.Open(o.folder)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

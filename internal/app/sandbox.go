package app

import (
	"fmt"
	"io"

	"example.org/kabinet/internal/delivery/outbox"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/handler"
)

// sandboxOutbox shows the outbox to the API.
type sandboxOutbox struct{ *outbox.Outbox }

// Messages implements [handler.Outbox].
func (o sandboxOutbox) Messages(to string, p domain.Page) ([]handler.SandboxMessage, error) {
	found, err := o.List(to, p)
	messages := make([]handler.SandboxMessage, 0, len(found))
	for _, m := range found {
		messages = append(messages, handler.SandboxMessage{
			ID:          m.ID,
			Channel:     string(m.Channel),
			To:          m.To,
			Subject:     m.Subject,
			Text:        m.Text,
			Code:        m.Code,
			CreatedAt:   m.CreatedAt,
			Attachments: m.Attachments,
		})
	}
	return messages, err
}

// greet tells a person at a terminal what was started, and where it is.
func (a *App) greet(out io.Writer, api, admin string) {
	if !a.sandbox() {
		return
	}
	_, _ = fmt.Fprintf(out, `
  Kabinet SANDBOX: nothing here is real. Messages become files and reach nobody.

  API      %[1]s/v1
  Docs     %[1]s/docs
  Outbox   %[2]s
  Health   http://%[3]s/readyz

`, api, a.OutboxFolder(), admin)
}

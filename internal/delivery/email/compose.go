package email

import (
	"errors"
	"fmt"
	"strings"

	"github.com/wneessen/go-mail"

	"example.org/kabinet/internal/delivery"
	"example.org/kabinet/internal/domain"
)

// compose is the message in the form of RFC 5322, as text and as HTML. All of it
// follows from r, to the last byte, so that a mailbox can tell a message that
// comes twice by its Message-ID.
func (c *Provider) compose(r delivery.Rendered) (*mail.Msg, error) {
	// The boundary cannot be in a part: none holds the message's id.
	m := mail.NewMsg(mail.WithBoundary("kabinet-"+r.ID.String()), mail.WithNoDefaultUserAgent())
	from := c.server.from
	if err := m.FromFormat(from.Name, from.Address); err != nil {
		return nil, errors.New("email: the sender is no address")
	}
	if err := m.To(r.To); err != nil {
		return nil, fmt.Errorf("email: the receiver is no address: %w", domain.ErrUndeliverable)
	}
	_, host, _ := strings.Cut(from.Address, "@")
	m.SetMessageIDWithValue(r.ID.String() + "@" + host)
	m.SetDateWithValue(r.CreatedAt)
	// RFC 3834, section 5: no holiday notices in return.
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader(mail.HeaderContentLang, string(r.Locale))
	m.Subject(r.Subject)
	// Whoever can show both shows the last.
	m.SetBodyString(mail.TypeTextPlain, r.Text)
	m.AddAlternativeString(mail.TypeTextHTML, r.HTML)
	return m, nil
}

package delivery

import (
	"strconv"
	"time"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/i18n"
)

// Renderer finds the words for a message.
type Renderer struct{ texts *i18n.Catalog }

// NewRenderer returns a renderer that takes the words from texts.
func NewRenderer(texts *i18n.Catalog) *Renderer { return &Renderer{texts} }

// Render is the message in the language and for the channel of its receiver.
func (r *Renderer) Render(m domain.Message) Rendered {
	channel := domain.ChannelOf(m.To)
	key := "message." + string(m.Kind) + "." + string(channel)
	locale := i18n.Locale(m.Locale)
	lifetime := m.ExpiresAt.Sub(m.CreatedAt)
	params := map[string]string{
		"code":    m.Code,
		"link":    m.Link,
		"about":   m.About,
		"minutes": strconv.Itoa(int(lifetime / time.Minute)),
		"hours":   strconv.Itoa(int(lifetime / time.Hour)),
	}
	if m.Reason != "" {
		params["reason"] = r.texts.Text(locale, "reason."+m.Reason, nil)
	}
	rendered := Rendered{
		ID:        m.ID,
		Channel:   channel,
		To:        m.To.Value(),
		Text:      r.texts.Text(locale, key+".text", params),
		Code:      m.Code,
		CreatedAt: m.CreatedAt,
	}
	if channel == domain.ChannelEmail {
		rendered.Subject = r.texts.Text(locale, key+".subject", params)
	}
	return rendered
}

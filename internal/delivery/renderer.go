package delivery

import (
	"html/template"
	"maps"
	"slices"
	"strconv"
	"time"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/i18n"
)

// Renderer finds the words for a message.
type Renderer struct {
	texts  *i18n.Catalog
	layout *template.Template
}

// NewRenderer returns a renderer that takes the words from texts.
func NewRenderer(texts *i18n.Catalog) *Renderer { return &Renderer{texts, newLayout()} }

// Render is the message in the language and for the channel of its receiver.
func (r *Renderer) Render(m domain.Message) Rendered {
	channel := domain.ChannelOf(m.To)
	key := "message." + string(m.Kind) + "." + string(channel)
	locale := i18n.Locale(m.Locale)
	if !slices.Contains(i18n.Locales(), locale) {
		locale = i18n.Russian
	}
	params := r.params(locale, m)
	rendered := Rendered{
		ID:        m.ID,
		Channel:   channel,
		To:        m.To.Value(),
		Locale:    domain.Locale(locale),
		Text:      r.texts.Text(locale, key+".text", params),
		Code:      m.Code,
		CreatedAt: m.CreatedAt,
		ExpiresAt: m.ExpiresAt,
	}
	if channel == domain.ChannelEmail {
		rendered.Subject = r.texts.Text(locale, key+".subject", params)
		marked := maps.Clone(params)
		marked["code"], marked["link"] = codeMark, linkMark
		rendered.HTML = r.html(letter{
			Locale: rendered.Locale, Subject: rendered.Subject, Open: r.texts.Text(locale, "message.open", nil),
			Parts: parts(r.texts.Text(locale, key+".text", marked), m),
		})
	}
	return rendered
}

// params are the values that the words have gaps for.
func (r *Renderer) params(locale i18n.Locale, m domain.Message) map[string]string {
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
	return params
}

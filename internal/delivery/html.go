package delivery

import (
	_ "embed"
	"html/template"
	"strings"

	"example.org/kabinet/internal/domain"
)

// layout is what all e-mails look like as HTML: no picture, nothing from
// elsewhere, nothing that tells who has read it, and the colours of the reader.
//
//go:embed email.html
var layout string

// The places of a code and of a link in a text that is still to become HTML:
// characters that no text holds, so that nothing else is taken for them.
const (
	codeMark = "\x01"
	linkMark = "\x02"
)

// letter is what the layout shows.
type letter struct {
	Locale        domain.Locale
	Subject, Open string
	Parts         []part
}

// part is a paragraph, a code or a link.
type part struct{ Text, Code, Link string }

// parts are those of a text with marks, in their order.
func parts(text string, m domain.Message) []part {
	var all []part
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		for rest := paragraph; rest != ""; {
			words, after := rest, ""
			mark := strings.IndexAny(rest, codeMark+linkMark)
			if mark >= 0 {
				words, after = rest[:mark], rest[mark+1:]
			}
			if words = strings.TrimSpace(words); words != "" {
				all = append(all, part{Text: words})
			}
			switch {
			case mark < 0:
			case rest[mark:mark+1] == codeMark:
				all = append(all, part{Code: m.Code})
			default:
				all = append(all, part{Link: m.Link})
			}
			rest = after
		}
	}
	return all
}

// newLayout reads the layout, which is built into the program.
func newLayout() *template.Template { return template.Must(template.New("email").Parse(layout)) }

// html is a letter in the layout.
func (r *Renderer) html(l letter) string {
	var b strings.Builder
	// A builder takes everything, and the layout suits every letter: it has no
	// fields but those of text.
	template.Must(r.layout, r.layout.Execute(&b, l))
	return b.String()
}

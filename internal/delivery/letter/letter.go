// Package letter puts registered letters on paper, the lists with which the post
// takes them, and registration cards: PDF for a printer, CSV for the post's own
// program.
package letter

import (
	"strconv"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/i18n"
	"example.org/kabinet/internal/ident"
)

// Config is what all letters have in common.
type Config struct {
	Texts *i18n.Catalog
	// CabinetURL is the origin of the frontend in which codes are typed in.
	CabinetURL string
	// Policies are the numbers that letters tell of.
	Policies domain.Policies
}

// Press puts letters and lists on paper. It is safe for concurrent use.
type Press struct{ Config }

// New returns a press.
func New(c Config) *Press { return &Press{c} }

// The layout of a letter in millimetres: A4, folded twice into thirds, for an
// envelope of 220 x 110 with its window at the lower right, 90 x 45, 20 from the
// right edge and 20 from the bottom (E65 of GOST R 51506-99). The sheet can slip
// by 10 and by 11 in the envelope, which leaves this much of the window.
const (
	sheetWidth   = 210.0
	fold         = 99.0
	windowLeft   = 111.0
	windowTop    = 46.0
	windowWidth  = 78.0
	windowHeight = 32.0
	margin       = 20.0
	body         = sheetWidth - 2*margin
)

// Sizes of type in points.
const (
	addressSize = 11.0
	titleSize   = 15.0
	textSize    = 10.5
	smallSize   = 9.0
	codeSize    = 27.0
	// numberSize and longCodeSize are for a registration number and the 20 digits
	// below it.
	numberSize   = 15.0
	longCodeSize = 25.0
)

// Letters is the letters of a batch, sent from a place, one to a page. The same
// letters give the same file.
func (p *Press) Letters(
	b domain.LetterBatch, from domain.ServiceCentre, letters []domain.PrintedLetter,
) ([]byte, error) {
	s := newSheet(fpdf.OrientationPortrait, b.CreatedAt)
	s.SetTitle(p.Texts.Text(i18n.Russian, "letter.registered", nil), true)
	for _, letter := range letters {
		s.AddPage()
		w := p.writing(s, letter.Letter)
		w.head(b, from, letter.Letter)
		w.window(letter.Letter)
		w.marks()
		p.body(w, letter)
	}
	return s.bytes()
}

// writing is a letter as it is written in a language.
type writing struct {
	*sheet
	template

	texts  *i18n.Catalog
	locale i18n.Locale
}

func (p *Press) writing(s *sheet, l domain.Letter) writing {
	return writing{s, templateOf(l.Purpose), p.Texts, i18n.Locale(l.Locale)}
}

// say is a sentence of all letters, and own one of those of the template.
func (w writing) say(key string, params map[string]string) string {
	return w.texts.Text(w.locale, "letter."+key, params)
}

func (w writing) own(key string, params map[string]string) string {
	return w.say(w.name+"."+key, params)
}

// head says who writes, and the number under which.
func (w writing) head(b domain.LetterBatch, from domain.ServiceCentre, l domain.Letter) {
	const width = windowLeft - margin - 8
	y := w.block(place{margin, 16, width}, face{"B", 12}, w.texts.Text(i18n.Russian, "letter.fund", nil))
	if w.locale != i18n.Russian {
		y = w.block(place{margin, y, width}, face{"", smallSize}, w.say("fund", nil))
	}
	if from.Name != "" {
		y = w.block(place{margin, y + 1.5, width}, face{"", smallSize}, from.Name)
		y = w.block(place{margin, y, width}, face{"", smallSize}, from.Address.Text())
	}
	if name := b.NameIn(l.ID); name != "" {
		number := w.say("number", map[string]string{"name": name, "date": dayOf(b.CreatedAt, from)})
		w.block(place{margin, y + 4, width}, face{"", smallSize}, number)
	}
	w.block(place{windowLeft, 16, windowWidth}, face{"", smallSize}, w.texts.Text(i18n.Russian, "letter.registered", nil))
}

// dayOf is the day of a moment at a place.
func dayOf(t time.Time, at domain.ServiceCentre) string {
	if at.Zone != nil {
		t = t.In(at.Zone)
	}
	return t.Format("02.01.2006")
}

// window writes name and address where the envelope has its window, as large as
// they fit.
func (w writing) window(l domain.Letter) {
	lines := l.Address.Lines()
	parts := []part{{"B", l.Recipient}}
	for i, line := range lines {
		style := ""
		if i == len(lines)-1 {
			style = "B"
		}
		parts = append(parts, part{style, line})
	}
	w.fit(parts, addressSize)
}

// marks shows where to fold.
func (w writing) marks() {
	const long = 4.0
	w.SetLineWidth(thin)
	w.SetDrawColor(grey, grey, grey)
	w.Line(long, fold, 2*long, fold)
	w.Line(long, 2*fold, 2*long, 2*fold)
	w.SetDrawColor(0, 0, 0)
}

// body says what the letter is about.
func (p *Press) body(w writing, letter domain.PrintedLetter) {
	params := p.params(w.template, letter.Letter)
	y := w.block(place{margin, fold + 8, body}, face{"B", titleSize}, w.own("subject", nil))
	y = w.block(place{margin, y + 2.5, body}, face{"", textSize}, w.own("greeting", nil))
	y = w.block(place{margin, y + 1.5, body}, face{"", textSize}, w.own("intro", params))
	if letter.Code != "" {
		y = w.frame(y+4, letter, params["url"])
	}
	if len(w.steps) > 0 {
		y = w.block(place{margin, y + 5, body}, face{"B", textSize}, w.own("how.title", nil))
	}
	for i, step := range w.steps {
		y = w.step(y+1, i+1, w.own(step, params))
	}
	for _, section := range w.sections {
		y = w.block(place{margin, y + 3.5, body}, face{"B", textSize}, w.own(section+".title", nil))
		y = w.block(place{margin, y + 1, body}, face{"", textSize}, w.own(section+".text", params))
	}
}

func (p *Press) params(t template, l domain.Letter) map[string]string {
	const day = 24 * time.Hour
	return map[string]string{
		"url":      p.CabinetURL + t.page,
		"number":   spelled(l.Reference),
		"days":     strconv.Itoa(int(p.Policies.LetterLifetime / day)),
		"attempts": strconv.Itoa(p.Policies.LetterAttemptsFor(l.Purpose)),
	}
}

// spelled is a registration number in its groups.
func spelled(reference string) string {
	number, err := ident.ParsePFRRegNumber(reference)
	if err != nil {
		return reference
	}
	return number.Formatted()
}

// frame shows the code, with what it belongs to, and beside it the address of the
// page to enter it on.
func (w writing) frame(y float64, letter domain.PrintedLetter, url string) float64 {
	const height, picture, inset, left = 34.0, 28.0, 3.0, margin + 8
	w.SetLineWidth(thick)
	w.Rect(margin, y, body, height, "D")
	w.qr(url, place{sheetWidth - margin - picture - inset, y + inset, picture})
	if letter.Letter.Reference == "" {
		w.block(place{left, y + 5, body}, face{"", smallSize}, w.own("code", nil))
		w.block(place{left, y + 12.5, body}, face{"B", codeSize}, Grouped(letter.Code))
		return y + height
	}
	w.block(place{left, y + 3.5, body}, face{"", smallSize}, w.own("reference", nil))
	w.block(place{left, y + 7.5, body}, face{"B", numberSize}, spelled(letter.Letter.Reference))
	w.block(place{left, y + 17, body}, face{"", smallSize}, w.own("code", nil))
	w.block(place{left, y + 20.5, body}, face{"B", longCodeSize}, Grouped(letter.Code))
	return y + height
}

// Grouped is a code as it is easiest to read: XXXXX-XXXXX.
func Grouped(code string) string {
	const group = 5
	var groups []string
	for len(code) > group {
		groups, code = append(groups, code[:group]), code[group:]
	}
	return strings.Join(append(groups, code), "-")
}

// Text is a letter in plain words: its subject, and all that it says.
func (p *Press) Text(letter domain.PrintedLetter) (subject, text string) {
	w := p.writing(nil, letter.Letter)
	params := p.params(w.template, letter.Letter)
	paragraphs := []string{w.own("greeting", nil), w.own("intro", params)}
	if letter.Code != "" {
		if letter.Letter.Reference != "" {
			paragraphs = append(paragraphs, w.own("reference", nil)+": "+params["number"])
		}
		paragraphs = append(paragraphs, w.own("code", nil)+": "+Grouped(letter.Code))
	}
	for _, step := range w.steps {
		paragraphs = append(paragraphs, w.own(step, params))
	}
	for _, section := range w.sections {
		paragraphs = append(paragraphs, w.own(section+".title", nil)+"\n"+w.own(section+".text", params))
	}
	return w.own("subject", nil), strings.Join(paragraphs, "\n\n") + "\n"
}

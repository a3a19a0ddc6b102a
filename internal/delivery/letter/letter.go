// Package letter puts registered letters on paper, and the lists with which the
// post takes them: PDF for a printer, CSV for the post's own program.
package letter

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"strconv"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/i18n"
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
)

// Letters is the letters of a batch, sent from a place, one to a page. The same
// letters give the same file.
func (p *Press) Letters(
	b domain.LetterBatch, from domain.ServiceCentre, letters []domain.PrintedLetter,
) ([]byte, error) {
	s := newSheet(fpdf.OrientationPortrait, b.CreatedAt)
	s.SetTitle(p.Texts.Text(i18n.Russian, "letter.subject", nil), true)
	code, err := p.entryCode()
	if err != nil {
		return nil, err
	}
	s.RegisterImageOptionsReader(entryImage, fpdf.ImageOptions{ImageType: "PNG"}, bytes.NewReader(code))
	for _, letter := range letters {
		s.AddPage()
		w := writing{sheet: s, texts: p.Texts, locale: i18n.Locale(letter.Letter.Locale)}
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
	texts  *i18n.Catalog
	locale i18n.Locale
}

func (w writing) say(key string, params map[string]string) string {
	return w.texts.Text(w.locale, "letter."+key, params)
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
	params := p.params()
	y := w.block(place{margin, fold + 8, body}, face{"B", titleSize}, w.say("subject", nil))
	y = w.block(place{margin, y + 2.5, body}, face{"", textSize}, w.say("greeting", nil))
	y = w.block(place{margin, y + 1.5, body}, face{"", textSize}, w.say("intro", params))
	y = w.frame(y+4, Grouped(letter.Code))
	y = w.block(place{margin, y + 5, body}, face{"B", textSize}, w.say("how.title", nil))
	const indent = 6.0
	for i, step := range []string{"how.enter", "how.type", "how.spelling"} {
		w.block(place{margin, y + 1, indent}, face{"", textSize}, strconv.Itoa(i+1)+".")
		y = w.block(place{margin + indent, y + 1, body - indent}, face{"", textSize}, w.say(step, params))
	}
	for _, section := range []string{"until", "care", "stranger"} {
		y = w.block(place{margin, y + 3.5, body}, face{"B", textSize}, w.say(section+".title", nil))
		y = w.block(place{margin, y + 1, body}, face{"", textSize}, w.say(section+".text", params))
	}
}

func (p *Press) params() map[string]string {
	const day = 24 * time.Hour
	return map[string]string{
		"url":      p.entryURL(),
		"days":     strconv.Itoa(int(p.Policies.LetterLifetime / day)),
		"attempts": strconv.Itoa(p.Policies.LetterAttempts),
	}
}

// frame shows the code, and beside it the address of the page to enter it on.
func (w writing) frame(y float64, code string) float64 {
	const height, picture, inset = 34.0, 28.0, 3.0
	w.SetLineWidth(thick)
	w.Rect(margin, y, body, height, "D")
	w.block(place{margin + 8, y + 5, body}, face{"", smallSize}, w.say("code", nil))
	w.block(place{margin + 8, y + 12.5, body}, face{"B", codeSize}, code)
	w.ImageOptions(entryImage, sheetWidth-margin-picture-inset, y+inset, picture, picture, false, fpdf.ImageOptions{}, 0, "")
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

// entryURL is where codes are typed in.
func (p *Press) entryURL() string { return p.CabinetURL + "/confirm" }

// entryImage is the name under which a file keeps the QR code of that.
const entryImage = "entry"

// entryCode is the QR code of the page on which codes are typed in, as a PNG of
// 8 bits, with squares large enough for a printer.
func (p *Press) entryCode() ([]byte, error) {
	code, err := qr.Encode(p.entryURL(), qr.Q, qr.Auto)
	if err != nil {
		return nil, err
	}
	const square, quiet = 8, 2
	side := code.Bounds().Dx()
	picture := image.NewGray(image.Rect(0, 0, (side+2*quiet)*square, (side+2*quiet)*square))
	for y := range picture.Rect.Dy() {
		for x := range picture.Rect.Dx() {
			picture.SetGray(x, y, color.Gray{Y: shade(code, x/square-quiet, y/square-quiet)})
		}
	}
	var file bytes.Buffer
	err = png.Encode(&file, picture)
	return file.Bytes(), err
}

// shade is 0 for the dark squares of a code and 255 for all else.
func shade(code barcode.Barcode, x, y int) uint8 {
	const white = 255
	if !image.Pt(x, y).In(code.Bounds()) {
		return white
	}
	if r, _, _, _ := code.At(x, y).RGBA(); r > 0 {
		return white
	}
	return 0
}

// Text is a letter in plain words: its subject, and all that it says.
func (p *Press) Text(letter domain.PrintedLetter) (subject, text string) {
	params := p.params()
	w := writing{texts: p.Texts, locale: i18n.Locale(letter.Letter.Locale)}
	paragraphs := []string{w.say("greeting", nil), w.say("intro", params), w.say("code", nil) + ": " + Grouped(letter.Code)}
	for _, key := range []string{"how.enter", "how.type", "how.spelling", "until.text", "care.text", "stranger.text"} {
		paragraphs = append(paragraphs, w.say(key, params))
	}
	return w.say("subject", nil), strings.Join(paragraphs, "\n\n") + "\n"
}

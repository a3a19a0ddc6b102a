package letter

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"codeberg.org/go-pdf/fpdf"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/i18n"
)

// Card is a registration card on a page: the upper part is for the payer, the
// stub below stays at the office and has no password. The same card gives the
// same file.
func (p *Press) Card(c domain.PrintedCard) ([]byte, error) {
	s := newSheet(fpdf.OrientationPortrait, c.IssuedAt)
	w := p.card(s, c)
	s.SetTitle(w.texts.Text(i18n.Russian, "card.title", nil), true)
	s.AddPage()
	y := w.head()
	y = w.payer(y)
	y = w.password(y + 4)
	w.advice(y + 4)
	w.stub()
	return s.bytes()
}

// card is a registration card as it is written in a language.
type card struct {
	*sheet

	texts   *i18n.Catalog
	locale  i18n.Locale
	printed domain.PrintedCard
	url     string
}

func (p *Press) card(s *sheet, c domain.PrintedCard) card {
	return card{s, p.Texts, i18n.Locale(c.Locale), c, p.CabinetURL + payerPage}
}

func (w card) say(key string, params map[string]string) string {
	return w.texts.Text(w.locale, "card."+key, params)
}

// number is what the card is called: the beginning of its id.
func (w card) number() map[string]string {
	const characters = 8
	return map[string]string{
		"number": w.printed.ID.String()[:characters],
		"date":   dayOf(w.printed.IssuedAt, w.printed.Office),
	}
}

// head says whose card it is, and shows where it leads.
func (w card) head() float64 {
	const picture, width = 34.0, body - 34 - 8
	office := w.printed.Office
	w.qr(w.url, place{sheetWidth - margin - picture, 14, picture})
	y := w.block(place{margin, 16, width}, face{"B", 12}, w.texts.Text(i18n.Russian, "letter.fund", nil))
	if w.locale != i18n.Russian {
		y = w.block(place{margin, y, width}, face{"", smallSize}, w.texts.Text(w.locale, "letter.fund", nil))
	}
	y++
	for _, line := range []string{office.Name, office.Address.Text(), w.hours(office.Hours.Week), w.phones()} {
		if line != "" {
			y = w.shortened(place{margin, y + 0.5, width}, line)
		}
	}
	y = w.block(place{margin, max(y+7, 14+picture+3), body}, face{"B", cardTitleSize}, w.say("title", nil))
	return w.block(place{margin, y, body}, face{"", textSize}, w.say("number", w.number()))
}

// cardTitleSize is how large the name of the paper is, in points.
const cardTitleSize = 20.0

// hours are the hours of a week, days with the same ones together; empty for a
// place that is never open, and for hours that take too many words.
func (w card) hours(week domain.Week) string {
	const days, most = 7, 4
	var all []string
	for first := 1; first <= days; {
		last := first
		for last < days && week[(last+1)%days].String() == week[first%days].String() {
			last++
		}
		all = append(all, w.days(first, last)+" "+w.open(week[first%days]))
		first = last + 1
	}
	if len(all) > most || len(all) == 1 && len(week[0]) == 0 {
		return ""
	}
	return w.say("hours", map[string]string{"hours": strings.Join(all, "; ")})
}

// phones are the first phones of the office, empty if it has none.
func (w card) phones() string {
	const most = 2
	phones := w.printed.Office.Phones
	if len(phones) == 0 {
		return ""
	}
	return w.say("phone", map[string]string{"phones": strings.Join(phones[:min(most, len(phones))], ", ")})
}

// days are the days from one to another, counted from Monday, 1.
func (w card) days(first, last int) string {
	name := func(day int) string { return w.say("day."+strconv.Itoa(day), nil) }
	if first == last {
		return name(first)
	}
	return name(first) + "–" + name(last)
}

func (w card) open(day domain.DayHours) string {
	if len(day) == 0 {
		return w.say("closed", nil)
	}
	return strings.NewReplacer("-", "–", " ", ", ").Replace(day.String())
}

// payer says who the card is for. A name of the usual length stands larger.
func (w card) payer(y float64) float64 {
	const usual, large, small = 160, 12.0, 9.5
	size := large
	if len([]rune(w.printed.PayerName)) > usual {
		size = small
	}
	y = w.block(place{margin, y + 4, body}, face{"", smallSize}, w.say("payer", nil))
	y = w.block(place{margin, y + 0.5, body}, face{"B", size}, w.printed.PayerName)
	y = w.block(place{margin, y + 3, body}, face{"", smallSize}, w.say("reference", nil))
	return w.block(place{margin, y + 0.5, body}, face{"B", numberSize}, w.printed.Number.Formatted())
}

// password frames the password, and says how long it is good.
func (w card) password(y float64) float64 {
	const height, inset = 36.0, 8.0
	at := place{margin + inset, y, body - 2*inset}
	w.SetLineWidth(thick)
	w.Rect(margin, y, body, height, "D")
	w.block(place{at.x, y + 4, at.width}, face{"", smallSize}, w.say("password", nil))
	w.characters(place{at.x, y + 9.5, at.width}, w.printed.Password)
	w.block(place{at.x, y + 23.5, at.width}, face{"", smallSize}, w.say("spelling", nil))
	w.block(place{at.x, y + 29, at.width}, face{"B", smallSize}, w.say("until", w.until()))
	return y + height
}

// until is when the password ends, by the clocks of the office. Midnight is the
// end of the day before.
func (w card) until() map[string]string {
	const endOfDay = "24:00"
	at := w.printed.ValidUntil
	if w.printed.Office.Zone != nil {
		at = at.In(w.printed.Office.Zone)
	}
	clock := at.Format("15:04")
	if clock == "00:00" {
		at, clock = at.Add(-time.Minute), endOfDay
	}
	return map[string]string{"time": clock, "date": at.Format("02.01.2006")}
}

// characters writes a password so that nobody takes one character for another:
// each in a cell of the same width, in groups, the digits on grey.
func (w card) characters(at place, password string) {
	const group, widest, gap, height, pale = 5, 8.0, 4.0, 12.0, 215
	signs := []rune(drawable(password))
	gaps := float64((len(signs) - 1) / group)
	cell := min(widest, (at.width-gaps*gap)/float64(max(len(signs), 1)))
	f := face{"B", 2.5 * cell}
	w.SetFillColor(pale, pale, pale)
	w.SetLineWidth(thin)
	for i, sign := range signs {
		x := at.x + float64(i)*cell + float64(i/group)*gap
		style := "D"
		if unicode.IsDigit(sign) {
			style = "FD"
		}
		w.Rect(x, at.y, cell, height, style)
		w.SetFont(family, f.style, f.size)
		left := x + (cell-w.GetStringWidth(string(sign)))/2
		w.line(place{x: left, y: at.y + (height-f.leading())/2}, f, string(sign))
	}
}

// advice says how to use the card, and what to do without it.
func (w card) advice(y float64) {
	y = w.block(place{margin, y, body}, face{"B", textSize}, w.say("how.title", nil))
	params := map[string]string{"url": w.url}
	for i, step := range []string{"how.open", "how.sign_in", "how.terms", "how.password"} {
		y = w.step(y+0.5, i+1, w.say(step, params))
	}
	for _, section := range []string{"lost", "care"} {
		y = w.block(place{margin, y + 2.5, body}, face{"B", textSize}, w.say(section+".title", nil))
		y = w.block(place{margin, y + 0.5, body}, face{"", textSize}, w.say(section+".text", nil))
	}
}

// stub is the part that the office keeps, with the signatures of both.
func (w card) stub() {
	const top, half, tiny = 243.0, body / 2, 7.5
	w.SetLineWidth(thin)
	w.SetDashPattern([]float64{2, 1.5}, 0)
	w.Line(0, top, sheetWidth, top)
	w.SetDashPattern(nil, 0)
	y := w.block(place{margin, top + 0.5, body}, face{"", tiny}, w.say("stub.cut", nil))
	y = w.block(place{margin, y + 1.5, body}, face{"B", textSize}, w.say("stub.title", w.number()))
	w.shortened(place{margin, y + 0.5, body}, w.say("stub.payer", map[string]string{
		"reference": w.printed.Number.Formatted(), "name": w.printed.PayerName,
	}))
	const lines = 276.0
	for i, who := range []string{"issued", "received"} {
		x := margin + float64(i)*half
		w.block(place{x, lines - 4.5, half}, face{"", smallSize}, w.say("stub."+who, nil))
		w.Line(x+24, lines, x+half-4, lines)
		w.block(place{x + 24, lines + 0.5, half}, face{"", tiny}, w.say("stub."+who+"_by", nil))
	}
}

// shortened writes what fits of a text into three lines, and returns where it
// ends.
func (w card) shortened(at place, text string) float64 {
	const most = 3
	f := face{"", smallSize}
	w.SetFont(family, f.style, f.size)
	lines := w.wrap(text, at.width)
	if len(lines) > most {
		lines = append(lines[:most-1:most-1], lines[most-1]+" …")
	}
	for _, line := range lines {
		w.line(at, f, line)
		at.y += f.leading()
	}
	return at.y
}

package letter

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"

	"codeberg.org/go-pdf/fpdf"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/i18n"
)

// The layout of the list in millimetres: A4 across.
const (
	listWidth  = 297.0
	listHeight = 210.0
	listMargin = 12.0
	listEnd    = listHeight - 14
	cellInset  = 1.2
	listSize   = 8.5
)

// column is a column of the list.
type column struct {
	key   string
	width float64
}

func columns() []column {
	return []column{
		{"no", 11}, {"recipient", 52}, {"address", 92}, {"track", 33}, {"kind", 30}, {"weight", 14}, {"fee", 16}, {"note", 25},
	}
}

// filledInByPost is a cell that the post writes into: it weighs the letters and
// knows what they cost.
const filledInByPost = ""

// entries are the rows of a batch's list.
func (p *Press) entries(b domain.LetterBatch) [][]string {
	var all [][]string
	for i, l := range b.Dispatched() {
		all = append(all, []string{
			strconv.Itoa(i + 1), l.Recipient, l.Address.Text(), spaced(l.Track.Digits()),
			p.onList("registered", nil), filledInByPost, filledInByPost, outgoing(b, l),
		})
	}
	return all
}

// onList is a text of the list, which is in Russian: it is the post's.
func (p *Press) onList(key string, params map[string]string) string {
	return p.Texts.Text(i18n.Russian, "letter.dispatch."+key, params)
}

// spaced is a track number as it stands on the post's labels.
func spaced(track string) string {
	if track == "" {
		return ""
	}
	return track[:6] + " " + track[6:8] + " " + track[8:13] + " " + track[13:]
}

// DispatchPDF is the list F.103 of a batch, with which a place hands its letters
// to the post. Before posting, the track numbers are left out. The same batch
// gives the same file.
func (p *Press) DispatchPDF(b domain.LetterBatch, from domain.ServiceCentre) ([]byte, error) {
	s := newSheet(fpdf.OrientationLandscape, b.CreatedAt)
	s.SetTitle(p.onList("title", map[string]string{"number": strconv.Itoa(b.Number)}), true)
	l := list{sheet: s, press: p}
	l.begin()
	l.heading(b, from)
	l.header()
	entries := p.entries(b)
	for _, cells := range entries {
		l.row(cells, face{"", listSize})
	}
	l.signatures(len(entries))
	l.number()
	return s.bytes()
}

// list is a list that is being written, down to y on its last page.
type list struct {
	*sheet

	press *Press
	y     float64
}

func (l *list) begin() {
	l.AddPage()
	l.y = listMargin
}

// heading says whose list it is.
func (l *list) heading(b domain.LetterBatch, from domain.ServiceCentre) {
	const width = listWidth - 2*listMargin
	sender := l.press.Texts.Text(i18n.Russian, "letter.fund", nil)
	if from.Name != "" {
		sender += ", " + from.Name + ", " + from.Address.Text()
	}
	l.y = l.block(place{listMargin, l.y, width}, face{"B", 13},
		l.press.onList("title", map[string]string{"number": strconv.Itoa(b.Number)}))
	for _, line := range []string{
		l.press.onList("subtitle", map[string]string{"date": dayOf(b.CreatedAt, from)}),
		l.press.onList("sender", map[string]string{"sender": sender}),
	} {
		l.y = l.block(place{listMargin, l.y + 1, width}, face{"", 9.5}, line)
	}
	l.y += 3
}

// header is the first row of the table on a page.
func (l *list) header() {
	var names []string
	for _, c := range columns() {
		names = append(names, l.press.onList("column."+c.key, nil))
	}
	l.cells(names, face{"B", listSize})
}

// row writes a row of the table, on the next page if this one is full.
func (l *list) row(cells []string, f face) {
	if l.y+l.height(cells, f) > listEnd {
		l.begin()
		l.header()
	}
	l.cells(cells, f)
}

// height is how high a row is, so that its highest cell fits.
func (l *list) height(cells []string, f face) float64 {
	l.SetFont(family, f.style, f.size)
	most := 1
	for i, c := range columns() {
		most = max(most, len(l.wrap(cells[i], c.width-2*cellInset)))
	}
	return float64(most)*f.leading() + 2*cellInset
}

func (l *list) cells(cells []string, f face) {
	height := l.height(cells, f)
	x := listMargin
	l.SetLineWidth(thin)
	for i, c := range columns() {
		l.Rect(x, l.y, c.width, height, "D")
		l.block(place{x + cellInset, l.y + cellInset, c.width - 2*cellInset}, f, cells[i])
		x += c.width
	}
	l.y += height
}

// signatures is where both sides sign.
func (l *list) signatures(letters int) {
	const height, half = 34.0, (listWidth - 2*listMargin) / 2
	if l.y+height > listEnd {
		l.begin()
	}
	total := l.press.onList("total", map[string]string{"count": strconv.Itoa(letters)})
	y := l.block(place{listMargin, l.y + 4, half}, face{"B", 9.5}, total)
	for i, key := range []string{"handed", "accepted"} {
		x := listMargin + float64(i)*half
		end := l.block(place{x, y + 7, half}, face{"", 9.5}, l.press.onList(key, nil))
		l.Line(x+18, end, x+half-24, end)
		l.block(place{x + 40, end + 0.5, half}, face{"", 7.5}, l.press.onList("signature", nil))
	}
	l.block(place{listMargin + half, y + 20, half}, face{"", 7.5}, l.press.onList("stamp", nil))
}

// number numbers the pages.
func (l *list) number() {
	pages := l.PageCount()
	for page := range pages {
		l.SetPage(page + 1)
		text := l.press.onList("page", map[string]string{"page": strconv.Itoa(page + 1), "pages": strconv.Itoa(pages)})
		l.block(place{listWidth - listMargin - 26, listHeight - 10, 26}, face{"", 8}, text)
	}
}

// What the letters are to the post's shipping API: registered, inside Russia (ISO
// 3166-1).
const (
	mailType     = "LETTER"
	mailCategory = "ORDERED"
	mailDirect   = "643"
)

// tableHead names the columns of the table, as the fields of an order of the
// post's shipping API.
func tableHead() []string {
	return []string{
		"recipient", "index", "region", "area", "city", "street", "house", "building", "flat",
		"mail-type", "mail-category", "mail-direct", "postal-item-id", "weight", "note",
	}
}

// order is a letter as the post's shipping API takes it.
func order(b domain.LetterBatch, l domain.Letter) []string {
	a := l.Address
	return []string{
		l.Recipient, a.PostalIndex.Digits(), a.Region.Text(), a.Area.Text(), a.City.Text(), a.Street.Text(),
		a.House.Text(), a.Building.Text(), a.Flat.Text(),
		mailType, mailCategory, mailDirect, l.Track.Digits(), filledInByPost, outgoing(b, l),
	}
}

// DispatchCSV is the list F.103 of a batch for the post's programs and for a
// spreadsheet: UTF-8 with its mark, without which spreadsheets take it for another
// encoding, and semicolons.
func (p *Press) DispatchCSV(b domain.LetterBatch) ([]byte, error) {
	const mark = "\ufeff"
	out := bytes.NewBufferString(mark)
	w := csv.NewWriter(out)
	w.Comma, w.UseCRLF = ';', true
	rows := [][]string{tableHead()}
	for _, l := range b.Dispatched() {
		rows = append(rows, order(b, l))
	}
	for _, row := range rows {
		for i, cell := range row {
			row[i] = inert(cell)
		}
		if err := w.Write(row); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return out.Bytes(), w.Error()
}

// inert is a cell that no spreadsheet takes for a formula.
func inert(cell string) string {
	if strings.ContainsAny(cell[:min(1, len(cell))], "=+-@\t\r") {
		return "'" + cell
	}
	return cell
}

// outgoing is how a letter is called on the list. With its sign no spreadsheet
// takes it for a date.
func outgoing(b domain.LetterBatch, l domain.Letter) string { return "№ " + b.NameIn(l.ID) }

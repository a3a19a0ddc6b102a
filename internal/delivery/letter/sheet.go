package letter

import (
	"bytes"
	_ "embed" // the typeface
	"strconv"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
)

//go:embed font/PTSans_400Regular.ttf
var regular []byte

//go:embed font/PTSans_700Bold.ttf
var bold []byte

const family = "PT Sans"

// What lines are drawn with: widths in millimetres, and a shade.
const (
	thin  = 0.15
	thick = 0.4
	grey  = 130
)

// sheet is a file that is being written.
type sheet struct {
	*fpdf.Fpdf

	// pictures is how many different ones it holds.
	pictures int
}

// newSheet begins a file of A4 pages that says it was made at a moment, whenever
// it is.
func newSheet(orientation string, made time.Time) *sheet {
	s := &sheet{Fpdf: fpdf.New(orientation, "mm", "A4", "")}
	s.AddUTF8FontFromBytes(family, "", regular)
	s.AddUTF8FontFromBytes(family, "B", bold)
	s.SetCatalogSort(true)
	s.SetCreationDate(made)
	s.SetModificationDate(made)
	s.SetProducer("Kabinet", true)
	s.SetMargins(0, 0, 0)
	s.SetAutoPageBreak(false, 0)
	return s
}

func (s *sheet) bytes() ([]byte, error) {
	var file bytes.Buffer
	err := s.Output(&file)
	return file.Bytes(), err
}

// face is a style of the typeface, B for bold, and a size in points.
type face struct {
	style string
	size  float64
}

// leading is the distance between the lines of a face in millimetres.
func (f face) leading() float64 {
	const millimetres, airy = 25.4 / 72, 1.25
	return f.size * airy * millimetres
}

// place is where a block of text begins, and how wide it is.
type place struct{ x, y, width float64 }

// block writes a text into as many lines as it needs, and returns where it ends.
func (s *sheet) block(at place, f face, text string) float64 {
	s.SetFont(family, f.style, f.size)
	for _, line := range s.wrap(text, at.width) {
		s.line(at, f, line)
		at.y += f.leading()
	}
	return at.y
}

// step writes a numbered paragraph of a page with the usual margins, and returns
// where it ends.
func (s *sheet) step(y float64, number int, text string) float64 {
	const indent = 6.0
	s.block(place{margin, y, indent}, face{"", textSize}, strconv.Itoa(number)+".")
	return s.block(place{margin + indent, y, body - indent}, face{"", textSize}, text)
}

// line writes one line, whose upper edge is at y.
func (s *sheet) line(at place, f face, text string) {
	const baseline = 0.77 // of the leading, from its top
	s.SetFont(family, f.style, f.size)
	s.Text(at.x, at.y+baseline*f.leading(), text)
}

// wrap breaks a text into lines of a width in the face that is set: at spaces,
// or inside of words that are longer than a line, best behind a hyphen.
func (s *sheet) wrap(text string, width float64) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(drawable(text)) {
		if line != "" && s.GetStringWidth(line+" "+word) <= width {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for line = word; s.GetStringWidth(line) > width; {
			head := s.head(line, width)
			lines, line = append(lines, line[:head]), line[head:]
		}
	}
	return append(lines, line)
}

// head is how many bytes of a long word go into a line: one character at least.
func (s *sheet) head(word string, width float64) int {
	fits, hyphen := 0, 0
	for i, r := range word {
		end := i + len(string(r))
		if i > 0 && s.GetStringWidth(word[:end]) > width {
			break
		}
		fits = end
		if r == '-' {
			hyphen = end
		}
	}
	if hyphen > 0 {
		return hyphen
	}
	return fits
}

// drawable is a text without characters that the typeface cannot have: it knows
// the Basic Multilingual Plane alone, and the library stumbles over the rest.
func drawable(text string) string {
	return strings.Map(func(r rune) rune {
		if r > '\uffff' {
			return '?'
		}
		return r
	}, text)
}

// part is a piece of an address in a style.
type part struct{ style, text string }

// fit writes parts under one another into the window, in the largest size up to
// one at which they all fit.
func (s *sheet) fit(parts []part, size float64) {
	const smaller = 0.25
	rows := s.rows(parts, size)
	for float64(len(rows))*(face{size: size}).leading() > windowHeight && size > smaller {
		size -= smaller
		rows = s.rows(parts, size)
	}
	for i, row := range rows {
		f := face{row.style, size}
		s.line(place{windowLeft, windowTop + float64(i)*f.leading(), windowWidth}, f, row.text)
	}
}

// rows are the lines that parts take in a size.
func (s *sheet) rows(parts []part, size float64) (rows []part) {
	for _, p := range parts {
		s.SetFont(family, p.style, size)
		for _, line := range s.wrap(p.text, windowWidth) {
			rows = append(rows, part{p.style, line})
		}
	}
	return rows
}

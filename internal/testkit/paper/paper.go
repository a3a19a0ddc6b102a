// Package paper reads for tests what stands in the PDF files that Kabinet makes.
package paper

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"
)

// Line is a line of text and where it stands, in millimetres from the upper left
// of an upright page.
type Line struct {
	X, Y float64
	Text string
}

// Lines is all that is written in a PDF, in the order of writing.
func Lines(t *testing.T, pdf []byte) []Line {
	t.Helper()
	const point, height = 25.4 / 72, 297.0
	written := regexp.MustCompile(`(?s)BT ([0-9.]+) ([0-9.]+) Td \(((?:\\.|[^\\()])*)\) Tj`)
	var all []Line
	for _, stream := range Streams(t, pdf) {
		for _, found := range written.FindAllSubmatch(stream, -1) {
			x, err := strconv.ParseFloat(string(found[1]), 64)
			require.NoError(t, err)
			y, err := strconv.ParseFloat(string(found[2]), 64)
			require.NoError(t, err)
			all = append(all, Line{x * point, height - y*point, decoded(found[3])})
		}
	}
	return all
}

// Words is all that is written in a PDF, line by line in the order of writing.
func Words(t *testing.T, pdf []byte) string {
	t.Helper()
	var b strings.Builder
	for _, line := range Lines(t, pdf) {
		b.WriteString(line.Text + "\n")
	}
	return b.String()
}

// Streams are the unpacked streams of a PDF, but for pictures.
func Streams(t *testing.T, pdf []byte) [][]byte {
	t.Helper()
	var all [][]byte
	for _, found := range regexp.MustCompile(`(?s)stream\n(.*?)\nendstream`).FindAllSubmatch(pdf, -1) {
		r, err := zlib.NewReader(bytes.NewReader(found[1]))
		if err != nil {
			continue // a picture
		}
		text, err := io.ReadAll(r)
		require.NoError(t, err)
		all = append(all, text)
	}
	return all
}

// decoded is a string of a PDF: UTF-16 with escapes.
func decoded(raw []byte) string {
	plain := strings.NewReplacer(`\\`, `\`, `\(`, `(`, `\)`, `)`, `\r`, "\r").Replace(string(raw))
	var units []uint16
	for i := 0; i+1 < len(plain); i += 2 {
		units = append(units, uint16(plain[i])<<8|uint16(plain[i+1]))
	}
	return string(utf16.Decode(units))
}

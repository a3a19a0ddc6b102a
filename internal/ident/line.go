package ident

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// parseLine reads a line of free text as a document has it: NFC, its spaces
// squeezed, printable characters only, a letter at least, and no more
// characters than the limit.
func parseLine(text string, limit int, otherwise FormatError) (string, error) {
	if !utf8.ValidString(text) {
		return "", otherwise
	}
	text = strings.Join(strings.Fields(norm.NFC.String(text)), " ")
	switch {
	case utf8.RuneCountInString(text) > limit:
		return "", ErrTooLong
	case strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }),
		!strings.ContainsFunc(text, unicode.IsLetter):
		return "", otherwise
	}
	return text, nil
}

// maskLine hides a line of free text whole. Nothing stays nothing.
func maskLine(text string) string {
	if text == "" {
		return ""
	}
	return mask(text, 0)
}

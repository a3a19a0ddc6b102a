package ident

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// linePunctuation is what addresses and documents have between their words.
const linePunctuation = " .,:;-–—−/\\|()[]\"'`«»„“”‘’ʼ№#&+*°§…_"

// parseLine reads a line of free text as a document has it: NFC, its spaces
// squeezed, no more characters than the limit, and of those only Russian and
// Latin letters, digits and punctuation, a letter at least. It is printed with a
// typeface that has no others.
func parseLine(text string, limit int, otherwise FormatError) (string, error) {
	line, err := parseWriting(text, limit, otherwise)
	if err == nil && !strings.ContainsFunc(line, unicode.IsLetter) {
		return "", otherwise
	}
	return line, err
}

// parseWriting is [parseLine] for lines that digits alone may make up.
func parseWriting(text string, limit int, otherwise FormatError) (string, error) {
	if !utf8.ValidString(text) {
		return "", otherwise
	}
	text = strings.Join(strings.Fields(norm.NFC.String(text)), " ")
	text = strings.Map(plainHyphen, text)
	if utf8.RuneCountInString(text) > limit {
		return "", ErrTooLong
	}
	foreign := func(r rune) bool { return !isWriting(r) && !strings.ContainsRune(linePunctuation, r) }
	if strings.ContainsFunc(text, foreign) || !strings.ContainsFunc(text, isWriting) {
		return "", otherwise
	}
	return text, nil
}

// plainHyphen is the hyphen of the keyboard for those of typesetting.
func plainHyphen(r rune) rune {
	if r == '\u2010' || r == '\u2011' {
		return '-'
	}
	return r
}

// isWriting tells letters and digits of what is read in Russia from all others:
// the Cyrillic block and Latin with its supplement and first extension (Unicode
// U+0400, U+0000, U+0080 and U+0100). A mark that is a letter's own has become
// one with it in NFC.
func isWriting(r rune) bool {
	const lastLatin, firstCyrillic, lastCyrillic = 0x17F, 0x400, 0x4FF
	block := r <= lastLatin || r >= firstCyrillic && r <= lastCyrillic
	return block && unicode.In(r, unicode.Latin, unicode.Cyrillic) && unicode.IsLetter(r) ||
		strings.ContainsRune(asciiDigits, r)
}

// maskLine hides a line of free text whole. Nothing stays nothing.
func maskLine(text string) string {
	if text == "" {
		return ""
	}
	return mask(text, 0)
}

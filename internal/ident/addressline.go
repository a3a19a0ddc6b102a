package ident

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxAddressLineRunes is the longest part of an address, in characters.
const maxAddressLineRunes = 120

// AddressLine is one part of a postal address but the index: a region, a
// street, the number of a house.
type AddressLine struct{ text string }

// ParseAddressLine reads a line of at most 120 printable characters with a
// letter or a digit among them, in NFC. Spaces around it are dropped and those
// inside squeezed.
func ParseAddressLine(text string) (AddressLine, error) {
	if !utf8.ValidString(text) {
		return AddressLine{}, ErrAddressLine
	}
	text = strings.Join(strings.Fields(norm.NFC.String(text)), " ")
	told := func(r rune) bool { return unicode.IsLetter(r) || strings.ContainsRune(asciiDigits, r) }
	switch {
	case utf8.RuneCountInString(text) > maxAddressLineRunes:
		return AddressLine{}, ErrTooLong
	case strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }),
		!strings.ContainsFunc(text, told):
		return AddressLine{}, ErrAddressLine
	}
	return AddressLine{text}, nil
}

// Text is the part in clear.
func (a AddressLine) Text() string { return a.text }

// String is the part masked whole.
func (a AddressLine) String() string { return maskLine(a.text) }

// IsZero tells whether there is nothing.
func (a AddressLine) IsZero() bool { return a.text == "" }

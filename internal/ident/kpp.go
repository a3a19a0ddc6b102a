package ident

import "strings"

// kppCharacters is the length of a KPP.
const kppCharacters = 9

// KPP is the code of the reason why an organisation is registered with a tax
// office. Only organisations have one.
type KPP struct{ text string }

// ParseKPP reads four digits of the tax office, two digits or capital Latin
// letters of the reason, and three digits; there is no check digit (order of
// the Federal Tax Service No ED-7-14/559@ of 2025).
func ParseKPP(text string) (KPP, error) {
	text = compact(text)
	if len(text) != kppCharacters || !isDigits(text[:4]) || !isDigits(text[6:]) ||
		strings.Trim(text[4:6], asciiDigits+"ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return KPP{}, ErrKPP
	}
	return KPP{text}, nil
}

// Text is the code in clear: nine characters.
func (k KPP) Text() string { return k.text }

// String is the code masked to its last two digits.
func (k KPP) String() string { return maskNumber(k.text) }

// IsZero tells whether there is no code.
func (k KPP) IsZero() bool { return k.text == "" }

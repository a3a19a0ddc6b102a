package ident

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// maxNameRunes is the longest family or given name, in characters.
const maxNameRunes = 60

// Name is a family or given name: Russian or Latin letters, hyphens, spaces,
// apostrophes and dots, in NFC, at most 60 characters, of one alphabet.
type Name struct{ text string }

// ParseName reads a name. Spaces around it are dropped and those inside
// squeezed; the various dashes and apostrophes are unified.
func ParseName(text string) (Name, error) {
	text = unifyPunctuation(strings.Join(strings.Fields(norm.NFC.String(text)), " "))
	if utf8.RuneCountInString(text) > maxNameRunes {
		return Name{}, ErrTooLong
	}
	var cyrillic, latin bool
	for _, r := range text {
		switch {
		case isRussian(r):
			cyrillic = true
		case unicode.Is(unicode.Latin, r) && unicode.IsLetter(r):
			latin = true
		case !strings.ContainsRune("- '.", r):
			return Name{}, ErrName
		}
	}
	switch {
	case cyrillic && latin:
		return Name{}, ErrMixedAlphabets
	case !cyrillic && !latin:
		return Name{}, ErrName
	}
	return Name{text}, nil
}

// StoredName is a name that was valid when it was stored.
func StoredName(text string) Name { return Name{text} }

// Text is the name in clear.
func (n Name) Text() string { return n.text }

// String is the name masked to its first letter.
func (n Name) String() string { return mask(n.text, 1) }

// IsZero tells whether there is no name.
func (n Name) IsZero() bool { return n.text == "" }

// Equal tells whether two spellings are of one name: case, the dots of Ё, and
// the kinds of dash, apostrophe and space make no difference. Registers differ
// in all of these.
func (n Name) Equal(other Name) bool { return n.folded() == other.folded() }

// folded is the form in which equal names are the same text. Folding may take
// characters apart, hence the second normalization.
func (n Name) folded() string {
	return strings.ReplaceAll(norm.NFC.String(cases.Fold().String(n.text)), "ё", "е")
}

func isRussian(r rune) bool {
	return r >= 'А' && r <= 'я' || r == 'Ё' || r == 'ё'
}

func unifyPunctuation(text string) string {
	return strings.NewReplacer(
		"‐", "-", "‑", "-", "–", "-", "—", "-", "−", "-",
		"’", "'", "‘", "'", "ʼ", "'", "`", "'",
	).Replace(text)
}

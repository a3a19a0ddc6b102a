package ident

// maxBirthplaceRunes is the longest place of birth, in characters.
const maxBirthplaceRunes = 255

// Birthplace is the place of birth as the passport spells it.
type Birthplace struct{ text string }

// ParseBirthplace reads a line of at most 255 characters: Russian and Latin
// letters, digits and punctuation, with a letter among them. Spaces around it are
// dropped and those inside squeezed.
func ParseBirthplace(text string) (Birthplace, error) {
	line, err := parseLine(text, maxBirthplaceRunes, ErrBirthplace)
	return Birthplace{line}, err
}

// StoredBirthplace is a place of birth that was valid when it was stored.
func StoredBirthplace(text string) Birthplace { return Birthplace{text} }

// Text is the place in clear.
func (b Birthplace) Text() string { return b.text }

// String is the place masked whole.
func (b Birthplace) String() string { return maskLine(b.text) }

// IsZero tells whether there is no place.
func (b Birthplace) IsZero() bool { return b.text == "" }

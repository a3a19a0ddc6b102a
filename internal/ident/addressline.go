package ident

// maxAddressLineRunes is the longest part of an address, in characters.
const maxAddressLineRunes = 120

// AddressLine is one part of a postal address but the index: a region, a
// street, the number of a house.
type AddressLine struct{ text string }

// ParseAddressLine reads a line of at most 120 characters in NFC: Russian and
// Latin letters, digits and punctuation, with a letter or a digit among them.
// Spaces around it are dropped and those inside squeezed.
func ParseAddressLine(text string) (AddressLine, error) {
	line, err := parseWriting(text, maxAddressLineRunes, ErrAddressLine)
	return AddressLine{line}, err
}

// StoredAddressLine is a part of an address that was valid when it was stored.
func StoredAddressLine(text string) AddressLine { return AddressLine{text} }

// Text is the part in clear.
func (a AddressLine) Text() string { return a.text }

// String is the part masked whole.
func (a AddressLine) String() string { return maskLine(a.text) }

// IsZero tells whether there is nothing.
func (a AddressLine) IsZero() bool { return a.text == "" }

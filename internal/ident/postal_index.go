package ident

// postalIndexDigits is the length of a postal index.
const postalIndexDigits = 6

// PostalIndex is the number of a Russian post office.
type PostalIndex struct{ digits string }

// ParsePostalIndex reads six digits, the first of them 1 to 6.
func ParsePostalIndex(text string) (PostalIndex, error) {
	digits, err := exactDigits(text, postalIndexDigits, ErrPostalIndex)
	if err != nil {
		return PostalIndex{}, err
	}
	if digits[0] < '1' || digits[0] > '6' {
		return PostalIndex{}, ErrPostalIndex
	}
	return PostalIndex{digits}, nil
}

// Digits is the index in clear: six digits.
func (p PostalIndex) Digits() string { return p.digits }

// String is the index masked to its first three digits, which name a region.
func (p PostalIndex) String() string {
	if p.digits == "" {
		return ""
	}
	return mask(p.digits, 3)
}

// IsZero tells whether there is no index.
func (p PostalIndex) IsZero() bool { return p.digits == "" }

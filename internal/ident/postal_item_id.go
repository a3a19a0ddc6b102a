package ident

// postalItemDigits is the length of a postal item's identifier.
const postalItemDigits = 14

// PostalItemID is the identifier by which the post tracks a registered item
// inside the country.
type PostalItemID struct{ digits string }

// ParsePostalItemID reads fourteen digits, grouped or not. The last one makes
// the sum of all, those in odd places counted three times, divisible by ten.
func ParsePostalItemID(text string) (PostalItemID, error) {
	digits, err := exactDigits(text, postalItemDigits, ErrPostalItemID)
	if err != nil {
		return PostalItemID{}, err
	}
	if weighted(digits, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1)%10 != 0 {
		return PostalItemID{}, ErrPostalItemIDCheckDigit
	}
	return PostalItemID{digits}, nil
}

// Digits is the identifier in clear: fourteen digits.
func (id PostalItemID) Digits() string { return id.digits }

// String is the identifier masked to its last two digits.
func (id PostalItemID) String() string { return maskNumber(id.digits) }

// IsZero tells whether there is no identifier.
func (id PostalItemID) IsZero() bool { return id.digits == "" }

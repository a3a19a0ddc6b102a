package ident

import "strings"

// The lengths of an INN.
const (
	innOrganisationDigits = 10
	innPersonDigits       = 12
)

// INN is a taxpayer's number: of an organisation, ten digits, or of a person,
// twelve.
type INN struct{ digits string }

// ParseINN reads ten or twelve digits, grouped or not. The first two are a
// region and never 00; the last one, or the last two of a person's number, are
// the weighted sums of those before them modulo 11 modulo 10 (order of the
// Federal Tax Service No ED-7-14/559@ of 2025).
func ParseINN(text string) (INN, error) {
	digits := compact(text)
	switch {
	case !isDigits(digits):
		return INN{}, ErrINN
	case len(digits) != innOrganisationDigits && len(digits) != innPersonDigits:
		return INN{}, ErrINNLength
	case strings.HasPrefix(digits, "00"):
		return INN{}, ErrINN
	case !innChecks(digits):
		return INN{}, ErrINNCheckDigits
	}
	return INN{digits}, nil
}

func innChecks(digits string) bool {
	matches := func(place int, weights ...int) bool {
		return weighted(digits, weights...)%11%10 == digit(digits, place)
	}
	if len(digits) == innOrganisationDigits {
		return matches(9, 2, 4, 10, 3, 5, 9, 4, 6, 8)
	}
	return matches(10, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8) && matches(11, 3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
}

// Digits is the number in clear: ten or twelve digits.
func (n INN) Digits() string { return n.digits }

// OfOrganisation tells whether the number is an organisation's, not a person's.
func (n INN) OfOrganisation() bool { return len(n.digits) == innOrganisationDigits }

// String is the number masked to its last two digits.
func (n INN) String() string { return maskNumber(n.digits) }

// IsZero tells whether there is no number.
func (n INN) IsZero() bool { return n.digits == "" }

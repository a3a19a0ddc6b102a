package ident

import "strings"

// The lengths of an OGRN and of an OGRNIP.
const (
	ogrnDigits   = 13
	ogrnipDigits = 15
)

// OGRN is the number of an entry in the register of legal entities (OGRN,
// thirteen digits) or of sole traders (OGRNIP, fifteen).
type OGRN struct{ digits string }

// ParseOGRN reads thirteen or fifteen digits, grouped or not. An OGRN starts
// with 1 or 5, an OGRNIP with 3; the last digit is the last one of the rest
// that the digits before it leave when divided by 11 or 13 (order of the
// Ministry of Finance No 165n of 2017).
func ParseOGRN(text string) (OGRN, error) {
	digits := compact(text)
	switch {
	case !isDigits(digits):
		return OGRN{}, ErrOGRN
	case len(digits) == ogrnDigits:
		return checkedOGRN(digits, "15", 11)
	case len(digits) == ogrnipDigits:
		return checkedOGRN(digits, "3", 13)
	default:
		return OGRN{}, ErrOGRNLength
	}
}

func checkedOGRN(digits, first string, divisor int) (OGRN, error) {
	last := len(digits) - 1
	switch {
	case strings.IndexByte(first, digits[0]) < 0:
		return OGRN{}, ErrOGRN
	case remainder(digits[:last], divisor)%10 != digit(digits, last):
		return OGRN{}, ErrOGRNCheckDigit
	}
	return OGRN{digits}, nil
}

// Digits is the number in clear: thirteen or fifteen digits.
func (n OGRN) Digits() string { return n.digits }

// OfOrganisation tells whether the number is a legal entity's, not a sole
// trader's.
func (n OGRN) OfOrganisation() bool { return len(n.digits) == ogrnDigits }

// String is the number masked to its last two digits.
func (n OGRN) String() string { return maskNumber(n.digits) }

// IsZero tells whether there is no number.
func (n OGRN) IsZero() bool { return n.digits == "" }

package otp

import (
	"errors"
	"strings"
)

// What is wrong with a text that should be a code with a check digit. Neither
// says anything of the text.
var (
	// ErrDigits is the error of a text that is not so many digits.
	ErrDigits = errors.New("otp: not a code of digits")
	// ErrCheckDigit is the error of digits the last of which does not fit the
	// others: somebody has mistyped one, or two next to each other.
	ErrCheckDigit = errors.New("otp: the check digit does not fit")
)

// LuhnDigits returns a code of n digits (2 to 33) whose last one is the check
// digit of the others (ISO/IEC 7812-1, annex B); all the others are random.
func LuhnDigits(n int) (string, error) {
	digits, err := Digits(n - 1)
	if err != nil {
		return "", err
	}
	const ten = 10
	check := (ten - luhnSum(digits+"0")%ten) % ten
	return digits + string(rune('0'+check)), nil
}

// ParseLuhn reads a code of n digits as a person types it, with dashes and
// spaces anywhere: [ErrDigits] or [ErrCheckDigit] if it is none.
func ParseLuhn(text string, n int) (string, error) {
	var code strings.Builder
	for _, r := range text {
		switch {
		case fold(r) == separator:
		case r < '0' || r > '9' || code.Len() == n:
			return "", ErrDigits
		default:
			_, _ = code.WriteRune(r)
		}
	}
	if code.Len() != n {
		return "", ErrDigits
	}
	if luhnSum(code.String())%10 != 0 {
		return "", ErrCheckDigit
	}
	return code.String(), nil
}

// luhnSum adds up digits, every second one from the right doubled.
func luhnSum(digits string) (sum int) {
	const nine = 9
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			d *= 2
			if d > nine {
				d -= nine
			}
		}
		sum += d
	}
	return sum
}

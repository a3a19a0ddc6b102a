package ident

import (
	"strings"
	"unicode"
)

// asciiDigits are the only characters that count as digits: those of other
// scripts look like them and are never meant.
const asciiDigits = "0123456789"

// compact drops the spaces around a text, and the spaces, hyphens, en and em
// dashes inside it, with which people group long numbers. A dash at either end
// separates nothing and stays, so that the number is refused.
func compact(text string) string {
	text = strings.TrimSpace(text)
	inner := strings.Trim(text, groupDashes)
	if inner != text {
		return text
	}
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Zs, r) || strings.ContainsRune(groupDashes, r) {
			return -1
		}
		return r
	}, text)
}

// groupDashes are the hyphens and the en and em dash.
const groupDashes = "-\u2010\u2011\u2013\u2014"

// isDigits tells whether the text is of ASCII digits alone, one at least.
func isDigits(text string) bool {
	return text != "" && strings.Trim(text, asciiDigits) == ""
}

// exactDigits is the text without its separators if that is so many digits, and
// the given error otherwise.
func exactDigits(text string, count int, otherwise FormatError) (string, error) {
	digits := compact(text)
	if len(digits) != count || !isDigits(digits) {
		return "", otherwise
	}
	return digits, nil
}

// weighted is the sum of the first digits, each times its weight.
func weighted(digits string, weights ...int) int {
	sum := 0
	for i, weight := range weights {
		sum += weight * digit(digits, i)
	}
	return sum
}

// remainder is the number that all the digits make, modulo the divisor.
func remainder(digits string, divisor int) int {
	rest := 0
	for i := range len(digits) {
		rest = (10*rest + digit(digits, i)) % divisor
	}
	return rest
}

// digit is the value of the digit at the place.
func digit(digits string, place int) int { return int(digits[place] - '0') }

// maskNumber replaces all of a number but its last two characters by stars,
// always three of them. Nothing stays nothing.
func maskNumber(text string) string {
	if text == "" {
		return ""
	}
	return "***" + text[len(text)-2:]
}

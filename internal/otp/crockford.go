package otp

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
)

// crockford is the alphabet of Crockford's base 32: digits and letters without
// I, L, O and U.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// maxCrockford bounds the length of a code in base 32.
const maxCrockford = 64

// ErrCrockford is the error of a text that is no code of the wanted length in
// Crockford's base 32. It says nothing of the text.
var ErrCrockford = errors.New("otp: not a code in Crockford's base 32")

// Crockford returns a code of n characters (1 to 64) of Crockford's base 32,
// every one of the 32^n equally likely.
func Crockford(n int) (string, error) {
	if n < 1 || n > maxCrockford {
		return "", fmt.Errorf("otp: a code of %d characters", n)
	}
	random := make([]byte, n)
	if _, err := rand.Read(random); err != nil {
		return "", fmt.Errorf("otp: random characters: %w", err)
	}
	for i, b := range random {
		// 256 is a multiple of 32, so that the remainder has no bias.
		random[i] = crockford[int(b)%len(crockford)]
	}
	return string(random), nil
}

// ParseCrockford reads a code of n characters as a person types it: in lower
// case, with O for 0 and I or L for 1, with dashes and spaces anywhere. All
// else is [ErrCrockford].
func ParseCrockford(text string, n int) (string, error) {
	var code strings.Builder
	for _, r := range text {
		c := fold(r)
		if c == separator {
			continue
		}
		if c < 0 || code.Len() == n {
			return "", ErrCrockford
		}
		_, _ = code.WriteRune(c)
	}
	if code.Len() != n {
		return "", ErrCrockford
	}
	return code.String(), nil
}

// What fold makes of characters that stand for nothing, and of all that no code
// has.
const (
	separator rune = 0
	foreign   rune = -1
)

// fold is the character of the alphabet that a typed one stands for.
func fold(r rune) rune {
	if r >= 'a' && r <= 'z' {
		r -= 'a' - 'A'
	}
	switch r {
	case ' ', '-', '\u00a0', '\u2010', '\u2011', '\u2012', '\u2013', '\u2014', '\u2212':
		return separator
	case 'O':
		return '0'
	case 'I', 'L':
		return '1'
	}
	if !strings.ContainsRune(crockford, r) {
		return foreign
	}
	return r
}

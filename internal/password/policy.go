// Package password says which passwords are good enough, and hashes them under
// a bound on what hashing may take.
//
// The policy is NIST SP 800-63B-4, 3.1.1.2: a minimum length, a blocklist, no
// rules of composition, every character allowed, the reason of a refusal told.
package password

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"example.org/kabinet/internal/apperr"
)

// The length of a password in characters (code points after NFC).
const (
	MinLength = 12
	MaxLength = 128
)

// minLocalPart is how long the part of an e-mail address before the @ must be
// to be looked for: shorter ones stand in too many words.
const minLocalPart = 4

// About is what the policy knows about the person: passwords must not contain it.
type About struct {
	// PhoneDigits is the national significant number, digits only
	// (9161234567 for +7 916 123-45-67); empty without a phone.
	PhoneDigits string
	// Email is the whole address; empty without one.
	Email string
	// Number is the registration number of a payer, digits only; empty without
	// one.
	Number string
}

// Policy judges passwords. It is safe for concurrent use.
type Policy struct {
	common blocklist
}

// NewPolicy loads the blocklist, which takes some milliseconds and some
// megabytes: make one and keep it.
func NewPolicy() (*Policy, error) {
	common, err := loadBlocklist()
	if err != nil {
		return nil, err
	}
	return &Policy{common: common}, nil
}

// Check is everything that is wrong with a password, nothing for a good one:
// [apperr.PasswordNotText] alone, or any of PasswordTooShort, PasswordTooLong,
// PasswordCommon, PasswordContainsContact, PasswordContainsNumber and
// PasswordContainsProduct.
func (p *Policy) Check(plain string, about About) []apperr.Code {
	if !isText(plain) {
		return []apperr.Code{apperr.PasswordNotText}
	}
	plain = norm.NFC.String(plain)
	lower := strings.ToLower(plain)
	length := utf8.RuneCountInString(plain)
	rules := []struct {
		broken bool
		code   apperr.Code
	}{
		{length < MinLength, apperr.PasswordTooShort},
		{length > MaxLength, apperr.PasswordTooLong},
		{length <= MaxLength && p.common.matches(lower), apperr.PasswordCommon},
		{containsContact(lower, about), apperr.PasswordContainsContact},
		{about.Number != "" && strings.Contains(keep(lower, unicode.IsDigit), about.Number), apperr.PasswordContainsNumber},
		{containsProduct(lower), apperr.PasswordContainsProduct},
	}
	var codes []apperr.Code
	for _, rule := range rules {
		if rule.broken {
			codes = append(codes, rule.code)
		}
	}
	return codes
}

// isText refuses what cannot be typed again: broken UTF-8, also where a JSON
// decoder has put U+FFFD in its place, and control characters.
func isText(plain string) bool {
	return utf8.ValidString(plain) && !strings.ContainsFunc(plain, func(r rune) bool {
		return r == utf8.RuneError || unicode.IsControl(r)
	})
}

func containsContact(lower string, about About) bool {
	if about.PhoneDigits != "" && strings.Contains(keep(lower, unicode.IsDigit), about.PhoneDigits) {
		return true
	}
	email := strings.ToLower(norm.NFC.String(about.Email))
	local, _, _ := strings.Cut(email, "@")
	return email != "" && (strings.Contains(lower, email) ||
		utf8.RuneCountInString(local) >= minLocalPart && strings.Contains(lower, local))
}

// containsProduct looks for the product's name, also when it was typed with the
// keyboard in the other layout.
func containsProduct(lower string) bool {
	keys := latinKeys(lower)
	return strings.Contains(keys, "kabinet") || strings.Contains(keys, latinKeys("кабинет"))
}

// keep is text without the characters that are not wanted.
func keep(text string, wanted func(rune) bool) string {
	return strings.Map(func(r rune) rune {
		if wanted(r) {
			return r
		}
		return -1
	}, text)
}

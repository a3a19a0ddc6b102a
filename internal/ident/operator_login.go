package ident

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// The length of an operator's login, in characters.
const (
	minOperatorLogin = 3
	maxOperatorLogin = 40
)

// OperatorLogin is the name that an operator signs in with: lower-case Latin
// letters and digits, with single dots, dashes or underscores between them.
type OperatorLogin struct{ text string }

// ParseOperatorLogin reads a login. Case and the spaces around it make no
// difference.
func ParseOperatorLogin(text string) (OperatorLogin, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	if utf8.RuneCountInString(text) > maxOperatorLogin {
		return OperatorLogin{}, ErrTooLong
	}
	form := regexp.MustCompile(`^[a-z][a-z0-9]*([._-][a-z0-9]+)*$`)
	if len(text) < minOperatorLogin || !form.MatchString(text) {
		return OperatorLogin{}, ErrOperatorLogin
	}
	return OperatorLogin{text}, nil
}

// Text is the login.
func (l OperatorLogin) Text() string { return l.text }

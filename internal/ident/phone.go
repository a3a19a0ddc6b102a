package ident

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// maxPhoneBytes bounds what is given to the parser.
const maxPhoneBytes = 40

// Phone is a Russian mobile number in E.164.
type Phone struct{ e164 string }

// ParsePhone reads a mobile number written with 8, 7 or +7 in front or as ten
// digits. Only ASCII digits count; spaces, dashes, dots and brackets are
// dropped. Numbers of Kazakhstan, which share the country code, are refused.
func ParsePhone(text string) (Phone, error) {
	digits, ok := phoneDigits(text)
	if !ok {
		return Phone{}, ErrPhone
	}
	number, err := phonenumbers.Parse(digits, "RU")
	if err != nil {
		return Phone{}, ErrPhone
	}
	e164 := phonenumbers.Format(number, phonenumbers.E164)
	switch {
	case !strings.HasPrefix(e164, "+7"), strings.HasPrefix(e164, "+76"), strings.HasPrefix(e164, "+77"):
		return Phone{}, ErrPhoneForeign
	case !phonenumbers.IsValidNumber(number):
		return Phone{}, ErrPhone
	case phonenumbers.GetNumberType(number) != phonenumbers.MOBILE:
		return Phone{}, ErrPhoneNotMobile
	}
	return Phone{e164}, nil
}

// phoneDigits keeps the digits and a leading plus, and refuses anything that
// is neither they nor the usual punctuation.
func phoneDigits(text string) (string, bool) {
	text = strings.TrimSpace(text)
	if len(text) > maxPhoneBytes {
		return "", false
	}
	var b strings.Builder
	for i, r := range text {
		switch {
		case r >= '0' && r <= '9', r == '+' && i == 0:
			b.WriteRune(r)
		case !strings.ContainsRune(" -().\u00a0\u2010\u2011\u2013\u2014", r):
			return "", false
		}
	}
	digits := b.String()
	if len(digits) == 11 && digits[0] == '7' {
		digits = "+" + digits
	}
	return digits, digits != ""
}

// E164 is the number in clear: +7 and ten digits.
func (p Phone) E164() string { return p.e164 }

// String is the number masked to its last two digits.
func (p Phone) String() string {
	if p.e164 == "" {
		return ""
	}
	return "+7 *** ***-**-" + p.e164[len(p.e164)-2:]
}

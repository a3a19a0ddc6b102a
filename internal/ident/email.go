package ident

import (
	"net/mail"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// maxEmailBytes is the longest forward path of RFC 5321 without its brackets.
const maxEmailBytes = 254

// maxLocalBytes is the longest local part of RFC 5321, section 4.5.3.1.1.
const maxLocalBytes = 64

// maxLabelBytes is the longest label of a domain, RFC 1035, section 2.3.4.
const maxLabelBytes = 63

// Email is a mailbox of RFC 5321 with its domain in lower-case ASCII.
type Email struct{ local, domain string }

// ParseEmail reads an address: no display name, no comment, no quoted local
// part, no address literal, a domain of at least two labels.
func ParseEmail(text string) (Email, error) {
	text = strings.TrimSpace(text)
	at := strings.LastIndexByte(text, '@')
	if at < 1 || len(text) > 4*maxEmailBytes || !utf8.ValidString(text) {
		return Email{}, ErrEmail
	}
	domain, err := idna.Lookup.ToASCII(text[at+1:])
	if err != nil {
		return Email{}, ErrEmail
	}
	e := Email{local: text[:at], domain: strings.ToLower(domain)}
	if !e.valid() {
		return Email{}, ErrEmail
	}
	return e, nil
}

func (e Email) valid() bool {
	for _, b := range []byte(e.local) {
		if b <= ' ' || b >= 0x7f || strings.IndexByte(`"(),:;<>[\]@`, b) >= 0 {
			return false
		}
	}
	if !strings.Contains(e.domain, ".") || strings.HasPrefix(e.domain, "[") || strings.HasSuffix(e.domain, ".") {
		return false
	}
	for label := range strings.SplitSeq(e.domain, ".") {
		if len(label) > maxLabelBytes {
			return false
		}
	}
	// Some texts become a domain that is none: it must be one by itself.
	again, err := idna.Lookup.ToASCII(e.domain)
	if err != nil || again != e.domain || strings.Trim(topLevel(e.domain), "0123456789") == "" {
		return false
	}
	parsed, err := mail.ParseAddress(e.Address())
	return err == nil && parsed.Address == e.Address() && parsed.Name == "" &&
		len(e.local) <= maxLocalBytes && len(e.Address()) <= maxEmailBytes
}

// topLevel is the last label of a domain; no top-level domain is a number
// (RFC 3696, section 2).
func topLevel(domain string) string { return domain[strings.LastIndexByte(domain, '.')+1:] }

// Address is the address in clear, its local part spelled as it was given.
func (e Email) Address() string { return e.local + "@" + e.domain }

// String is the address masked to the first letters of its two parts.
func (e Email) String() string {
	if e.domain == "" {
		return ""
	}
	labels := strings.Split(e.domain, ".")
	return mask(e.local, 1) + "@" + mask(e.domain, 1) + "." + labels[len(labels)-1]
}

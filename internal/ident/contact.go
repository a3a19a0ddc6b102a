package ident

import "strings"

// ContactKind is what a contact is reached by.
type ContactKind string

// The kinds of contact.
const (
	ContactPhone ContactKind = "phone"
	ContactEmail ContactKind = "email"
)

// Contact is where a person is reached: a mobile number or a mailbox.
type Contact struct {
	kind  ContactKind
	phone Phone
	email Email
}

// PhoneContact is the contact behind a number.
func PhoneContact(p Phone) Contact { return Contact{kind: ContactPhone, phone: p} }

// EmailContact is the contact behind an address.
func EmailContact(e Email) Contact { return Contact{kind: ContactEmail, email: e} }

// ParseContact reads a contact of a known kind.
func ParseContact(kind ContactKind, text string) (Contact, error) {
	switch kind {
	case ContactPhone:
		p, err := ParsePhone(text)
		return PhoneContact(p), err
	case ContactEmail:
		e, err := ParseEmail(text)
		return EmailContact(e), err
	default:
		return Contact{}, ErrContactKind
	}
}

// StoredContact is a contact that was valid when it was stored. It is not
// looked at again: what numbers and addresses are possible changes over time,
// and nobody may lose an account by that.
func StoredContact(kind ContactKind, value string) (Contact, error) {
	switch kind {
	case ContactPhone:
		return PhoneContact(Phone{value}), nil
	case ContactEmail:
		local, domain, _ := strings.Cut(value, "@")
		return EmailContact(Email{local, domain}), nil
	default:
		return Contact{}, ErrContactKind
	}
}

// ParseLogin reads what a person types to sign in: an address if it has an at
// sign, a mobile number otherwise.
func ParseLogin(text string) (Contact, error) {
	if strings.Contains(text, "@") {
		return ParseContact(ContactEmail, text)
	}
	return ParseContact(ContactPhone, text)
}

// Kind is what the contact is reached by.
func (c Contact) Kind() ContactKind { return c.kind }

// Value is the contact in clear.
func (c Contact) Value() string {
	if c.kind == ContactPhone {
		return c.phone.E164()
	}
	return c.email.Address()
}

// Key is the form in which two spellings of one contact are equal, in clear.
// Local parts are compared without case, as all large providers do.
func (c Contact) Key() string { return string(c.kind) + ":" + strings.ToLower(c.Value()) }

// String is the contact masked.
func (c Contact) String() string {
	if c.kind == ContactPhone {
		return c.phone.String()
	}
	return c.email.String()
}

// IsZero tells whether there is no contact.
func (c Contact) IsZero() bool { return c.kind == "" }

// Package ident holds the identifiers of people as types: a value that exists
// is valid, its String is masked, and the clear form has to be asked for by
// name.
package ident

// Invalid says why a text is not the identifier that it should be. Its value
// is the public code of the field's error.
type Invalid string

// Error implements error.
func (i Invalid) Error() string { return string(i) }

// The reasons.
const (
	InvalidName        Invalid = "name_invalid"
	MixedAlphabets     Invalid = "name_mixed_alphabets"
	TooLong            Invalid = "too_long"
	InvalidPhone       Invalid = "phone_invalid"
	PhoneNotMobile     Invalid = "phone_not_mobile"
	PhoneForeign       Invalid = "phone_foreign"
	InvalidEmail       Invalid = "email_invalid"
	InvalidContactKind Invalid = "unsupported_value"
)

// mask replaces all of text but its first keep characters by stars, always
// three of them, so that the length is not told either.
func mask(text string, keep int) string {
	for i := range text {
		if keep == 0 {
			return text[:i] + "***"
		}
		keep--
	}
	return text + "***"
}

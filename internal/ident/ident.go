// Package ident holds the identifiers of people as types: a value that exists
// is valid, its String is masked, and the clear form has to be asked for by
// name.
package ident

// FormatError says why a text is not the identifier that it should be. Its value
// is the public code of the field's error.
type FormatError string

// Error implements error.
func (e FormatError) Error() string { return string(e) }

// The reasons.
const (
	ErrName           FormatError = "name_invalid"
	ErrMixedAlphabets FormatError = "name_mixed_alphabets"
	ErrTooLong        FormatError = "too_long"
	ErrPhone          FormatError = "phone_invalid"
	ErrPhoneNotMobile FormatError = "phone_not_mobile"
	ErrPhoneForeign   FormatError = "phone_foreign"
	ErrEmail          FormatError = "email_invalid"
	ErrContactKind    FormatError = "unsupported_value"
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

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
	ErrRequired               FormatError = "required"
	ErrNotAllowed             FormatError = "not_allowed"
	ErrTooLong                FormatError = "too_long"
	ErrName                   FormatError = "name_invalid"
	ErrMixedAlphabets         FormatError = "name_mixed_alphabets"
	ErrPhone                  FormatError = "phone_invalid"
	ErrPhoneNotMobile         FormatError = "phone_not_mobile"
	ErrPhoneForeign           FormatError = "phone_foreign"
	ErrEmail                  FormatError = "email_invalid"
	ErrContactKind            FormatError = "unsupported_value"
	ErrDate                   FormatError = "date_invalid"
	ErrSNILS                  FormatError = "snils_format"
	ErrSNILSCheckDigits       FormatError = "snils_check_digits"
	ErrINN                    FormatError = "inn_format"
	ErrINNLength              FormatError = "inn_length"
	ErrINNCheckDigits         FormatError = "inn_check_digits"
	ErrOGRN                   FormatError = "ogrn_format"
	ErrOGRNLength             FormatError = "ogrn_length"
	ErrOGRNCheckDigit         FormatError = "ogrn_check_digit"
	ErrKPP                    FormatError = "kpp_format"
	ErrPFRRegNumber           FormatError = "pfr_reg_number_format"
	ErrUnifiedRegNumber       FormatError = "unified_reg_number_format"
	ErrOfficeCode             FormatError = "office_code_format"
	ErrPassportSeries         FormatError = "passport_series_format"
	ErrPassportNumber         FormatError = "passport_number_format"
	ErrPassportIssuedInFuture FormatError = "passport_issued_in_future"
	ErrPassportIssuedTooEarly FormatError = "passport_issued_too_early"
	ErrDepartmentCode         FormatError = "department_code_format"
	ErrIssuedBy               FormatError = "issued_by_invalid"
	ErrBirthplace             FormatError = "birthplace_invalid"
	ErrAddressLine            FormatError = "address_invalid"
	ErrPostalItemID           FormatError = "postal_item_id_format"
	ErrPostalItemIDCheckDigit FormatError = "postal_item_id_check_digit"
	ErrPostalIndex            FormatError = "postal_index_format"
	ErrOperatorLogin          FormatError = "login_format"
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

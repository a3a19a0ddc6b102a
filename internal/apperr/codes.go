package apperr

// Code is the stable public name of an error. Once published it never changes
// its meaning and is never removed.
type Code string

// Errors of a whole request.
const (
	Internal              Code = "internal"
	ServiceUnavailable    Code = "service_unavailable"
	Busy                  Code = "busy"
	NotFound              Code = "not_found"
	MethodNotAllowed      Code = "method_not_allowed"
	MalformedJSON         Code = "malformed_json"
	BodyTooLarge          Code = "body_too_large"
	UnsupportedMediaType  Code = "unsupported_media_type"
	ValidationFailed      Code = "validation_failed"
	InvalidTransition     Code = "invalid_transition"
	RateLimited           Code = "rate_limited"
	IdempotencyKeyInvalid Code = "idempotency_key_invalid"
	IdempotencyKeyReused  Code = "idempotency_key_reused"
	IdempotencyKeyInUse   Code = "idempotency_key_in_use"
	OriginNotAllowed      Code = "origin_not_allowed"
	Unauthenticated       Code = "unauthenticated"
	FlowTokenInvalid      Code = "flow_token_invalid"
	AccessTokenInvalid    Code = "access_token_invalid"
	RefreshTokenInvalid   Code = "refresh_token_invalid"
	RefreshTokenReused    Code = "refresh_token_reused"
	CredentialsIncorrect  Code = "credentials_incorrect"
	SignInDelayed         Code = "sign_in_delayed"
	CodeIncorrect         Code = "code_incorrect"
	CodeExpired           Code = "code_expired"
	CodeExhausted         Code = "code_exhausted"
	CodeResendTooEarly    Code = "code_resend_too_early"
	TooManyAttempts       Code = "too_many_attempts"
	RegistrationExpired   Code = "registration_expired"
	RegistrationClosed    Code = "registration_closed"
	ContactTaken          Code = "contact_taken"
)

// Errors of single fields; they stand in the errors list of a validation_failed.
const (
	FieldRequired           Code = "required"
	FieldUnknown            Code = "unknown_field"
	FieldDuplicate          Code = "duplicate_field"
	FieldWrongType          Code = "wrong_type"
	FieldNotAllowed         Code = "not_allowed"
	FieldUnsupportedValue   Code = "unsupported_value"
	FieldExactlyOneOf       Code = "exactly_one_of"
	FieldTooLong            Code = "too_long"
	NameInvalid             Code = "name_invalid"
	NameMixedAlphabets      Code = "name_mixed_alphabets"
	PhoneInvalid            Code = "phone_invalid"
	PhoneNotMobile          Code = "phone_not_mobile"
	PhoneForeign            Code = "phone_foreign"
	EmailInvalid            Code = "email_invalid"
	CodeFormat              Code = "code_format"
	PasswordMismatch        Code = "password_mismatch"
	PasswordTooShort        Code = "password_too_short"
	PasswordTooLong         Code = "password_too_long"
	PasswordCommon          Code = "password_common"
	PasswordContainsContact Code = "password_contains_contact"
	PasswordContainsProduct Code = "password_contains_product"
	PasswordNotText         Code = "password_not_text"
	CursorInvalid           Code = "cursor_invalid"
)

package apperr

import "slices"

// Kind is what sort of failure a code is.
type Kind int

// The kinds.
const (
	KindInternal Kind = iota
	KindUnavailable
	KindMalformed
	KindInvalid
	KindTooLarge
	KindUnsupported
	KindUnauthenticated
	KindForbidden
	KindNotFound
	KindMethod
	KindConflict
	KindTooMany
	// KindField marks codes that only ever stand in the list of fields.
	KindField
)

// Catalogue is every code with its kind, in a stable order.
func Catalogue() []Entry {
	return slices.Concat(requestEntries(), identityEntries(), payerEntries(), fieldEntries(), identEntries())
}

// requestEntries are the errors of a whole request.
func requestEntries() []Entry {
	return []Entry{
		{Internal, KindInternal},
		{ServiceUnavailable, KindUnavailable},
		{Busy, KindUnavailable},
		{NotFound, KindNotFound},
		{MethodNotAllowed, KindMethod},
		{MalformedJSON, KindMalformed},
		{BodyTooLarge, KindTooLarge},
		{UnsupportedMediaType, KindUnsupported},
		{ValidationFailed, KindInvalid},
		{InvalidTransition, KindConflict},
		{RateLimited, KindTooMany},
		{IdempotencyKeyInvalid, KindMalformed},
		{IdempotencyKeyReused, KindInvalid},
		{IdempotencyKeyInUse, KindConflict},
		{OriginNotAllowed, KindForbidden},
		{Unauthenticated, KindUnauthenticated},
		{FlowTokenInvalid, KindUnauthenticated},
		{AccessTokenInvalid, KindUnauthenticated},
		{RefreshTokenInvalid, KindUnauthenticated},
		{RefreshTokenReused, KindUnauthenticated},
		{CredentialsIncorrect, KindUnauthenticated},
		{SignInDelayed, KindTooMany},
		{CodeIncorrect, KindInvalid},
		{CodeExpired, KindInvalid},
		{CodeExhausted, KindInvalid},
		{CodeResendTooEarly, KindTooMany},
		{TooManyAttempts, KindTooMany},
		{RegistrationExpired, KindConflict},
		{RegistrationClosed, KindConflict},
		{ContactTaken, KindConflict},
		{CalendarYearUnknown, KindUnavailable},
		{VerificationRejected, KindConflict},
	}
}

// identityEntries are the errors of confirming identities and of those who do.
func identityEntries() []Entry {
	return []Entry{
		{Forbidden, KindForbidden},
		{PlaceNotAssigned, KindForbidden},
		{OwnAccount, KindForbidden},
		{SecondPersonRequired, KindForbidden},
		{AccountSuspended, KindForbidden},
		{AccountFrozen, KindForbidden},
		{ReauthenticationNeeded, KindForbidden},
		{LetterUnderWay, KindConflict},
		{IdentityNotVerified, KindConflict},
		{IdentityConfirmed, KindConflict},
		{IdentityOnHold, KindConflict},
		{MethodNotAvailable, KindConflict},
		{ConfirmationOpen, KindConflict},
		{LetterTooEarly, KindTooMany},
		{LetterNotPosted, KindConflict},
		{DocumentMismatch, KindInvalid},
		{NothingToPrint, KindConflict},
		{CarrierMissing, KindConflict},
		{EnrolmentInvalid, KindUnauthenticated},
		{DisputeTokenInvalid, KindInvalid},
		{LoginTaken, KindConflict},
		{OperatorExists, KindConflict},
		{PersonRegistered, KindConflict},
		{LetterCodeFormat, KindField},
		{VisitCodeFormat, KindField},
		{OTPFormat, KindField},
		{LoginFormat, KindField},
		{ReasonInvalid, KindField},
		{DurationInvalid, KindField},
		{LetterNotInBatch, KindField},
		{TrackNumberTaken, KindField},
		{PlaceUnknown, KindField},
		{FieldMismatch, KindField},
		{MethodInPersonOnly, KindField},
		{MethodNotInRegion, KindField},
	}
}

// payerEntries are the errors of payers and their passwords.
func payerEntries() []Entry {
	return []Entry{
		{EmailNotConfirmed, KindConflict},
		{PayerNotFound, KindNotFound},
		{PayerOfOtherOffice, KindForbidden},
		{PayerLiquidated, KindConflict},
		{PayerConnected, KindConflict},
		{PayerNotConnected, KindConflict},
		{PasswordChangeRequired, KindForbidden},
		{TermsRequired, KindForbidden},
		{PayerNumberFormat, KindField},
		{ActivationCodeFormat, KindField},
		{ActivationCodeCheckDigit, KindField},
		{PasswordReused, KindField},
		{PasswordContainsNumber, KindField},
		{CurrentPasswordIncorrect, KindField},
		{AuthorityIncomplete, KindField},
	}
}

// fieldEntries are the errors of single fields.
func fieldEntries() []Entry {
	return []Entry{
		{FieldRequired, KindField},
		{FieldUnknown, KindField},
		{FieldDuplicate, KindField},
		{FieldWrongType, KindField},
		{FieldNotAllowed, KindField},
		{FieldUnsupportedValue, KindField},
		{FieldExactlyOneOf, KindField},
		{FieldTooLong, KindField},
		{NameInvalid, KindField},
		{NameMixedAlphabets, KindField},
		{PhoneInvalid, KindField},
		{PhoneNotMobile, KindField},
		{PhoneForeign, KindField},
		{EmailInvalid, KindField},
		{CodeFormat, KindField},
		{PasswordMismatch, KindField},
		{PasswordTooShort, KindField},
		{PasswordTooLong, KindField},
		{PasswordCommon, KindField},
		{PasswordContainsContact, KindField},
		{PasswordContainsProduct, KindField},
		{PasswordNotText, KindField},
		{CursorInvalid, KindField},
		{ConsentOutdated, KindField},
	}
}

// identEntries are the errors of numbers, documents and dates.
func identEntries() []Entry {
	return []Entry{
		{DateInvalid, KindField},
		{SNILSFormat, KindField},
		{SNILSCheckDigits, KindField},
		{INNFormat, KindField},
		{INNLength, KindField},
		{INNCheckDigits, KindField},
		{OGRNFormat, KindField},
		{OGRNLength, KindField},
		{OGRNCheckDigit, KindField},
		{KPPFormat, KindField},
		{PFRRegNumberFormat, KindField},
		{UnifiedRegNumberFormat, KindField},
		{OfficeCodeFormat, KindField},
		{PassportSeriesFormat, KindField},
		{PassportNumberFormat, KindField},
		{PassportIssuedInFuture, KindField},
		{PassportIssuedTooEarly, KindField},
		{DepartmentCodeFormat, KindField},
		{IssuedByInvalid, KindField},
		{BirthplaceInvalid, KindField},
		{AddressInvalid, KindField},
		{PostalItemIDFormat, KindField},
		{PostalItemIDCheckDigit, KindField},
		{PostalIndexFormat, KindField},
	}
}

// Entry is one row of the [Catalogue].
type Entry struct {
	Code Code
	Kind Kind
}

// Kind is the kind of c; a code that is not in the catalogue is internal.
func (c Code) Kind() Kind {
	for _, e := range Catalogue() {
		if e.Code == c {
			return e.Kind
		}
	}
	return KindInternal
}

package handler

import (
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// CounterRegistrationRequest is a person whose documents are on the counter.
// Exactly one of phone and email, and exactly one of patronymic and
// no_patronymic is given.
type CounterRegistrationRequest struct {
	// Phone is a Russian mobile number.
	Phone *string `json:"phone,omitempty" minLength:"1" maxLength:"40" example:"+79001234567"`
	Email *string `json:"email,omitempty" minLength:"1" maxLength:"254" example:"anna@example.org"`
	// Locale is the language that the person is written to in; by default that
	// of the request.
	Locale     *string `json:"locale,omitempty" enums:"ru,en" example:"ru"`
	FamilyName string  `json:"family_name" binding:"required" minLength:"1" maxLength:"120" example:"Синтетическая"`
	GivenName  string  `json:"given_name" binding:"required" minLength:"1" maxLength:"120" example:"Анна"`
	Patronymic *string `json:"patronymic,omitempty" minLength:"1" maxLength:"120" example:"Петровна"`
	// NoPatronymic says that the person has none.
	NoPatronymic *bool `json:"no_patronymic,omitempty" example:"false"`
	// BirthDate is YYYY-MM-DD.
	BirthDate  string `json:"birth_date" binding:"required" format:"date" example:"1984-05-17"`
	Gender     string `json:"gender" binding:"required" enums:"male,female" example:"female"`
	Birthplace string `json:"birthplace" binding:"required" minLength:"1" maxLength:"510" example:"гор. Калининград"`
	// SNILS is eleven digits, grouped or not.
	SNILS               string          `json:"snils" binding:"required" minLength:"1" maxLength:"40" example:"000-000-600 31"`
	Passport            PassportRequest `json:"passport" binding:"required"`
	RegistrationAddress AddressRequest  `json:"registration_address" binding:"required"`
	// ResidenceAddress is missing where it is the address of registration.
	ResidenceAddress *AddressRequest `json:"residence_address,omitempty"`
	// AcceptedConsentVersion is the version of /v1/terms/personal-data that the
	// person has signed on paper.
	AcceptedConsentVersion string `json:"accepted_consent_version" binding:"required" minLength:"1" maxLength:"32" example:"2026-11-01"`
} // @name CounterRegistrationRequest

func (in CounterRegistrationRequest) parse(
	wrong *fieldErrors, form domain.PersonalDataForm, acceptLanguage string,
) domain.WalkIn {
	data := PersonalDataRequest{
		FamilyName:             in.FamilyName,
		GivenName:              in.GivenName,
		Patronymic:             in.Patronymic,
		NoPatronymic:           in.NoPatronymic,
		BirthDate:              in.BirthDate,
		Gender:                 in.Gender,
		Birthplace:             in.Birthplace,
		SNILS:                  in.SNILS,
		Passport:               in.Passport,
		RegistrationAddress:    in.RegistrationAddress,
		ResidenceAddress:       in.ResidenceAddress,
		AcceptedConsentVersion: in.AcceptedConsentVersion,
	}
	return domain.WalkIn{
		Contact: parseContact(wrong, in.Phone, in.Email),
		Locale:  parseLocale(wrong, in.Locale, acceptLanguage),
		Data:    data.parse(wrong, form),
		Consent: form.Consent,
	}
}

// CounterRegistrationResponse is an account that was made at the counter.
type CounterRegistrationResponse struct {
	AccountID uuid.UUID `json:"account_id" binding:"required" format:"uuid" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	Level     string    `json:"level" binding:"required" enums:"confirmed" example:"confirmed"`
	Status    string    `json:"status" binding:"required" enums:"active" example:"active"`
	// Code is the code for the first sign-in that was sent.
	Code FirstCodeResponse `json:"code" binding:"required"`
	// NextActions names what can be done next.
	NextActions []string `json:"next_actions" binding:"required" example:"first_sign_in,send_first_sign_in_code"`
} // @name CounterRegistrationResponse

// FirstCodeRequest is another contact than the one that was typed wrongly at the
// registration. Neither of the two keeps it.
type FirstCodeRequest struct {
	// Phone is a Russian mobile number.
	Phone *string `json:"phone,omitempty" minLength:"1" maxLength:"40" example:"+79001234567"`
	Email *string `json:"email,omitempty" minLength:"1" maxLength:"254" example:"anna@example.org"`
} // @name FirstCodeRequest

// readOtherContact is the contact that the request names; zero where it names
// none.
func readOtherContact(c echo.Context) (contact ident.Contact, err error) {
	if emptyBody(c) {
		return contact, nil
	}
	var in FirstCodeRequest
	wrong, err := read(c, &in)
	if err != nil {
		return contact, err
	}
	if in.Phone != nil || in.Email != nil {
		contact = parseContact(wrong, in.Phone, in.Email)
	}
	return contact, wrong.err()
}

// FirstCodeResponse is what is known of the code for the first sign-in.
type FirstCodeResponse struct {
	AccountID uuid.UUID `json:"account_id" binding:"required" format:"uuid" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	// Contact is where it was sent, masked.
	Contact   string    `json:"contact" binding:"required" example:"+7 *** ***-**-67"`
	ExpiresAt time.Time `json:"expires_at" binding:"required" format:"date-time" example:"2026-11-05T09:00:00Z"`
	// ResendAt is when another code can be sent.
	ResendAt time.Time `json:"resend_at" binding:"required" format:"date-time" example:"2026-11-02T09:01:00Z"`
	// NextActions names what can be done next.
	NextActions []string `json:"next_actions" binding:"required" example:"first_sign_in,send_first_sign_in_code"`
} // @name FirstCodeResponse

func newFirstCode(f domain.FirstCode) FirstCodeResponse {
	return FirstCodeResponse{
		AccountID: f.AccountID, Contact: f.Contact.String(), ExpiresAt: f.ExpiresAt, ResendAt: f.ResendAt,
		NextActions: afterFirstCode(),
	}
}

func afterFirstCode() []string { return []string{"first_sign_in", "send_first_sign_in_code"} }

func firstCodeReply(f domain.FirstCode) reply {
	return reply{status: http.StatusCreated, body: newFirstCode(f)}
}

func walkedInReply(w domain.WalkedIn) reply {
	return reply{status: http.StatusCreated, body: CounterRegistrationResponse{
		AccountID:   w.Account.ID,
		Level:       string(w.Account.Level),
		Status:      string(w.Account.Status),
		Code:        newFirstCode(w.Code),
		NextActions: afterFirstCode(),
	}}
}

// FirstSignInRequest is a person who was registered at the counter.
type FirstSignInRequest struct {
	// Login is the phone or e-mail address given at the counter.
	Login string `json:"login" binding:"required" minLength:"1" maxLength:"254" example:"+79001234567"`
	// Code is ten characters; case, spaces and dashes are ignored.
	Code string `json:"code" binding:"required" minLength:"1" maxLength:"32" example:"7K3M9-QXWTA"`
	// Password has 12 to 128 characters of any kind.
	Password             string `json:"password" binding:"required" minLength:"12" maxLength:"128" format:"password" example:"horse radish lantern"`
	PasswordConfirmation string `json:"password_confirmation" binding:"required" maxLength:"128" format:"password" example:"horse radish lantern"`
	// Transport says how the tokens travel: in the body, or in cookies for
	// pages of an allowed origin.
	Transport *string `json:"transport,omitempty" enums:"body,cookie" example:"body"`
} // @name FirstSignInRequest

// maxFirstCode is the longest code that is looked at, in bytes.
const maxFirstCode = 128

func (in FirstSignInRequest) parse(wrong *fieldErrors) domain.FirstSignIn {
	requireText(wrong, "/code", in.Code, maxFirstCode)
	return domain.FirstSignIn{
		Login:        parseIdent(wrong, "/login", in.Login, ident.ParseLogin),
		Code:         in.Code,
		Password:     in.Password,
		Confirmation: in.PasswordConfirmation,
		Transport:    in.password().parse(wrong).Transport,
	}
}

func (in FirstSignInRequest) password() PasswordRequest {
	return PasswordRequest{Password: in.Password, PasswordConfirmation: in.PasswordConfirmation, Transport: in.Transport}
}

package handler

import (
	"errors"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/i18n"
	"example.org/kabinet/internal/ident"
)

// RegistrationRequest is who wants to register. Exactly one of phone and email
// is given.
type RegistrationRequest struct {
	FamilyName string `json:"family_name" binding:"required" minLength:"1" maxLength:"60" example:"Синтетическая"`
	GivenName  string `json:"given_name" binding:"required" minLength:"1" maxLength:"60" example:"Анна"`
	// Phone is a Russian mobile number, with +7, 7 or 8 in front or as ten digits.
	Phone *string `json:"phone,omitempty" minLength:"1" maxLength:"40" example:"+79001234567"`
	Email *string `json:"email,omitempty" minLength:"1" maxLength:"254" example:"anna@example.org"`
	// Locale is the language that the person is written to in; by default that
	// of the request.
	Locale *string `json:"locale,omitempty" enums:"ru,en" example:"ru"`
} // @name RegistrationRequest

func (in RegistrationRequest) parse(wrong *fieldErrors, acceptLanguage string) domain.RegistrationStart {
	return domain.RegistrationStart{
		FamilyName: parseName(wrong, "/family_name", in.FamilyName),
		GivenName:  parseName(wrong, "/given_name", in.GivenName),
		Contact:    parseContact(wrong, in.Phone, in.Email),
		Locale:     parseLocale(wrong, in.Locale, acceptLanguage),
	}
}

func parseName(wrong *fieldErrors, pointer, text string) ident.Name {
	if strings.TrimSpace(text) == "" {
		wrong.add(pointer, apperr.FieldRequired)
		return ident.Name{}
	}
	name, err := ident.ParseName(text)
	wrong.addIdent(pointer, err)
	return name
}

func parseContact(wrong *fieldErrors, phone, email *string) ident.Contact {
	switch {
	case phone != nil && email != nil:
		wrong.add("/phone", apperr.FieldExactlyOneOf)
		wrong.add("/email", apperr.FieldExactlyOneOf)
		return ident.Contact{}
	case phone != nil:
		c, err := ident.ParseContact(ident.ContactPhone, *phone)
		wrong.addIdent("/phone", err)
		return c
	case email != nil:
		c, err := ident.ParseContact(ident.ContactEmail, *email)
		wrong.addIdent("/email", err)
		return c
	default:
		if !wrong.has("/phone") && !wrong.has("/email") {
			wrong.add("/phone", apperr.FieldExactlyOneOf)
		}
		return ident.Contact{}
	}
}

func parseLocale(wrong *fieldErrors, text *string, acceptLanguage string) domain.Locale {
	if text == nil {
		return domain.Locale(i18n.Match(acceptLanguage))
	}
	switch l := domain.Locale(*text); l {
	case domain.LocaleRussian, domain.LocaleEnglish:
		return l
	default:
		wrong.add("/locale", apperr.FieldUnsupportedValue)
		return ""
	}
}

// addIdent adds what a parser of package ident said; nil adds nothing.
func (f *fieldErrors) addIdent(pointer string, err error) {
	if invalid, ok := errors.AsType[ident.FormatError](err); ok {
		f.add(pointer, apperr.Code(invalid))
	}
}

// CodeRequest is a confirmation code.
type CodeRequest struct {
	// Code is six digits; spaces and dashes are ignored.
	Code string `json:"code" binding:"required" minLength:"1" maxLength:"32" example:"271828"`
} // @name CodeRequest

func (in CodeRequest) parse(wrong *fieldErrors) string {
	const maxTyped = 32
	code := strings.NewReplacer(" ", "", "-", "", "\u00a0", "").Replace(in.Code)
	switch {
	case utf8.RuneCountInString(in.Code) > maxTyped:
		wrong.add("/code", apperr.CodeFormat)
	case code == "":
		wrong.add("/code", apperr.FieldRequired)
	case len(code) != domain.CodeDigits || strings.Trim(code, "0123456789") != "":
		wrong.add("/code", apperr.CodeFormat)
	}
	return code
}

// PasswordRequest is a new password, typed twice.
type PasswordRequest struct {
	// Password has 12 to 128 characters of any kind.
	Password             string `json:"password" binding:"required" minLength:"12" maxLength:"128" format:"password" example:"horse radish lantern"`
	PasswordConfirmation string `json:"password_confirmation" binding:"required" maxLength:"128" format:"password" example:"horse radish lantern"`
	// Transport says how the tokens travel: in the body, or in cookies for
	// pages of an allowed origin.
	Transport *string `json:"transport,omitempty" enums:"body,cookie" example:"body"`
} // @name PasswordRequest

func (in PasswordRequest) parse(wrong *fieldErrors) domain.PasswordChoice {
	if in.Password == "" {
		wrong.add("/password", apperr.FieldRequired)
	}
	if in.PasswordConfirmation == "" {
		wrong.add("/password_confirmation", apperr.FieldRequired)
	}
	return domain.PasswordChoice{
		Password:     in.Password,
		Confirmation: in.PasswordConfirmation,
		Transport:    parseTransport(wrong, in.Transport),
	}
}

// EmptyRequest has no fields.
type EmptyRequest struct{} // @name EmptyRequest

// RegistrationResponse is a registration.
type RegistrationResponse struct {
	ID     uuid.UUID `json:"id" binding:"required" format:"uuid" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	Status string    `json:"status" binding:"required" enums:"code_sent,contact_confirmed,completed,expired,closed" example:"code_sent"`
	// Contact is where the code was sent, masked.
	Contact string `json:"contact" binding:"required" example:"+7 *** ***-**-67"`
	// Code is the code that was sent last, while one can be entered.
	Code      *CodeState `json:"code,omitempty"`
	CreatedAt time.Time  `json:"created_at" binding:"required" format:"date-time" example:"2026-11-02T09:00:00Z"`
	ExpiresAt time.Time  `json:"expires_at" binding:"required" format:"date-time" example:"2026-11-03T09:00:00Z"`
	// NextActions names what can be done next.
	NextActions []string `json:"next_actions" binding:"required" example:"confirm_contact,resend_code"`
	// FlowToken is the right to the later steps; only the first answer has it.
	FlowToken string `json:"flow_token,omitempty" example:"pZ2u3s9xC1m0w7kQ5v8yB4n6a1d3f5g7h9j0l2k4i6o"`
} // @name RegistrationResponse

// CodeState is what is known of a code without the code.
type CodeState struct {
	Length    int       `json:"length" binding:"required" example:"6"`
	ExpiresAt time.Time `json:"expires_at" binding:"required" format:"date-time" example:"2026-11-02T09:10:00Z"`
	// ResendAt is when another code can be asked for.
	ResendAt time.Time `json:"resend_at" binding:"required" format:"date-time" example:"2026-11-02T09:01:00Z"`
	// AttemptsLeft is how many more codes will be compared.
	AttemptsLeft int `json:"attempts_left" binding:"required" minimum:"0" example:"5"`
} // @name CodeState

func newRegistrationResponse(f domain.RegistrationFlow) RegistrationResponse {
	r := f.Registration
	out := RegistrationResponse{
		ID:          r.ID,
		Status:      string(r.Status),
		Contact:     r.Contact.String(),
		CreatedAt:   r.CreatedAt,
		ExpiresAt:   r.ExpiresAt,
		NextActions: r.Status.NextActions(),
		FlowToken:   f.Token,
	}
	if r.Status == domain.RegistrationCodeSent {
		if f.Challenge.Status.Turn() == domain.TurnNobody {
			out.NextActions = []string{"resend_code"}
		}
		out.Code = &CodeState{
			Length:       domain.CodeDigits,
			ExpiresAt:    f.Challenge.ExpiresAt,
			ResendAt:     f.Challenge.ResendAt,
			AttemptsLeft: f.Challenge.AttemptsLeft,
		}
	}
	return out
}

func flowReply(status int) func(domain.RegistrationFlow) reply {
	return func(f domain.RegistrationFlow) reply {
		return reply{status: status, header: quotaHeader(f.Quota), body: newRegistrationResponse(f)}
	}
}

func startedReply(f domain.RegistrationFlow) reply {
	r := flowReply(http.StatusCreated)(f)
	r.header.Set(echo.HeaderLocation, "/v1/registrations/"+f.Registration.ID.String())
	return r
}

package handler

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// PayerApplicationRequest is somebody who wants a payer connected.
type PayerApplicationRequest struct {
	// RegistrationNumber is that of the Pension Fund (twelve digits, 3-3-6) or the
	// unified one (ten digits).
	RegistrationNumber string `json:"registration_number" binding:"required" minLength:"1" maxLength:"40" example:"087-214-000001"`
	INN                string `json:"inn" binding:"required" minLength:"1" maxLength:"40" example:"6732028037"`
	Email              string `json:"email" binding:"required" minLength:"1" maxLength:"254" example:"buh@example.org"`
	// DeliveryMethod is how the activation code shall come: as an electronic
	// document, for payers with an agreement on it; by registered letter to the
	// address in the register; or as a registration card at the payer's office.
	DeliveryMethod string `json:"delivery_method" binding:"required" enums:"edo,registered_mail,in_person" example:"edo"`
	// Locale is the language that the applicant is written to in; by default that
	// of the request.
	Locale *string `json:"locale,omitempty" enums:"ru,en" example:"ru"`
} // @name PayerApplicationRequest

func (in PayerApplicationRequest) parse(wrong *fieldErrors, acceptLanguage string) domain.PayerApplicationRequest {
	return domain.PayerApplicationRequest{
		Number: parsePayerNumber(wrong, in.RegistrationNumber),
		INN:    parseIdent(wrong, "/inn", in.INN, ident.ParseINN),
		Email:  parseEmail(wrong, in.Email),
		Method: parseDeliveryMethod(wrong, in.DeliveryMethod),
		Locale: parseLocale(wrong, in.Locale, acceptLanguage),
	}
}

// parsePayerNumber reads either number of a payer.
func parsePayerNumber(wrong *fieldErrors, text string) domain.PayerNumber {
	const pointer = "/registration_number"
	if strings.TrimSpace(text) == "" {
		wrong.add(pointer, apperr.FieldRequired)
		return domain.PayerNumber{}
	}
	n, err := domain.ParsePayerNumber(text)
	if err != nil {
		wrong.add(pointer, apperr.PayerNumberFormat)
	}
	return n
}

func parseDeliveryMethod(wrong *fieldErrors, text string) domain.DeliveryMethod {
	m := domain.DeliveryMethod(text)
	switch {
	case text == "":
		wrong.add("/delivery_method", apperr.FieldRequired)
	case !slices.Contains(domain.DeliveryMethods(), m):
		wrong.add("/delivery_method", apperr.FieldUnsupportedValue)
	}
	return m
}

// DeliveryMethodRequest is another way for the activation code.
type DeliveryMethodRequest struct {
	DeliveryMethod string `json:"delivery_method" binding:"required" enums:"edo,registered_mail,in_person" example:"registered_mail"`
} // @name DeliveryMethodRequest

// PayerApplicationResponse is an application.
type PayerApplicationResponse struct {
	ID     uuid.UUID `json:"id" binding:"required" format:"uuid" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	Status string    `json:"status" binding:"required" enums:"submitted,identified,code_preparing,sent,method_required,office_visit,activated,closed,expired,superseded" example:"submitted"`
	// RegistrationNumber is the number as it was typed, in its usual spelling.
	RegistrationNumber string `json:"registration_number" binding:"required" maxLength:"14" example:"087-214-000001"`
	// Email is the applicant's address, masked.
	Email          string                `json:"email" binding:"required" maxLength:"254" example:"b***@example.org"`
	EmailConfirmed bool                  `json:"email_confirmed" binding:"required" example:"false"`
	Delivery       PayerDeliveryResponse `json:"delivery" binding:"required"`
	// Office is the office at the payer's place of registration, as far as the
	// number tells; it is there for the way in_person.
	Office *ServiceCentreResponse `json:"office,omitempty"`
	// Code is the code for the e-mail address that was sent last, while one can be
	// entered.
	Code      *CodeState `json:"code,omitempty"`
	CreatedAt time.Time  `json:"created_at" binding:"required" format:"date-time" example:"2026-11-02T09:00:00Z"`
	ExpiresAt time.Time  `json:"expires_at" binding:"required" format:"date-time" example:"2026-12-02T09:00:00Z"`
	// NextActions names what can be done next.
	NextActions []string `json:"next_actions" binding:"required" example:"wait_for_code,confirm_email,resend_code"`
	// FlowToken is the right to the later steps; only the first answer has it.
	FlowToken string `json:"flow_token,omitempty" example:"pZ2u3s9xC1m0w7kQ5v8yB4n6a1d3f5g7h9j0l2k4i6o"`
} // @name PayerApplicationResponse

// PayerDeliveryResponse is how the activation code comes.
type PayerDeliveryResponse struct {
	Method string `json:"method" binding:"required" enums:"edo,registered_mail,in_person" example:"edo"`
	// FiledOn is the day of the application in the payer's region, and DueOn the
	// last of the working days within which the code leaves.
	FiledOn string `json:"filed_on" binding:"required" format:"date" example:"2026-11-02"`
	DueOn   string `json:"due_on" binding:"required" format:"date" example:"2026-11-10"`
	// SentAt is when the code left; null before.
	SentAt *time.Time `json:"sent_at" binding:"required" extensions:"x-nullable" format:"date-time" example:"2026-11-03T09:00:00Z"`
} // @name PayerDeliveryResponse

func newPayerApplication(f domain.PayerApplicationFlow) PayerApplicationResponse {
	a := f.Application
	out := PayerApplicationResponse{
		ID:                 a.ID,
		Status:             string(a.Seen()),
		RegistrationNumber: a.Number.Formatted(),
		Email:              a.Email.String(),
		EmailConfirmed:     !a.EmailConfirmedAt.IsZero(),
		Delivery: PayerDeliveryResponse{
			Method: string(a.Method), FiledOn: a.Term.FiledOn.ISO(), DueOn: a.Term.DueOn.ISO(), SentAt: timeOrNull(a.SentAt),
		},
		CreatedAt:   a.CreatedAt,
		ExpiresAt:   a.ExpiresAt,
		NextActions: a.NextActions(),
		FlowToken:   f.Token,
	}
	if a.Method == domain.DeliverInPerson && f.Office != nil {
		office := newCentreResponse(domain.FoundCentre{ServiceCentre: *f.Office})
		out.Office = &office
	}
	if slices.Contains(out.NextActions, "confirm_email") {
		out.Code = &CodeState{
			Length:       domain.CodeDigits,
			ExpiresAt:    f.Challenge.ExpiresAt,
			ResendAt:     f.Challenge.ResendAt,
			AttemptsLeft: f.Challenge.AttemptsLeft,
		}
	}
	return out
}

// timeOrNull is null for no time.
func timeOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func applicationReply(status int) func(domain.PayerApplicationFlow) reply {
	return func(f domain.PayerApplicationFlow) reply {
		return reply{status: status, header: quotaHeader(f.Quota), body: newPayerApplication(f)}
	}
}

func filedReply(f domain.PayerApplicationFlow) reply {
	r := applicationReply(http.StatusCreated)(f)
	r.header.Set(echo.HeaderLocation, "/v1/payer-applications/"+f.Application.ID.String())
	return r
}

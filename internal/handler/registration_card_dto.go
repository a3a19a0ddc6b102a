package handler

import (
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// PayerSearchRequest is the payer that an operator looks for.
type PayerSearchRequest struct {
	// RegistrationNumber is that of the Pension Fund or the unified one.
	RegistrationNumber string `json:"registration_number" binding:"required" minLength:"1" maxLength:"40" example:"087-214-000001"`
} // @name PayerSearchRequest

// PayerFoundResponse is a payer as an operator of the payer's office sees it.
type PayerFoundResponse struct {
	RegistrationNumber string  `json:"registration_number" binding:"required" maxLength:"14" example:"087-214-000001"`
	UnifiedNumber      *string `json:"unified_number" binding:"required" extensions:"x-nullable" maxLength:"10" example:"6700000001"`
	INN                string  `json:"inn" binding:"required" maxLength:"12" example:"6732028037"`
	KPP                *string `json:"kpp" binding:"required" extensions:"x-nullable" maxLength:"9" example:"673201001"`
	OGRN               string  `json:"ogrn" binding:"required" maxLength:"15" example:"1116732014673"`
	Name               string  `json:"name" binding:"required" maxLength:"500" example:"ООО «Пример»"`
	// Address is that of the extract from EGRUL or EGRIP.
	Address string `json:"address" binding:"required" maxLength:"1600" example:"214000, Смоленская область, Смоленск, ул. Учебная, д. 1"`
	State   string `json:"state" binding:"required" enums:"active,liquidated" example:"active"`
	// Connected tells whether the payer has chosen a password.
	Connected      bool                         `json:"connected" binding:"required" example:"false"`
	PasswordStatus string                       `json:"password_status" binding:"required" enums:"none,initial,must_change,active,expiring,expired,revoked" example:"none"`
	Applications   []PayerApplicationOfResponse `json:"applications" binding:"required"`
	// NextActions names what can be done next.
	NextActions []string `json:"next_actions" binding:"required" example:"issue_card"`
} // @name PayerFoundResponse

// PayerApplicationOfResponse is an open application of a payer.
type PayerApplicationOfResponse struct {
	ID      uuid.UUID `json:"id" binding:"required" format:"uuid" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	Status  string    `json:"status" binding:"required" enums:"submitted,identified,code_preparing,sent,method_required,office_visit" example:"office_visit"`
	Method  string    `json:"method" binding:"required" enums:"edo,registered_mail,in_person" example:"in_person"`
	FiledOn string    `json:"filed_on" binding:"required" format:"date" example:"2026-11-02"`
	DueOn   string    `json:"due_on" binding:"required" format:"date" example:"2026-11-10"`
	// BreachedAt is when the term had passed without a code; null while it has not.
	BreachedAt *time.Time `json:"breached_at" binding:"required" extensions:"x-nullable" format:"date-time" example:"2026-11-11T00:00:00Z"`
} // @name PayerApplicationOfResponse

func payerFoundReply(f domain.PayerFound) reply {
	out := PayerFoundResponse{
		RegistrationNumber: f.Payer.Number.Formatted(),
		UnifiedNumber:      orNull(f.Payer.Unified.Digits()),
		INN:                f.Payer.INN.Digits(),
		KPP:                orNull(f.Payer.KPP.Text()),
		OGRN:               f.Payer.OGRN.Digits(),
		Name:               f.Payer.Name,
		Address:            f.Payer.Address.Text(),
		State:              string(f.Payer.State),
		Connected:          f.Connected,
		PasswordStatus:     string(f.Credential),
		Applications:       []PayerApplicationOfResponse{},
		NextActions:        f.NextActions(),
	}
	for _, a := range f.Applications {
		out.Applications = append(out.Applications, PayerApplicationOfResponse{
			ID: a.ID, Status: string(a.Status), Method: string(a.Method), FiledOn: a.Term.FiledOn.ISO(),
			DueOn: a.Term.DueOn.ISO(), BreachedAt: timeOrNull(a.BreachedAt),
		})
	}
	return reply{status: http.StatusOK, body: out}
}

// RegistrationCardRequest is a payer and who came for the card.
type RegistrationCardRequest struct {
	// RegistrationNumber is that of the Pension Fund or the unified one.
	RegistrationNumber string `json:"registration_number" binding:"required" minLength:"1" maxLength:"40" example:"087-214-000001"`
	// Purpose is what the card is for: it is refused if the payer is connected
	// meanwhile, or is not.
	Purpose   string               `json:"purpose" binding:"required" enums:"connection,lost_password" example:"lost_password"`
	Visitor   CardVisitorRequest   `json:"visitor" binding:"required"`
	Authority CardAuthorityRequest `json:"authority" binding:"required"`
	// Email is where the payer wants to be written to from now on; missing to keep
	// what is on file.
	Email *string `json:"email,omitempty" minLength:"1" maxLength:"254" example:"buh@example.org"`
} // @name RegistrationCardRequest

// CardVisitorRequest is who came for a card, as the passport on the counter says.
// Exactly one of patronymic and no_patronymic is given.
type CardVisitorRequest struct {
	FamilyName string  `json:"family_name" binding:"required" minLength:"1" maxLength:"60" example:"Синтетический"`
	GivenName  string  `json:"given_name" binding:"required" minLength:"1" maxLength:"60" example:"Пётр"`
	Patronymic *string `json:"patronymic,omitempty" minLength:"1" maxLength:"60" example:"Иванович"`
	// NoPatronymic says that the visitor has none.
	NoPatronymic *bool  `json:"no_patronymic,omitempty" example:"false"`
	Series       string `json:"passport_series" binding:"required" minLength:"1" maxLength:"20" example:"6614"`
	Number       string `json:"passport_number" binding:"required" minLength:"1" maxLength:"20" example:"000600"`
} // @name CardVisitorRequest

// CardAuthorityRequest is by what right the visitor acts for the payer. A power of
// attorney has a number and a date.
type CardAuthorityRequest struct {
	Kind   string  `json:"kind" binding:"required" enums:"head,sole_trader,power_of_attorney" example:"power_of_attorney"`
	Number *string `json:"number,omitempty" minLength:"1" maxLength:"100" example:"17/2026"`
	// IssuedOn is YYYY-MM-DD.
	IssuedOn *string `json:"issued_on,omitempty" format:"date" example:"2026-09-01"`
} // @name CardAuthorityRequest

func (in RegistrationCardRequest) parse(wrong *fieldErrors, today ident.Date) domain.CardOrder {
	out := domain.CardOrder{
		Number:  parsePayerNumber(wrong, in.RegistrationNumber),
		Purpose: domain.CardPurpose(in.Purpose),
		Visitor: in.Visitor.parse(wrong),
	}
	if !slices.Contains(domain.CardPurposes(), out.Purpose) {
		code := apperr.FieldUnsupportedValue
		if in.Purpose == "" {
			code = apperr.FieldRequired
		}
		wrong.add("/purpose", code)
	}
	in.Authority.parse(wrong, today, &out.Visitor)
	if in.Email != nil {
		out.Email = parseEmail(wrong, *in.Email)
	}
	return out
}

func (in CardVisitorRequest) parse(wrong *fieldErrors) (v domain.CardVisitor) {
	text := ""
	if in.Patronymic != nil {
		text = *in.Patronymic
	}
	patronymic, err := ident.ParsePatronymic(text, in.NoPatronymic != nil && *in.NoPatronymic)
	wrong.addIdent("/visitor/patronymic", err)
	return domain.CardVisitor{
		FamilyName: parseName(wrong, "/visitor/family_name", in.FamilyName),
		GivenName:  parseName(wrong, "/visitor/given_name", in.GivenName),
		Patronymic: patronymic,
		Series:     parseIdent(wrong, "/visitor/passport_series", in.Series, ident.ParsePassportSeries),
		Number:     parseIdent(wrong, "/visitor/passport_number", in.Number, ident.ParsePassportNumber),
	}
}

// maxAuthorityNumber is the longest number of a paper, in characters.
const maxAuthorityNumber = 100

func (in CardAuthorityRequest) parse(wrong *fieldErrors, today ident.Date, v *domain.CardVisitor) {
	v.Authority = domain.AuthorityKind(in.Kind)
	if !slices.Contains(domain.AuthorityKinds(), v.Authority) {
		code := apperr.FieldUnsupportedValue
		if in.Kind == "" {
			code = apperr.FieldRequired
		}
		wrong.add("/authority/kind", code)
	}
	if in.Number != nil {
		v.AuthorityNumber = strings.TrimSpace(*in.Number)
		invisible := strings.ContainsFunc(v.AuthorityNumber, func(r rune) bool { return !unicode.IsPrint(r) })
		if invisible || v.AuthorityNumber == "" || utf8.RuneCountInString(v.AuthorityNumber) > maxAuthorityNumber {
			wrong.add("/authority/number", apperr.ReasonInvalid)
		}
	}
	if in.IssuedOn != nil {
		v.AuthorityOn = parseIdent(wrong, "/authority/issued_on", *in.IssuedOn, ident.ParseDate)
		if v.AuthorityOn.After(today) {
			wrong.add("/authority/issued_on", apperr.DateInvalid)
		}
	}
	if v.Authority == domain.AuthorityAttorney && (in.Number == nil || in.IssuedOn == nil) {
		wrong.add("/authority", apperr.AuthorityIncomplete)
	}
}

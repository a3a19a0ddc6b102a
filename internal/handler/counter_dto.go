package handler

import (
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

// AccountSearchRequest is what to look for an account by. Exactly one is given.
type AccountSearchRequest struct {
	// VisitCode is eight characters, or what its picture holds.
	VisitCode *string `json:"visit_code,omitempty" minLength:"1" maxLength:"64" example:"7K3M-9QXW"`
	// SNILS is eleven digits, grouped or not.
	SNILS *string `json:"snils,omitempty" minLength:"1" maxLength:"40" example:"000-000-600 31"`
	Phone *string `json:"phone,omitempty" minLength:"1" maxLength:"40" example:"+79001234567"`
	Email *string `json:"email,omitempty" minLength:"1" maxLength:"254" example:"anna@example.org"`
} // @name AccountSearchRequest

func (in AccountSearchRequest) parse(wrong *fieldErrors) (search domain.AccountSearch) {
	keys := []struct {
		by   domain.SearchKey
		text *string
	}{
		{domain.SearchByVisitCode, in.VisitCode},
		{domain.SearchBySNILS, in.SNILS},
		{domain.SearchByPhone, in.Phone},
		{domain.SearchByEmail, in.Email},
	}
	given := slices.DeleteFunc(slices.Clone(keys), func(key struct {
		by   domain.SearchKey
		text *string
	},
	) bool {
		return key.text == nil
	})
	if len(given) != 1 {
		for _, key := range keys {
			if key.text != nil || len(given) == 0 {
				wrong.add("/"+string(key.by), apperr.FieldExactlyOneOf)
			}
		}
		return search
	}
	search.By = given[0].by
	switch search.By {
	case domain.SearchByVisitCode:
		search.VisitCode = *in.VisitCode
		requireText(wrong, "/visit_code", search.VisitCode, maxVisitCode)
	case domain.SearchBySNILS:
		search.SNILS = parseIdent(wrong, "/snils", *in.SNILS, ident.ParseSNILS)
	case domain.SearchByPhone, domain.SearchByEmail:
		search.Contact = parseContact(wrong, in.Phone, in.Email)
	}
	return search
}

// maxVisitCode is the longest visit code that is looked at, in bytes.
const maxVisitCode = 256

// AccountSearchResponse is the accounts found.
type AccountSearchResponse struct {
	Items []AccountFoundResponse `json:"items" binding:"required"`
} // @name AccountSearchResponse

// AccountFoundResponse is an account as an operator at the counter sees it.
type AccountFoundResponse struct {
	ID         uuid.UUID `json:"id" binding:"required" format:"uuid" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	FamilyName string    `json:"family_name" binding:"required" maxLength:"60" example:"Синтетическая"`
	GivenName  string    `json:"given_name" binding:"required" maxLength:"60" example:"Анна"`
	Patronymic string    `json:"patronymic,omitempty" maxLength:"60" example:"Петровна"`
	// BirthDate is masked to its year; missing where there are no data yet.
	BirthDate string `json:"birth_date,omitempty" maxLength:"10" example:"1984***"`
	Level     string `json:"level" binding:"required" enums:"simplified,standard,confirmed" example:"standard"`
	Status    string `json:"status" binding:"required" enums:"active,suspended,deceased" example:"active"`
	// VerificationStatus is the state of the check of the person's data; missing
	// where there are none yet.
	VerificationStatus string `json:"verification_status,omitempty" enums:"checking,waiting_registry,passed,needs_correction,rejected,on_hold,manual_review,superseded,expired" example:"passed"`
	// OpenVisit is the visit that the person has asked for.
	OpenVisit *OpenVisitResponse `json:"open_visit,omitempty"`
	// NextActions names what can be done next.
	NextActions []string `json:"next_actions" binding:"required" example:"confirm_identity,refuse_identity"`
} // @name AccountFoundResponse

// OpenVisitResponse is a visit that a person has asked for.
type OpenVisitResponse struct {
	ID        uuid.UUID `json:"id" binding:"required" format:"uuid" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	Method    string    `json:"method" binding:"required" enums:"service_centre,fund_office" example:"service_centre"`
	ExpiresAt time.Time `json:"expires_at" binding:"required" format:"date-time" example:"2026-12-02T09:00:00Z"`
} // @name OpenVisitResponse

func newAccountFound(f domain.AccountFound) AccountFoundResponse {
	out := AccountFoundResponse{
		ID:                 f.Account.ID,
		FamilyName:         f.Account.FamilyName.Text(),
		GivenName:          f.Account.GivenName.Text(),
		Patronymic:         f.Patronymic.Text(),
		BirthDate:          f.BirthDate.String(),
		Level:              string(f.Account.Level),
		Status:             string(f.Account.Status),
		VerificationStatus: string(f.Account.Verification),
		NextActions:        f.NextActions(),
	}
	if f.Visit != nil {
		out.OpenVisit = &OpenVisitResponse{ID: f.Visit.ID, Method: string(f.Visit.Method), ExpiresAt: f.Visit.ExpiresAt}
	}
	return out
}

// IdentityDecisionRequest is the document on the counter, as the operator reads
// it.
type IdentityDecisionRequest struct {
	Passport   SeenPassportRequest `json:"passport" binding:"required"`
	FamilyName string              `json:"family_name" binding:"required" minLength:"1" maxLength:"120" example:"Синтетическая"`
	GivenName  string              `json:"given_name" binding:"required" minLength:"1" maxLength:"120" example:"Анна"`
	// Patronymic is missing where the document has none.
	Patronymic *string `json:"patronymic,omitempty" minLength:"1" maxLength:"120" example:"Петровна"`
	// BirthDate is YYYY-MM-DD.
	BirthDate string `json:"birth_date" binding:"required" format:"date" example:"1984-05-17"`
} // @name IdentityDecisionRequest

// SeenPassportRequest is the numbers of a passport.
type SeenPassportRequest struct {
	Series         string `json:"series" binding:"required" minLength:"1" maxLength:"40" example:"2714"`
	Number         string `json:"number" binding:"required" minLength:"1" maxLength:"40" example:"000600"`
	IssueDate      string `json:"issue_date" binding:"required" format:"date" example:"2014-06-02"`
	DepartmentCode string `json:"department_code" binding:"required" minLength:"1" maxLength:"40" example:"390-001"`
} // @name SeenPassportRequest

func (in IdentityDecisionRequest) parse(wrong *fieldErrors, today ident.Date) domain.DocumentSeen {
	seen := domain.DocumentSeen{
		Series:     parseIdent(wrong, "/passport/series", in.Passport.Series, ident.ParsePassportSeries),
		Number:     parseIdent(wrong, "/passport/number", in.Passport.Number, ident.ParsePassportNumber),
		Issued:     parseIdent(wrong, "/passport/issue_date", in.Passport.IssueDate, ident.ParseDate),
		Department: parseIdent(wrong, "/passport/department_code", in.Passport.DepartmentCode, ident.ParseDepartmentCode),
		FamilyName: parseName(wrong, "/family_name", in.FamilyName),
		GivenName:  parseName(wrong, "/given_name", in.GivenName),
		Patronymic: PersonalDataRequest{Patronymic: in.Patronymic, NoPatronymic: new(in.Patronymic == nil)}.patronymic(wrong),
		BirthDate:  parseIdent(wrong, "/birth_date", in.BirthDate, ident.ParseDate),
	}
	if !seen.Issued.IsZero() && seen.Issued.After(today) {
		wrong.add("/passport/issue_date", apperr.PassportIssuedInFuture)
	}
	return seen
}

// IdentityRefusalRequest is why an identity was not confirmed.
type IdentityRefusalRequest struct {
	Reason string `json:"reason" binding:"required" enums:"document_invalid,data_differ,not_the_holder,no_document" example:"data_differ"`
	// Note is for other operators; the person does not see it.
	Note *string `json:"note,omitempty" minLength:"3" maxLength:"500" example:"Фамилия изменена после брака"`
} // @name IdentityRefusalRequest

func (in IdentityRefusalRequest) parse(wrong *fieldErrors) (refusal domain.InPersonRefusal) {
	refusal.Reason = domain.RefusalReason(in.Reason)
	switch {
	case in.Reason == "":
		wrong.add("/reason", apperr.FieldRequired)
	case !slices.Contains(domain.RefusalReasons(), refusal.Reason):
		wrong.add("/reason", apperr.FieldUnsupportedValue)
	}
	if in.Note != nil {
		refusal.Note = parseReason(wrong, "/note", *in.Note)
	}
	return refusal
}

// parseReason reads an operator's words: printable text of a bounded length.
func parseReason(wrong *fieldErrors, pointer, text string) string {
	reason := strings.TrimSpace(text)
	length := utf8.RuneCountInString(reason)
	unprintable := func(r rune) bool { return !unicode.IsPrint(r) && r != '\n' }
	switch {
	case reason == "":
		wrong.add(pointer, apperr.FieldRequired)
	case length < domain.MinReason || length > domain.MaxReason || strings.ContainsFunc(reason, unprintable):
		wrong.add(pointer, apperr.ReasonInvalid)
	}
	return reason
}

// IdentityDecisionResponse is what an operator decided on an identity.
type IdentityDecisionResponse struct {
	ID        uuid.UUID `json:"id" binding:"required" format:"uuid" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	AccountID uuid.UUID `json:"account_id" binding:"required" format:"uuid" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	Method    string    `json:"method" binding:"required" enums:"service_centre,fund_office" example:"service_centre"`
	Status    string    `json:"status" binding:"required" enums:"confirmed,refused" example:"confirmed"`
	// Reason is why it was refused.
	Reason    string    `json:"reason,omitempty" enums:"document_invalid,data_differ,not_the_holder,no_document" example:"data_differ"`
	DecidedAt time.Time `json:"decided_at" binding:"required" format:"date-time" example:"2026-11-02T09:00:00Z"`
	// NextActions names what can be done next.
	NextActions []string `json:"next_actions" binding:"required" example:"use_services"`
} // @name IdentityDecisionResponse

func newIdentityDecision(v domain.Confirmation) IdentityDecisionResponse {
	return IdentityDecisionResponse{
		ID:          v.ID,
		AccountID:   v.AccountID,
		Method:      string(v.Method),
		Status:      string(v.Status),
		Reason:      string(v.Reason),
		DecidedAt:   v.SettledAt,
		NextActions: v.Status.NextActions(),
	}
}

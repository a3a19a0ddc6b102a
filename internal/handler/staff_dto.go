package handler

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// maxPlaces is at how many places one operator works at most.
const maxPlaces = 100

// OperatorRequest is somebody who is to become an operator.
type OperatorRequest struct {
	// Login is what the operator signs in with: 3 to 40 Latin letters and
	// digits, with dots, dashes or underscores between them.
	Login      string `json:"login" binding:"required" minLength:"1" maxLength:"64" example:"anna.desk"`
	FamilyName string `json:"family_name" binding:"required" minLength:"1" maxLength:"60" example:"Синтетическая"`
	GivenName  string `json:"given_name" binding:"required" minLength:"1" maxLength:"60" example:"Анна"`
	Email      string `json:"email" binding:"required" minLength:"1" maxLength:"254" example:"anna@example.org"`
	// SNILS is the operator's own: nobody decides on their own account.
	SNILS string `json:"snils" binding:"required" minLength:"1" maxLength:"32" example:"112-233-445 95"`
	Role  string `json:"role" binding:"required" enums:"operator,supervisor,administrator" example:"operator"`
	// PlaceIDs are the service centres and offices where the operator works.
	PlaceIDs []string `json:"place_ids,omitempty" maxItems:"100" format:"uuid" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	// Locale is the language that the operator is written to in; by default
	// that of the request.
	Locale *string `json:"locale,omitempty" enums:"ru,en" example:"ru"`
} // @name OperatorRequest

func (in OperatorRequest) parse(wrong *fieldErrors, acceptLanguage string) domain.OperatorInvitation {
	return domain.OperatorInvitation{
		Login:      parseOperatorLogin(wrong, in.Login),
		FamilyName: parseName(wrong, "/family_name", in.FamilyName),
		GivenName:  parseName(wrong, "/given_name", in.GivenName),
		Email:      parseEmail(wrong, in.Email),
		SNILS:      parseOwnSNILS(wrong, in.SNILS),
		Role:       parseRole(wrong, in.Role),
		Places:     parsePlaces(wrong, in.PlaceIDs),
		Locale:     parseLocale(wrong, in.Locale, acceptLanguage),
	}
}

func parseOperatorLogin(wrong *fieldErrors, text string) ident.OperatorLogin {
	if strings.TrimSpace(text) == "" {
		wrong.add("/login", apperr.FieldRequired)
		return ident.OperatorLogin{}
	}
	login, err := ident.ParseOperatorLogin(text)
	wrong.addIdent("/login", err)
	return login
}

func parseEmail(wrong *fieldErrors, text string) ident.Contact {
	if strings.TrimSpace(text) == "" {
		wrong.add("/email", apperr.FieldRequired)
		return ident.Contact{}
	}
	email, err := ident.ParseContact(ident.ContactEmail, text)
	wrong.addIdent("/email", err)
	return email
}

func parseOwnSNILS(wrong *fieldErrors, text string) ident.SNILS {
	if strings.TrimSpace(text) == "" {
		wrong.add("/snils", apperr.FieldRequired)
		return ident.SNILS{}
	}
	snils, err := ident.ParseSNILS(text)
	wrong.addIdent("/snils", err)
	return snils
}

func parseRole(wrong *fieldErrors, text string) domain.Role {
	role := domain.Role(text)
	switch {
	case text == "":
		wrong.add("/role", apperr.FieldRequired)
	case !slices.Contains(domain.Roles(), role):
		wrong.add("/role", apperr.FieldUnsupportedValue)
	}
	return role
}

// parsePlaces reads ids of places. What is not an id is a place that nobody
// knows.
func parsePlaces(wrong *fieldErrors, texts []string) []uuid.UUID {
	if len(texts) > maxPlaces {
		wrong.add("/place_ids", apperr.FieldTooLong)
		return nil
	}
	places := make([]uuid.UUID, 0, len(texts))
	for i, text := range texts {
		id, err := uuid.Parse(text)
		if err != nil {
			wrong.add("/place_ids/"+strconv.Itoa(i), apperr.PlaceUnknown)
		}
		places = append(places, id)
	}
	return places
}

// OperatorPlacesRequest is where an operator works.
type OperatorPlacesRequest struct {
	// PlaceIDs are all of the operator's service centres and offices.
	PlaceIDs []string `json:"place_ids" binding:"required" maxItems:"100" format:"uuid" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
} // @name OperatorPlacesRequest

// OperatorResponse is an operator as an administrator sees it.
type OperatorResponse struct {
	ID         uuid.UUID `json:"id" binding:"required" format:"uuid" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	Login      string    `json:"login" binding:"required" maxLength:"40" example:"anna.desk"`
	FamilyName string    `json:"family_name" binding:"required" maxLength:"60" example:"Синтетическая"`
	GivenName  string    `json:"given_name" binding:"required" maxLength:"60" example:"Анна"`
	// Email and SNILS are masked.
	Email    string      `json:"email" binding:"required" example:"a***@example.org"`
	SNILS    string      `json:"snils" binding:"required" example:"***-***-445 **"`
	Role     string      `json:"role" binding:"required" enums:"operator,supervisor,administrator" example:"operator"`
	Status   string      `json:"status" binding:"required" enums:"invited,active,disabled" example:"invited"`
	PlaceIDs []uuid.UUID `json:"place_ids" binding:"required" maxItems:"100"`
	// EnrolmentExpiresAt is until when the enrolment link is good; null where
	// there is none.
	EnrolmentExpiresAt *time.Time `json:"enrolment_expires_at" binding:"required" format:"date-time" extensions:"x-nullable" example:"2026-11-05T09:00:00Z"`
	CreatedAt          time.Time  `json:"created_at" binding:"required" format:"date-time" example:"2026-11-02T09:00:00Z"`
	// NextActions names what can be done next.
	NextActions []string `json:"next_actions" binding:"required" example:"enrol"`
} // @name OperatorResponse

// OperatorListResponse is a page of operators, newest first.
type OperatorListResponse struct {
	Items []OperatorResponse `json:"items" binding:"required"`
	// NextCursor is where the next page begins; null on the last one.
	NextCursor *string `json:"next_cursor" binding:"required" extensions:"x-nullable" example:"MTc2MjA3NDAwMDAwMDAwMC4wMTk5"`
} // @name OperatorListResponse

func newOperatorResponse(o domain.Operator) OperatorResponse {
	out := OperatorResponse{
		ID:          o.ID,
		Login:       o.Login,
		FamilyName:  o.FamilyName.Text(),
		GivenName:   o.GivenName.Text(),
		Email:       o.Email.String(),
		SNILS:       o.SNILS.String(),
		Role:        string(o.Role),
		Status:      string(o.Status),
		PlaceIDs:    append([]uuid.UUID{}, o.Places...),
		CreatedAt:   o.CreatedAt,
		NextActions: o.Status.NextActions(),
	}
	if !o.EnrolmentUntil.IsZero() {
		out.EnrolmentExpiresAt = &o.EnrolmentUntil
	}
	return out
}

func newOperatorList(operators []domain.Operator, p domain.Page) OperatorListResponse {
	out := OperatorListResponse{Items: []OperatorResponse{}}
	operators, more := trim(operators, p)
	for _, o := range operators {
		out.Items = append(out.Items, newOperatorResponse(o))
	}
	if more {
		last := operators[len(operators)-1]
		out.NextCursor = cursor(domain.Position{CreatedAt: last.CreatedAt, ID: last.ID})
	}
	return out
}

func operatorReply(status int) func(domain.Operator) reply {
	return func(o domain.Operator) reply { return reply{status: status, body: newOperatorResponse(o)} }
}

package handler

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// ReasonRequest is why something is done, in the operator's words.
type ReasonRequest struct {
	Reason string `json:"reason" binding:"required" minLength:"3" maxLength:"500" example:"Заявление владельца от 2 ноября"`
} // @name ReasonRequest

// ReviewDecisionRequest is a supervisor's decision in the place of a register.
type ReviewDecisionRequest struct {
	Decision string `json:"decision" binding:"required" enums:"pass,correct" example:"correct"`
	// Fields are the groups of fields to correct; only with correct.
	Fields []string `json:"fields,omitempty" maxItems:"7" enums:"name,birth_date,gender,snils,passport,issue_date,department_code" example:"name,snils"`
	Reason string   `json:"reason" binding:"required" minLength:"3" maxLength:"500" example:"Ответ реестра получен письмом"`
} // @name ReviewDecisionRequest

const (
	decidePass    = "pass"
	decideCorrect = "correct"
)

func (in ReviewDecisionRequest) parse(wrong *fieldErrors) domain.ReviewDecision {
	switch in.Decision {
	case decidePass:
		if len(in.Fields) > 0 {
			wrong.add("/fields", apperr.FieldNotAllowed)
		}
	case decideCorrect:
		if len(in.Fields) == 0 {
			wrong.add("/fields", apperr.FieldRequired)
		}
	case "":
		wrong.add("/decision", apperr.FieldRequired)
	default:
		wrong.add("/decision", apperr.FieldUnsupportedValue)
	}
	for i, field := range in.Fields {
		if _, ok := domain.CorrectionFields()[field]; !ok || slices.Index(in.Fields, field) != i {
			wrong.add("/fields/"+strconv.Itoa(i), apperr.FieldUnsupportedValue)
		}
	}
	return domain.ReviewDecision{
		Pass: in.Decision == decidePass, Fields: in.Fields, Reason: parseReason(wrong, "/reason", in.Reason),
	}
}

// ReviewResponse is a case as a supervisor sees it.
type ReviewResponse struct {
	ID        uuid.UUID       `json:"id" binding:"required" format:"uuid" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	AccountID uuid.UUID       `json:"account_id" binding:"required" format:"uuid" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	Status    string          `json:"status" binding:"required" enums:"checking,waiting_registry,passed,needs_correction,rejected,on_hold,manual_review,superseded,expired" example:"manual_review"`
	Checks    []CheckResponse `json:"checks" binding:"required"`
	CreatedAt time.Time       `json:"created_at" binding:"required" format:"date-time" example:"2026-11-02T09:00:00Z"`
	// NextActions names what a supervisor can do next.
	NextActions []string `json:"next_actions" binding:"required" example:"decide_review"`
} // @name ReviewResponse

// ReviewListResponse is a page of cases, oldest first.
type ReviewListResponse struct {
	Items []ReviewResponse `json:"items" binding:"required"`
	// NextCursor is where the next page begins; null on the last one.
	NextCursor *string `json:"next_cursor" binding:"required" extensions:"x-nullable" example:"MTc2MjA3NDAwMDAwMDAwMC4wMTk5"`
} // @name ReviewListResponse

// ReviewDetailResponse is a case with the data that it is about.
type ReviewDetailResponse struct {
	Case         ReviewResponse       `json:"case" binding:"required"`
	PersonalData PersonalDataResponse `json:"personal_data" binding:"required"`
} // @name ReviewDetailResponse

// AccountStateResponse is where an account stands after an operator's action.
type AccountStateResponse struct {
	AccountID uuid.UUID `json:"account_id" binding:"required" format:"uuid" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	Status    string    `json:"status" binding:"required" enums:"active,suspended,deceased" example:"suspended"`
	// NextActions names what can be done next.
	NextActions []string `json:"next_actions" binding:"required" example:"request_approval"`
} // @name AccountStateResponse

func newReview(v domain.VerificationCase) ReviewResponse {
	out := ReviewResponse{
		ID:          v.ID,
		AccountID:   v.AccountID,
		Status:      string(v.Status),
		Checks:      []CheckResponse{},
		CreatedAt:   v.CreatedAt,
		NextActions: v.Status.ReviewActions(),
	}
	for _, check := range v.Checks {
		out.Checks = append(out.Checks, newCheckResponse(check))
	}
	return out
}

func newReviewList(cases []domain.VerificationCase, p domain.Page) ReviewListResponse {
	out := ReviewListResponse{Items: []ReviewResponse{}}
	cases, more := trim(cases, p)
	for _, v := range cases {
		out.Items = append(out.Items, newReview(v))
	}
	if more {
		last := cases[len(cases)-1]
		out.NextCursor = cursor(domain.Position{CreatedAt: last.CreatedAt, ID: last.ID})
	}
	return out
}

func reviewReply(v domain.VerificationCase) reply {
	return reply{status: http.StatusOK, body: newReview(v)}
}

func accountStateReply(a domain.Account) reply {
	return reply{status: http.StatusCreated, body: AccountStateResponse{
		AccountID: a.ID, Status: string(a.Status), NextActions: []string{"request_approval"},
	}}
}

package handler

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// AuditService reads the audit log.
type AuditService interface {
	SearchAudit(ctx context.Context, by domain.Desk, in domain.AuditSearch) ([]domain.AuditEvent, error)
}

// Audit is the handler of /v1/operator/audit-events.
type Audit struct{ service AuditService }

// NewAudit returns the handler.
func NewAudit(s AuditService) *Audit { return &Audit{s} }

// AuditEventResponse is one thing that happened.
type AuditEventResponse struct {
	ID uuid.UUID `json:"id" binding:"required" format:"uuid" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	At time.Time `json:"at" binding:"required" format:"date-time" example:"2026-11-02T09:00:00Z"`
	// Action is the noun and the event.
	Action string `json:"action" binding:"required" example:"operator.create"`
	// SubjectID is what it happened to.
	SubjectID uuid.UUID `json:"subject_id" binding:"required" format:"uuid" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	// AccountID is whose account it concerns; null where there is none.
	AccountID *uuid.UUID `json:"account_id" binding:"required" format:"uuid" extensions:"x-nullable" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	// OperatorID is who did it; null where it was no operator.
	OperatorID *uuid.UUID `json:"operator_id" binding:"required" format:"uuid" extensions:"x-nullable" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	// PlaceID is where; null where it was at no place.
	PlaceID *uuid.UUID `json:"place_id" binding:"required" format:"uuid" extensions:"x-nullable" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	// Reason is why; empty where nobody said. For a look at a list of letters, the
	// ids of those on it.
	Reason    string `json:"reason" binding:"required" example:""`
	RequestID string `json:"request_id" binding:"required" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	Address   string `json:"address" binding:"required" example:"192.0.2.7"`
	UserAgent string `json:"user_agent" binding:"required" maxLength:"256" example:"curl/8.5.0"`
} // @name AuditEventResponse

// AuditEventListResponse is a page of the audit log, newest first.
type AuditEventListResponse struct {
	Items []AuditEventResponse `json:"items" binding:"required"`
	// NextCursor is where the next page begins; null on the last one.
	NextCursor *string `json:"next_cursor" binding:"required" extensions:"x-nullable" example:"MTc2MjA3NDAwMDAwMDAwMC4wMTk5"`
} // @name AuditEventListResponse

// List shows a part of the audit log.
//
//	@ID				searchAuditEvents
//	@Summary		Search the audit log
//	@Description	Who did what to whom, where, why and when, newest first. For administrators. Each search stands in the log itself.
//	@Tags			operators
//	@Produce		json
//	@Security		accessToken
//	@Param			account_id	query		string	false	"Whose account"	format(uuid)
//	@Param			operator_id	query		string	false	"Which operator did it"	format(uuid)
//	@Param			subject_id	query		string	false	"What it happened to"	format(uuid)
//	@Param			action		query		string	false	"The noun and the event, such as operator.create"	maxlength(100)
//	@Param			from		query		string	false	"Not before this moment"	format(date-time)
//	@Param			to			query		string	false	"Before this moment"	format(date-time)
//	@Param			cursor		query		string	false	"Where the page before ended"	maxlength(200)
//	@Param			limit		query		int		false	"Size of the page"	minimum(1)	maximum(100)	default(20)
//	@Success		200			{object}	AuditEventListResponse
//	@Failure		401			{object}	problem.Problem
//	@Failure		403			{object}	problem.Problem
//	@Failure		422			{object}	problem.Problem
//	@Router			/v1/operator/audit-events [get]
func (h *Audit) List(c echo.Context) error {
	search, err := parseAuditSearch(c)
	if err != nil {
		return err
	}
	page := search.Page
	search.Page = oneMore(page)
	events, err := h.service.SearchAudit(c.Request().Context(), desk(c), search)
	if err != nil {
		return err
	}
	out := AuditEventListResponse{Items: []AuditEventResponse{}}
	events, more := trim(events, page)
	for _, e := range events {
		out.Items = append(out.Items, newAuditEvent(e))
	}
	if more {
		last := events[len(events)-1]
		out.NextCursor = cursor(domain.Position{CreatedAt: last.At, ID: last.ID})
	}
	return c.JSON(http.StatusOK, out)
}

func parseAuditSearch(c echo.Context) (domain.AuditSearch, error) {
	wrong := &fieldErrors{}
	out := domain.AuditSearch{
		AccountID:  queryID(c, wrong, "account_id"),
		OperatorID: queryID(c, wrong, "operator_id"),
		SubjectID:  queryID(c, wrong, "subject_id"),
		Action:     c.QueryParam("action"),
		From:       queryTime(c, wrong, "from"),
		To:         queryTime(c, wrong, "to"),
		Page:       readPage(c, wrong),
	}
	if out.Action != "" && !regexp.MustCompile(`^[a-z_]{1,50}\.[a-z_]{1,49}$`).MatchString(out.Action) {
		wrong.add("/query/action", apperr.FieldUnsupportedValue)
	}
	return out, wrong.err()
}

func queryID(c echo.Context, wrong *fieldErrors, name string) uuid.UUID {
	text := c.QueryParam(name)
	if text == "" {
		return uuid.Nil
	}
	id, err := uuid.Parse(text)
	if err != nil {
		wrong.add("/query/"+name, apperr.FieldUnsupportedValue)
	}
	return id
}

// queryTime reads a moment. In a query a plus sign is a space, which people
// forget.
func queryTime(c echo.Context, wrong *fieldErrors, name string) time.Time {
	text := c.QueryParam(name)
	if text == "" {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, strings.ReplaceAll(text, " ", "+"))
	if err != nil || at.UnixMicro() < 0 || at.UnixMicro() > maxCursorMicros {
		wrong.add("/query/"+name, apperr.DateInvalid)
	}
	return at.UTC()
}

func newAuditEvent(e domain.AuditEvent) AuditEventResponse {
	return AuditEventResponse{
		ID:         e.ID,
		At:         e.At,
		Action:     e.Action,
		SubjectID:  e.SubjectID,
		AccountID:  idOrNull(e.AccountID),
		OperatorID: idOrNull(e.OperatorID),
		PlaceID:    idOrNull(e.PlaceID),
		Reason:     e.Reason,
		RequestID:  e.Caller.RequestID,
		Address:    e.Caller.Address,
		UserAgent:  e.Caller.UserAgent,
	}
}

// idOrNull is null for no id.
func idOrNull(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

package handler

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// Approvals is the use cases of what takes two people.
type Approvals interface {
	ListApprovals(ctx context.Context, d domain.Desk, f domain.ApprovalFilter) ([]domain.Approval, error)
	Request(ctx context.Context, in domain.ApprovalRequest) (domain.Approval, error)
	DecideApproval(ctx context.Context, in domain.ApprovalDecision) (domain.Approval, error)
}

// Approval is the handlers of what takes two people.
type Approval struct{ service Approvals }

// NewApproval returns the handlers.
func NewApproval(s Approvals) *Approval { return &Approval{s} }

// ApprovalRequest asks a second person for something.
type ApprovalRequest struct {
	Kind      string `json:"kind" binding:"required" enums:"undo_death,reinstate,award_snils" example:"reinstate"`
	AccountID string `json:"account_id" binding:"required" format:"uuid" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	Reason    string `json:"reason" binding:"required" minLength:"3" maxLength:"500" example:"Владелец подтвердил личность в офисе"`
} // @name ApprovalRequest

func (in ApprovalRequest) parse(wrong *fieldErrors) (out domain.ApprovalRequest) {
	out.Kind = domain.ApprovalKind(in.Kind)
	switch {
	case in.Kind == "":
		wrong.add("/kind", apperr.FieldRequired)
	case !slices.Contains(domain.ApprovalKinds(), out.Kind):
		wrong.add("/kind", apperr.FieldUnsupportedValue)
	}
	out.AccountID = parseID(wrong, "/account_id", in.AccountID)
	out.Reason = parseReason(wrong, "/reason", in.Reason)
	return out
}

// parseID reads an id of a body.
func parseID(wrong *fieldErrors, pointer, text string) uuid.UUID {
	id, ok := plainID(text)
	switch {
	case text == "":
		wrong.add(pointer, apperr.FieldRequired)
	case !ok:
		wrong.add(pointer, apperr.FieldUnsupportedValue)
	}
	return id
}

// ApprovalDecisionRequest is the second person's word.
type ApprovalDecisionRequest struct {
	Decision string `json:"decision" binding:"required" enums:"approve,decline" example:"approve"`
	Reason   string `json:"reason" binding:"required" minLength:"3" maxLength:"500" example:"Документы проверены"`
} // @name ApprovalDecisionRequest

func (in ApprovalDecisionRequest) parse(wrong *fieldErrors) domain.ApprovalDecision {
	on := domain.ApprovalEvent(in.Decision)
	switch {
	case in.Decision == "":
		wrong.add("/decision", apperr.FieldRequired)
	case on != domain.ApprovalApprove && on != domain.ApprovalDecline:
		wrong.add("/decision", apperr.FieldUnsupportedValue)
	}
	return domain.ApprovalDecision{On: on, Reason: parseReason(wrong, "/reason", in.Reason)}
}

// ApprovalResponse is something that takes two people.
type ApprovalResponse struct {
	ID        uuid.UUID `json:"id" binding:"required" format:"uuid" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	Kind      string    `json:"kind" binding:"required" enums:"undo_death,reinstate,award_snils" example:"reinstate"`
	AccountID uuid.UUID `json:"account_id" binding:"required" format:"uuid" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	Status    string    `json:"status" binding:"required" enums:"requested,approved,declined,expired" example:"requested"`
	Reason    string    `json:"reason" binding:"required" maxLength:"500" example:"Владелец подтвердил личность в офисе"`
	// PlaceID is where it was asked for.
	PlaceID     uuid.UUID `json:"place_id" binding:"required" format:"uuid" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	RequestedBy uuid.UUID `json:"requested_by" binding:"required" format:"uuid" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	RequestedAt time.Time `json:"requested_at" binding:"required" format:"date-time" example:"2026-11-02T09:00:00Z"`
	// ExpiresAt is until when a second person can decide.
	ExpiresAt time.Time  `json:"expires_at" binding:"required" format:"date-time" example:"2026-11-09T09:00:00Z"`
	DecidedBy *uuid.UUID `json:"decided_by,omitempty" format:"uuid" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	DecidedAt *time.Time `json:"decided_at,omitempty" format:"date-time" example:"2026-11-03T09:00:00Z"`
	// NextActions names what can be done next.
	NextActions []string `json:"next_actions" binding:"required" example:"decide"`
} // @name ApprovalResponse

// ApprovalListResponse is a page of approvals, newest first.
type ApprovalListResponse struct {
	Items []ApprovalResponse `json:"items" binding:"required"`
	// NextCursor is where the next page begins; null on the last one.
	NextCursor *string `json:"next_cursor" binding:"required" extensions:"x-nullable" example:"MTc2MjA3NDAwMDAwMDAwMC4wMTk5"`
} // @name ApprovalListResponse

func newApproval(a domain.Approval) ApprovalResponse {
	return ApprovalResponse{
		ID:          a.ID,
		Kind:        string(a.Kind),
		AccountID:   a.AccountID,
		Status:      string(a.Status),
		Reason:      a.Reason,
		PlaceID:     a.PlaceID,
		RequestedBy: a.RequestedBy,
		RequestedAt: a.RequestedAt,
		ExpiresAt:   a.ExpiresAt,
		DecidedBy:   optionalID(a.DecidedBy),
		DecidedAt:   optionalTime(a.DecidedAt),
		NextActions: a.Status.NextActions(),
	}
}

func approvalReply(status int) func(domain.Approval) reply {
	return func(a domain.Approval) reply { return reply{status: status, body: newApproval(a)} }
}

// Create asks for something that takes two people.
//
//	@ID				requestApproval
//	@Summary		Ask for what takes two people
//	@Description	Asks another supervisor to bring back a suspended account (reinstate) or one that a register wrongly called a dead person's (undo_death), or to give a SNILS to the account that waits for it on hold (award_snils). Nothing happens before the second person agrees.
//	@Tags			operators
//	@Accept			json
//	@Produce		json
//	@Security		accessToken
//	@Param			place_id	path		string			true	"Where the operator works"	format(uuid)
//	@Param			request		body		ApprovalRequest	true	"What, for whom and why"
//	@Success		201			{object}	ApprovalResponse
//	@Failure		400			{object}	problem.Problem
//	@Failure		401			{object}	problem.Problem
//	@Failure		403			{object}	problem.Problem
//	@Failure		404			{object}	problem.Problem
//	@Failure		409			{object}	problem.Problem
//	@Failure		413			{object}	problem.Problem
//	@Failure		415			{object}	problem.Problem
//	@Failure		422			{object}	problem.Problem
//	@Router			/v1/operator/places/{place_id}/approvals [post]
func (h *Approval) Create(c echo.Context) error {
	var in ApprovalRequest
	wrong, err := read(c, &in)
	if err != nil {
		return err
	}
	request := in.parse(wrong)
	if err := wrong.err(); err != nil {
		return err
	}
	request.Desk = desk(c)
	return answer(c, approvalReply(http.StatusCreated), func(ctx context.Context) (domain.Approval, error) {
		return h.service.Request(ctx, request)
	})
}

// List shows what takes two people.
//
//	@ID				listApprovals
//	@Summary		List what takes two people
//	@Description	What supervisors of all places have asked for, newest first. Reading the list is recorded.
//	@Tags			operators
//	@Produce		json
//	@Security		accessToken
//	@Param			place_id	path		string	true	"Where the operator works"	format(uuid)
//	@Param			status		query		string	false	"Only those in a state"		enums(requested,approved,declined,expired)
//	@Param			cursor		query		string	false	"Where the page before ended"	maxlength(200)
//	@Param			limit		query		int		false	"Size of the page"	minimum(1)	maximum(100)	default(20)
//	@Success		200			{object}	ApprovalListResponse
//	@Failure		401			{object}	problem.Problem
//	@Failure		403			{object}	problem.Problem
//	@Failure		422			{object}	problem.Problem
//	@Router			/v1/operator/places/{place_id}/approvals [get]
func (h *Approval) List(c echo.Context) error {
	page, err := parsePage(c)
	if err != nil {
		return err
	}
	wrong := &fieldErrors{}
	filter := domain.ApprovalFilter{Status: domain.ApprovalStatus(c.QueryParam("status")), Page: oneMore(page)}
	if filter.Status != "" && !slices.Contains(domain.ApprovalStatuses(), filter.Status) {
		wrong.add("/query/status", apperr.FieldUnsupportedValue)
	}
	if err := wrong.err(); err != nil {
		return err
	}
	all, err := h.service.ListApprovals(c.Request().Context(), desk(c), filter)
	if err != nil {
		return err
	}
	out := ApprovalListResponse{Items: []ApprovalResponse{}}
	all, more := trim(all, page)
	for _, a := range all {
		out.Items = append(out.Items, newApproval(a))
	}
	if more {
		last := all[len(all)-1]
		out.NextCursor = cursor(domain.Position{CreatedAt: last.RequestedAt, ID: last.ID})
	}
	return c.JSON(http.StatusOK, out)
}

// Decide is the second person's word.
//
//	@ID				decideApproval
//	@Summary		Approve or decline what another supervisor asked for
//	@Description	The second person may be of any place, and is never the one who asked. What is approved takes effect at once.
//	@Tags			operators
//	@Accept			json
//	@Produce		json
//	@Security		accessToken
//	@Param			place_id	path		string					true	"Where the operator works"	format(uuid)
//	@Param			id			path		string					true	"Approval id"				format(uuid)
//	@Param			request		body		ApprovalDecisionRequest	true	"The decision and its reason"
//	@Success		200			{object}	ApprovalResponse
//	@Failure		400			{object}	problem.Problem
//	@Failure		401			{object}	problem.Problem
//	@Failure		403			{object}	problem.Problem
//	@Failure		404			{object}	problem.Problem
//	@Failure		409			{object}	problem.Problem
//	@Failure		413			{object}	problem.Problem
//	@Failure		415			{object}	problem.Problem
//	@Failure		422			{object}	problem.Problem
//	@Router			/v1/operator/places/{place_id}/approvals/{id}/decision [post]
func (h *Approval) Decide(c echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	var in ApprovalDecisionRequest
	wrong, err := read(c, &in)
	if err != nil {
		return err
	}
	decision := in.parse(wrong)
	if err := wrong.err(); err != nil {
		return err
	}
	decision.Desk, decision.ID = desk(c), id
	return answer(c, approvalReply(http.StatusOK), func(ctx context.Context) (domain.Approval, error) {
		return h.service.DecideApproval(ctx, decision)
	})
}

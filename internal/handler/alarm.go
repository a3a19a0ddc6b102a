package handler

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// Alarms is the use cases of what operators have to look at.
type Alarms interface {
	ListAlarms(ctx context.Context, d domain.Desk, f domain.AlarmFilter) ([]domain.Alarm, error)
	SettleAlarm(ctx context.Context, in domain.AlarmSettlement) (domain.Alarm, error)
}

// Alarm is the handlers of alarms.
type Alarm struct{ service Alarms }

// NewAlarm returns the handlers.
func NewAlarm(s Alarms) *Alarm { return &Alarm{s} }

// AlarmResponse is something that operators have to look at.
type AlarmResponse struct {
	ID   uuid.UUID `json:"id" binding:"required" format:"uuid" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	Kind string    `json:"kind" binding:"required" enums:"register_down,register_down_long,manual_review,snils_conflict,letter_not_posted,confirmation_disputed,repeated_refusals,death_recorded,payer_code_late,payer_code_overdue" example:"snils_conflict"`
	// SubjectID is what it is about: a case, a letter, a confirmation.
	SubjectID uuid.UUID `json:"subject_id" binding:"required" format:"uuid" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	// AccountID is whose account it concerns, if any.
	AccountID *uuid.UUID `json:"account_id,omitempty" format:"uuid" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	RaisedAt  time.Time  `json:"raised_at" binding:"required" format:"date-time" example:"2026-11-02T09:00:00Z"`
	SettledAt *time.Time `json:"settled_at,omitempty" format:"date-time" example:"2026-11-02T10:00:00Z"`
	SettledBy *uuid.UUID `json:"settled_by,omitempty" format:"uuid" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	// NextActions names what can be done next.
	NextActions []string `json:"next_actions" binding:"required" example:"settle_alarm"`
} // @name AlarmResponse

// AlarmListResponse is a page of alarms, newest first.
type AlarmListResponse struct {
	Items []AlarmResponse `json:"items" binding:"required"`
	// NextCursor is where the next page begins; null on the last one.
	NextCursor *string `json:"next_cursor" binding:"required" extensions:"x-nullable" example:"MTc2MjA3NDAwMDAwMDAwMC4wMTk5"`
} // @name AlarmListResponse

// optionalID is nil for no id.
func optionalID(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

func newAlarm(a domain.Alarm) AlarmResponse {
	return AlarmResponse{
		ID:          a.ID,
		Kind:        string(a.Kind),
		SubjectID:   a.SubjectID,
		AccountID:   optionalID(a.AccountID),
		RaisedAt:    a.RaisedAt,
		SettledAt:   optionalTime(a.SettledAt),
		SettledBy:   optionalID(a.SettledBy),
		NextActions: a.NextActions(),
	}
}

// List shows what operators have to look at.
//
//	@ID				listAlarms
//	@Summary		List what operators have to look at
//	@Description	Alarms of all places, newest first. Reading the list is recorded.
//	@Tags			operators
//	@Produce		json
//	@Security		accessToken
//	@Param			place_id	path		string	true	"Where the operator works"	format(uuid)
//	@Param			kind		query		string	false	"Only those of a kind"		enums(register_down,register_down_long,manual_review,snils_conflict,letter_not_posted,confirmation_disputed,repeated_refusals,death_recorded,payer_code_late,payer_code_overdue)
//	@Param			settled		query		bool	false	"Only those that are settled, or only those that are not"
//	@Param			cursor		query		string	false	"Where the page before ended"	maxlength(200)
//	@Param			limit		query		int		false	"Size of the page"	minimum(1)	maximum(100)	default(20)
//	@Success		200			{object}	AlarmListResponse
//	@Failure		401			{object}	problem.Problem
//	@Failure		403			{object}	problem.Problem
//	@Failure		422			{object}	problem.Problem
//	@Router			/v1/operator/places/{place_id}/alarms [get]
func (h *Alarm) List(c echo.Context) error {
	page, err := parsePage(c)
	if err != nil {
		return err
	}
	wrong := &fieldErrors{}
	filter := domain.AlarmFilter{
		Kind: domain.AlarmKind(c.QueryParam("kind")), Settled: parseBool(wrong, "/query/settled", c.QueryParam("settled")),
		Page: oneMore(page),
	}
	if filter.Kind != "" && !slices.Contains(domain.AlarmKinds(), filter.Kind) {
		wrong.add("/query/kind", apperr.FieldUnsupportedValue)
	}
	if err := wrong.err(); err != nil {
		return err
	}
	all, err := h.service.ListAlarms(c.Request().Context(), desk(c), filter)
	if err != nil {
		return err
	}
	out := AlarmListResponse{Items: []AlarmResponse{}}
	all, more := trim(all, page)
	for _, a := range all {
		out.Items = append(out.Items, newAlarm(a))
	}
	if more {
		last := all[len(all)-1]
		out.NextCursor = cursor(domain.Position{CreatedAt: last.RaisedAt, ID: last.ID})
	}
	return c.JSON(http.StatusOK, out)
}

// parseBool reads true or false; nil for nothing.
func parseBool(wrong *fieldErrors, pointer, text string) *bool {
	if text == "" {
		return nil
	}
	value := text == strconv.FormatBool(true)
	if !value && text != strconv.FormatBool(false) {
		wrong.add(pointer, apperr.FieldUnsupportedValue)
	}
	return &value
}

// Settle records what was found out about an alarm.
//
//	@ID				settleAlarm
//	@Summary		Settle an alarm
//	@Description	Records that a supervisor has looked into an alarm, and what was found out. What has to be done about it is done elsewhere.
//	@Tags			operators
//	@Accept			json
//	@Produce		json
//	@Security		accessToken
//	@Param			place_id	path		string			true	"Where the operator works"	format(uuid)
//	@Param			id			path		string			true	"Alarm id"					format(uuid)
//	@Param			request		body		ReasonRequest	true	"What was found out"
//	@Success		200			{object}	AlarmResponse
//	@Failure		400			{object}	problem.Problem
//	@Failure		401			{object}	problem.Problem
//	@Failure		403			{object}	problem.Problem
//	@Failure		404			{object}	problem.Problem
//	@Failure		409			{object}	problem.Problem
//	@Failure		413			{object}	problem.Problem
//	@Failure		415			{object}	problem.Problem
//	@Failure		422			{object}	problem.Problem
//	@Router			/v1/operator/places/{place_id}/alarms/{id}/settlement [post]
func (h *Alarm) Settle(c echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	var in ReasonRequest
	wrong, err := read(c, &in)
	if err != nil {
		return err
	}
	settlement := domain.AlarmSettlement{Desk: desk(c), ID: id, Reason: parseReason(wrong, "/reason", in.Reason)}
	if err := wrong.err(); err != nil {
		return err
	}
	return answer(c, alarmReply, func(ctx context.Context) (domain.Alarm, error) {
		return h.service.SettleAlarm(ctx, settlement)
	})
}

func alarmReply(a domain.Alarm) reply { return reply{status: http.StatusOK, body: newAlarm(a)} }

package handler

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// SandboxTime is the use cases of a sandbox's clock.
type SandboxTime interface {
	Time(ctx context.Context) (domain.SandboxClock, error)
	Advance(ctx context.Context, by time.Duration) (domain.SandboxClock, error)
}

// SandboxClockRequest is how far the clock shall be moved.
type SandboxClockRequest struct {
	// Advance is hours, minutes and seconds, such as 720h, 15m, 90s or 1h30m.
	Advance string `json:"advance" binding:"required" minLength:"2" maxLength:"40" example:"720h"`
} // @name SandboxClockRequest

// parse reads a positive duration; parts of a microsecond do not count.
func (in SandboxClockRequest) parse(wrong *fieldErrors) time.Duration {
	if in.Advance == "" {
		wrong.add("/advance", apperr.FieldRequired)
		return 0
	}
	by, err := time.ParseDuration(in.Advance)
	by = by.Truncate(time.Microsecond)
	if err != nil || by <= 0 || by > domain.SandboxClockMost {
		wrong.add("/advance", apperr.DurationInvalid)
	}
	return by
}

// SandboxClockResponse is the time in the sandbox.
type SandboxClockResponse struct {
	Now time.Time `json:"now" binding:"required" format:"date-time" example:"2026-12-02T09:00:00Z"`
	// AdvancedBy is how far the clock was moved in all, in seconds.
	AdvancedBy float64 `json:"advanced_by" binding:"required" example:"2592000"`
} // @name SandboxClockResponse

func sandboxClockReply(c domain.SandboxClock) reply {
	return reply{status: http.StatusOK, body: SandboxClockResponse{Now: c.Now, AdvancedBy: c.AdvancedBy.Seconds()}}
}

// SandboxClock is the handlers of /v1/sandbox/clock.
type SandboxClock struct{ service SandboxTime }

// NewSandboxClock returns the handlers.
func NewSandboxClock(s SandboxTime) *SandboxClock { return &SandboxClock{s} }

// Get tells the time.
//
//	@ID				getSandboxClock
//	@Summary		Tell the time in the sandbox
//	@Description	The time that everything goes by, and how far it was moved. Exists in the sandbox only.
//	@Tags			sandbox
//	@Produce		json
//	@Success		200	{object}	SandboxClockResponse
//	@Failure		404	{object}	problem.Problem
//	@Router			/v1/sandbox/clock [get]
func (h *SandboxClock) Get(c echo.Context) error {
	return answer(c, sandboxClockReply, h.service.Time)
}

// Advance moves the time.
//
//	@ID				advanceSandboxClock
//	@Summary		Move the time in the sandbox
//	@Description	Moves the clock forward, for good and for all processes over the same database, at most ten years in all. Codes, tokens, letters and limits get older by as much. Exists in the sandbox only.
//	@Tags			sandbox
//	@Accept			json
//	@Produce		json
//	@Param			request	body		SandboxClockRequest	true	"How far"
//	@Success		200		{object}	SandboxClockResponse
//	@Failure		400		{object}	problem.Problem
//	@Failure		404		{object}	problem.Problem
//	@Failure		409		{object}	problem.Problem
//	@Failure		413		{object}	problem.Problem
//	@Failure		415		{object}	problem.Problem
//	@Failure		422		{object}	problem.Problem
//	@Router			/v1/sandbox/clock [post]
func (h *SandboxClock) Advance(c echo.Context) error {
	var in SandboxClockRequest
	wrong, err := read(c, &in)
	if err != nil {
		return err
	}
	by := in.parse(wrong)
	if err := wrong.err(); err != nil {
		return err
	}
	return answer(c, sandboxClockReply, func(ctx context.Context) (domain.SandboxClock, error) {
		return h.service.Advance(ctx, by)
	})
}

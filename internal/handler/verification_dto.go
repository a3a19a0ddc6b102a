package handler

import (
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/domain"
)

// VerificationResponse is the check of a person's data.
type VerificationResponse struct {
	ID     uuid.UUID `json:"id" binding:"required" format:"uuid" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	Status string    `json:"status" binding:"required" enums:"checking,waiting_registry,passed,needs_correction,rejected,on_hold,manual_review,superseded,expired" example:"checking"`
	// Attempt counts the corrections, from 1.
	Attempt   int             `json:"attempt" binding:"required" minimum:"1" example:"1"`
	Checks    []CheckResponse `json:"checks" binding:"required"`
	CreatedAt time.Time       `json:"created_at" binding:"required" format:"date-time" example:"2026-11-02T09:00:00Z"`
	// Deadline is until when passed checks prove the data or, while a register is
	// down, when an operator will decide in its place.
	Deadline *time.Time `json:"deadline,omitempty" format:"date-time" example:"2027-01-31T09:00:00Z"`
	// NextActions names what can be done next.
	NextActions []string `json:"next_actions" binding:"required" example:"wait_for_checks,edit_personal_data"`
} // @name VerificationResponse

// CheckResponse is one check in one register.
type CheckResponse struct {
	Kind   string `json:"kind" binding:"required" enums:"snils,document" example:"snils"`
	Status string `json:"status" binding:"required" enums:"pending,passed,mismatch,not_found,revoked,deceased,unavailable" example:"mismatch"`
	// Reason names what to compare with the documents and to correct; never
	// what the register holds.
	Reason *CheckReason `json:"reason,omitempty"`
	// CheckedAt is when the register answered.
	CheckedAt *time.Time `json:"checked_at,omitempty" format:"date-time" example:"2026-11-02T09:00:05Z"`
	// RetryAt is when the register is turned to next.
	RetryAt *time.Time `json:"retry_at,omitempty" format:"date-time" example:"2026-11-02T09:01:00Z"`
} // @name CheckResponse

// CheckReason is why a check did not pass.
type CheckReason struct {
	// Fields are groups of fields, such as name, birth_date, gender, snils,
	// passport, issue_date, department_code.
	Fields []string `json:"fields" binding:"required" example:"name,snils"`
} // @name CheckReason

func newVerificationResponse(v domain.VerificationCase, p domain.Policies) VerificationResponse {
	out := VerificationResponse{
		ID:          v.ID,
		Status:      string(v.Status),
		Attempt:     v.Attempt,
		Checks:      []CheckResponse{},
		CreatedAt:   v.CreatedAt,
		Deadline:    optionalTime(v.Deadline(p)),
		NextActions: v.Status.NextActions(),
	}
	for _, check := range v.Checks {
		out.Checks = append(out.Checks, newCheckResponse(check))
	}
	return out
}

func newCheckResponse(c domain.Check) CheckResponse {
	out := CheckResponse{
		Kind:      string(c.Kind),
		Status:    string(c.Result),
		CheckedAt: optionalTime(c.CheckedAt),
		RetryAt:   optionalTime(c.RetryAt),
	}
	if len(c.Fields) > 0 {
		out.Reason = &CheckReason{Fields: c.Fields}
	}
	return out
}

// optionalText is nil for an empty text.
func optionalText(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// optionalTime is nil for the zero time.
func optionalTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

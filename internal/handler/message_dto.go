package handler

import (
	"net/http"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/domain"
)

// MessageResponse is a message to a person as operators see it: not what it says.
type MessageResponse struct {
	ID      uuid.UUID `json:"id" binding:"required" format:"uuid" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	Kind    string    `json:"kind" binding:"required" maxLength:"40" example:"identity_confirmed"`
	Channel string    `json:"channel" binding:"required" enums:"sms,email" example:"email"`
	// To is the address, masked; null once the message is forgotten.
	To     *string `json:"to" binding:"required" extensions:"x-nullable" maxLength:"320" example:"a***@example.org"`
	Status string  `json:"status" binding:"required" enums:"queued,sent,delivered,expired,failed" example:"failed"`
	// Stuck tells whether the message waits for longer than it should.
	Stuck bool `json:"stuck" binding:"required" example:"false"`
	// Failure is why the last attempt failed, in the provider's codes; null if it did
	// not.
	Failure   *string   `json:"failure" binding:"required" extensions:"x-nullable" maxLength:"200" example:"email: send: reply 550 5.1.1"`
	CreatedAt time.Time `json:"created_at" binding:"required" format:"date-time" example:"2026-11-02T09:00:00Z"`
	// ChangedAt is since when the message has its status.
	ChangedAt time.Time `json:"changed_at" binding:"required" format:"date-time" example:"2026-11-02T09:00:03Z"`
	// ExpiresAt is when the message is of no more use.
	ExpiresAt *time.Time `json:"expires_at,omitempty" format:"date-time" example:"2026-11-02T10:00:00Z"`
	// AttemptLog is everything that was tried, the first one first; not in lists.
	AttemptLog []AttemptResponse `json:"attempt_log,omitempty" maxItems:"1000"`
	// NextActions names what operators can do next.
	NextActions []string `json:"next_actions" binding:"required" example:"resend_message"`
} // @name MessageResponse

// AttemptResponse is one try to hand a message to a provider.
type AttemptResponse struct {
	Provider string `json:"provider" binding:"required" maxLength:"40" example:"smtp"`
	// Outcome is open for an attempt under way, and for one whose process died: nobody
	// knows whether the provider has the message.
	Outcome string `json:"outcome" binding:"required" enums:"open,accepted,refused,failed" example:"refused"`
	// Reason is why it failed, in the provider's codes.
	Reason    *string    `json:"reason" binding:"required" extensions:"x-nullable" maxLength:"200" example:"email: send: reply 550 5.1.1"`
	StartedAt time.Time  `json:"started_at" binding:"required" format:"date-time" example:"2026-11-02T09:00:02Z"`
	EndedAt   *time.Time `json:"ended_at,omitempty" format:"date-time" example:"2026-11-02T09:00:03Z"`
} // @name AttemptResponse

// MessageListResponse is a page of messages in trouble, newest first.
type MessageListResponse struct {
	Items []MessageResponse `json:"items" binding:"required"`
	// NextCursor is where the next page begins; null on the last one.
	NextCursor *string `json:"next_cursor" binding:"required" extensions:"x-nullable" example:"MTc2MjA3NDAwMDAwMDAwMC4wMTk5"`
} // @name MessageListResponse

func newMessageResponse(r domain.MessageRecord) MessageResponse {
	m := r.Message
	out := MessageResponse{
		ID:          m.ID,
		Kind:        string(m.Kind),
		Channel:     string(m.Channel),
		Status:      string(m.Status),
		Stuck:       m.Stuck(r.SeenAt),
		Failure:     optionalText(m.Failure),
		CreatedAt:   m.CreatedAt,
		ChangedAt:   m.ChangedAt,
		ExpiresAt:   optionalTime(m.ExpiresAt),
		NextActions: m.NextActions(r.SeenAt),
	}
	if !m.Forgotten() {
		out.To = optionalText(m.To.String())
	}
	for _, a := range r.Attempts {
		out.AttemptLog = append(out.AttemptLog, AttemptResponse{
			Provider: a.Provider, Outcome: string(a.Outcome), Reason: optionalText(a.Reason),
			StartedAt: a.StartedAt, EndedAt: optionalTime(a.EndedAt),
		})
	}
	return out
}

func messageReply(r domain.MessageRecord) reply {
	return reply{status: http.StatusOK, body: newMessageResponse(r)}
}

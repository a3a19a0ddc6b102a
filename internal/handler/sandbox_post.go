package handler

import (
	"context"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/domain"
)

// Postman plays the post.
type Postman interface {
	Play(ctx context.Context, id uuid.UUID, o domain.LetterOutcome, by domain.Caller) (domain.Letter, error)
}

// SandboxPost is the handler of /v1/sandbox/letters, which production does not
// have.
type SandboxPost struct{ post Postman }

// NewSandboxPost returns the handler.
func NewSandboxPost(p Postman) *SandboxPost { return &SandboxPost{p} }

// Deliver plays the post.
//
//	@ID				deliverSandboxLetter
//	@Summary		Play the post
//	@Description	Prints, posts and delivers a letter, as far as that has not happened yet; or has it returned or lost. The printed letter is among the messages of the sandbox. The id is that of the confirmation.
//	@Tags			sandbox
//	@Accept			json
//	@Produce		json
//	@Param			id		path		string					true	"Letter id"	format(uuid)
//	@Param			request	body		LetterDeliveryRequest	false	"What the post does"
//	@Success		200		{object}	LetterResponse
//	@Failure		404		{object}	problem.Problem
//	@Failure		409		{object}	problem.Problem
//	@Failure		422		{object}	problem.Problem
//	@Router			/v1/sandbox/letters/{id}/delivery [post]
func (h *SandboxPost) Deliver(c echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	outcome := domain.OutcomeDelivered
	if !emptyBody(c) {
		var in LetterDeliveryRequest
		wrong, err := read(c, &in)
		if err != nil {
			return err
		}
		outcome = in.parse(wrong)
		if err := wrong.err(); err != nil {
			return err
		}
	}
	by := caller(c)
	return answer(c, letterReply, func(ctx context.Context) (domain.Letter, error) {
		return h.post.Play(ctx, id, outcome, by)
	})
}

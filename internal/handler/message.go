package handler

import (
	"context"
	"net/http"
	"slices"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// Messages is the use cases of messages in trouble.
type Messages interface {
	List(ctx context.Context, d domain.Desk, f domain.MessageFilter) (domain.MessageList, error)
	Get(ctx context.Context, d domain.Desk, id uuid.UUID) (domain.MessageRecord, error)
	Resend(ctx context.Context, in domain.MessageResending) (domain.MessageRecord, error)
}

// Message is the handlers of messages in trouble.
type Message struct{ service Messages }

// NewMessage returns the handlers.
func NewMessage(s Messages) *Message { return &Message{s} }

// List shows the messages in trouble.
//
//	@ID				listMessages
//	@Summary		List messages that are stuck or failed
//	@Description	Messages to people by SMS and e-mail, of all places, newest first: those that have waited in the queue for ten minutes, and those that were given up or did not arrive. What they say is not shown. Which ones were looked at is recorded.
//	@Tags			operators
//	@Produce		json
//	@Security		accessToken
//	@Param			place_id	path		string	true	"Where the operator works"	format(uuid)
//	@Param			trouble		query		string	false	"Only those that are stuck, or only those that failed"	enums(stuck,failed)
//	@Param			channel		query		string	false	"Only those of a channel"	enums(sms,email)
//	@Param			cursor		query		string	false	"Where the page before ended"	maxlength(200)
//	@Param			limit		query		int		false	"Size of the page"	minimum(1)	maximum(100)	default(20)
//	@Success		200			{object}	MessageListResponse
//	@Failure		401			{object}	problem.Problem
//	@Failure		403			{object}	problem.Problem
//	@Failure		422			{object}	problem.Problem
//	@Router			/v1/operator/places/{place_id}/messages [get]
func (h *Message) List(c echo.Context) error {
	page, err := parsePage(c)
	if err != nil {
		return err
	}
	wrong := &fieldErrors{}
	filter := domain.MessageFilter{
		Trouble: domain.Trouble(c.QueryParam("trouble")), Channel: domain.Channel(c.QueryParam("channel")), Page: page,
	}
	if filter.Trouble != "" && !slices.Contains(domain.Troubles(), filter.Trouble) {
		wrong.add("/query/trouble", apperr.FieldUnsupportedValue)
	}
	if filter.Channel != "" && filter.Channel != domain.ChannelSMS && filter.Channel != domain.ChannelEmail {
		wrong.add("/query/channel", apperr.FieldUnsupportedValue)
	}
	if err := wrong.err(); err != nil {
		return err
	}
	list, err := h.service.List(c.Request().Context(), desk(c), filter)
	if err != nil {
		return err
	}
	out := MessageListResponse{Items: []MessageResponse{}}
	for _, r := range list.Messages {
		out.Items = append(out.Items, newMessageResponse(r))
	}
	if list.More {
		last := list.Messages[len(list.Messages)-1].Message
		out.NextCursor = cursor(domain.Position{CreatedAt: last.CreatedAt, ID: last.ID})
	}
	return c.JSON(http.StatusOK, out)
}

// Get shows one message with what was tried.
//
//	@ID				getMessage
//	@Summary		Show a message and what was tried
//	@Description	A message in any state, with every attempt. What it says is not shown. Looking at it is recorded.
//	@Tags			operators
//	@Produce		json
//	@Security		accessToken
//	@Param			place_id	path		string	true	"Where the operator works"	format(uuid)
//	@Param			id			path		string	true	"Message id"				format(uuid)
//	@Success		200			{object}	MessageResponse
//	@Failure		401			{object}	problem.Problem
//	@Failure		403			{object}	problem.Problem
//	@Failure		404			{object}	problem.Problem
//	@Router			/v1/operator/places/{place_id}/messages/{id} [get]
func (h *Message) Get(c echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	r, err := h.service.Get(c.Request().Context(), desk(c), id)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, newMessageResponse(r))
}

// Resend has a message sent again.
//
//	@ID				resendMessage
//	@Summary		Send a message again
//	@Description	Puts a message that failed into the queue again, for seven days after it failed, and has one that is stuck tried at once. A message whose time is over, or whose content is erased, is not sent again: the person asks for another code.
//	@Tags			operators
//	@Accept			json
//	@Produce		json
//	@Security		accessToken
//	@Param			place_id	path		string			true	"Where the operator works"	format(uuid)
//	@Param			id			path		string			true	"Message id"				format(uuid)
//	@Param			request		body		EmptyRequest	false	"Nothing, or an empty object"
//	@Success		200			{object}	MessageResponse
//	@Failure		400			{object}	problem.Problem
//	@Failure		401			{object}	problem.Problem
//	@Failure		403			{object}	problem.Problem
//	@Failure		404			{object}	problem.Problem
//	@Failure		409			{object}	problem.Problem
//	@Failure		413			{object}	problem.Problem
//	@Failure		415			{object}	problem.Problem
//	@Failure		422			{object}	problem.Problem
//	@Router			/v1/operator/places/{place_id}/messages/{id}/resending [post]
func (h *Message) Resend(c echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	if err := readEmpty(c); err != nil {
		return err
	}
	in := domain.MessageResending{Desk: desk(c), ID: id}
	return answer(c, messageReply, func(ctx context.Context) (domain.MessageRecord, error) {
		return h.service.Resend(ctx, in)
	})
}

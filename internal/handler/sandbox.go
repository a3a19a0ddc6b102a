package handler

import (
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// Outbox is the messages that a sandbox has sent.
type Outbox interface {
	// Messages is a page of the messages to an address, newest first; no
	// address means all.
	Messages(to string, p domain.Page) ([]SandboxMessage, error)
}

// SandboxMessage is a message as its file in the outbox has it.
type SandboxMessage struct {
	ID      uuid.UUID `json:"id" binding:"required" format:"uuid" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	Channel string    `json:"channel" binding:"required" enums:"sms,email,registered_mail,edo" example:"sms"`
	// To is a phone number, a mailbox, for registered mail name and address, or for
	// electronic document exchange a registration number such as 087-214-000001.
	To string `json:"to" binding:"required" maxLength:"1200" example:"+79001234567"`
	// Subject is empty where the channel has none.
	Subject string `json:"subject" binding:"required" example:""`
	Text    string `json:"text" binding:"required" maxLength:"10000" example:"Код: 271828. Никому его не сообщайте."`
	// Code is the one-time code in the text, or empty.
	Code        string    `json:"code" binding:"required" maxLength:"32" example:"271828"`
	CreatedAt   time.Time `json:"created_at" binding:"required" format:"date-time" example:"2026-11-02T09:00:00Z"`
	Attachments []string  `json:"attachments" binding:"required"`
} // @name SandboxMessage

// SandboxMessageListResponse is a page of messages, newest first.
type SandboxMessageListResponse struct {
	Items []SandboxMessage `json:"items" binding:"required"`
	// NextCursor is where the next page begins; null on the last one.
	NextCursor *string `json:"next_cursor" binding:"required" extensions:"x-nullable" example:"MTc2MjA3NDAwMDAwMDAwMC4wMTk5"`
} // @name SandboxMessageListResponse

// Sandbox is the handlers of /v1/sandbox, which production does not have.
type Sandbox struct{ outbox Outbox }

// NewSandbox returns the handlers.
func NewSandbox(o Outbox) *Sandbox { return &Sandbox{o} }

// Messages shows what was sent.
//
//	@ID				listSandboxMessages
//	@Summary		Read the messages that were sent
//	@Description	Exists in the sandbox only, where messages are files and reach nobody.
//	@Tags			sandbox
//	@Produce		json
//	@Param			to		query		string	false	"Phone or e-mail address"	maxlength(254)
//	@Param			cursor	query		string	false	"Where the page before ended"	maxlength(200)
//	@Param			limit	query		int		false	"Size of the page"	minimum(1)	maximum(100)	default(20)
//	@Success		200		{object}	SandboxMessageListResponse
//	@Failure		404		{object}	problem.Problem
//	@Failure		422		{object}	problem.Problem
//	@Router			/v1/sandbox/messages [get]
func (h *Sandbox) Messages(c echo.Context) error {
	page, err := parsePage(c)
	if err != nil {
		return err
	}
	to := c.QueryParam("to")
	if contact, err := ident.ParseLogin(to); err == nil {
		to = contact.Value()
	}
	messages, err := h.outbox.Messages(to, oneMore(page))
	if err != nil {
		return err
	}
	messages, more := trim(messages, page)
	out := SandboxMessageListResponse{Items: messages}
	if more {
		last := messages[len(messages)-1]
		out.NextCursor = cursor(domain.Position{CreatedAt: last.CreatedAt, ID: last.ID})
	}
	return c.JSON(http.StatusOK, out)
}

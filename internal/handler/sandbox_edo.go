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

// DocumentExchange plays the other side of the exchange of electronic documents.
type DocumentExchange interface {
	// Play leaves a receipt; [apperr.NotFound] for a document that was not sent.
	Play(ctx context.Context, id uuid.UUID, s domain.EDOStatus) error
}

// SandboxEDO is the handler of /v1/sandbox/edo-documents, which production does
// not have.
type SandboxEDO struct{ exchange DocumentExchange }

// NewSandboxEDO returns the handler.
func NewSandboxEDO(e DocumentExchange) *SandboxEDO { return &SandboxEDO{e} }

// Receive plays a receipt.
//
//	@ID				receiveSandboxDocument
//	@Summary		Play a receipt for an electronic document
//	@Description	Leaves a receipt in the folder of the exchange: the document was delivered, read, or rejected. Kabinet takes note of it within a moment. The id is that of the message among the messages of the sandbox.
//	@Tags			sandbox
//	@Accept			json
//	@Param			id		path	string						true	"Document id"	format(uuid)
//	@Param			request	body	DocumentReceiptRequest		true	"What the receipt says"
//	@Success		204
//	@Failure		400		{object}	problem.Problem
//	@Failure		404		{object}	problem.Problem
//	@Failure		409		{object}	problem.Problem
//	@Failure		413		{object}	problem.Problem
//	@Failure		415		{object}	problem.Problem
//	@Failure		422		{object}	problem.Problem
//	@Router			/v1/sandbox/edo-documents/{id}/receipts [post]
func (h *SandboxEDO) Receive(c echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	var in DocumentReceiptRequest
	wrong, err := read(c, &in)
	if err != nil {
		return err
	}
	status := domain.EDOStatus(in.Status)
	switch {
	case in.Status == "":
		wrong.add("/status", apperr.FieldRequired)
	case !slices.Contains([]domain.EDOStatus{domain.EDODelivered, domain.EDORead, domain.EDORejected}, status):
		wrong.add("/status", apperr.FieldUnsupportedValue)
	}
	if err := wrong.err(); err != nil {
		return err
	}
	if err := h.exchange.Play(c.Request().Context(), id, status); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// DocumentReceiptRequest is what a receipt says.
type DocumentReceiptRequest struct {
	Status string `json:"status" binding:"required" enums:"delivered,read,rejected" example:"delivered"`
} // @name DocumentReceiptRequest

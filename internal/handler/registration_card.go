package handler

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/domain"
)

// PayerCounter is the use cases of payers at the counter.
type PayerCounter interface {
	Search(ctx context.Context, in domain.PayerSearch) (domain.PayerFound, error)
	// IssueCard is the card as a PDF: nothing else holds its password.
	IssueCard(ctx context.Context, in domain.CardOrder) ([]byte, error)
}

// RegistrationCard is the handlers of payers at the counter.
type RegistrationCard struct {
	service PayerCounter
	form    func() (domain.PersonalDataForm, error)
}

// NewRegistrationCard returns the handlers. The form says which day it is.
func NewRegistrationCard(s PayerCounter, form func() (domain.PersonalDataForm, error)) *RegistrationCard {
	return &RegistrationCard{s, form}
}

// Search looks for a payer.
//
//	@ID				searchPayers
//	@Summary		Find a payer
//	@Description	What the register holds of a payer of the office's own, whether the payer is connected, and which applications are open: for an operator to compare with the papers on the counter. Every search is recorded, and counts against the operator's limit.
//	@Tags			operators
//	@Accept			json
//	@Produce		json
//	@Security		accessToken
//	@Param			place_id	path		string				true	"Office of the fund"	format(uuid)
//	@Param			request		body		PayerSearchRequest	true	"The number"
//	@Success		200			{object}	PayerFoundResponse
//	@Failure		400			{object}	problem.Problem
//	@Failure		401			{object}	problem.Problem
//	@Failure		403			{object}	problem.Problem
//	@Failure		404			{object}	problem.Problem
//	@Failure		409			{object}	problem.Problem
//	@Failure		413			{object}	problem.Problem
//	@Failure		415			{object}	problem.Problem
//	@Failure		422			{object}	problem.Problem
//	@Failure		429			{object}	problem.Problem
//	@Failure		503			{object}	problem.Problem
//	@Router			/v1/operator/places/{place_id}/payer-searches [post]
func (h *RegistrationCard) Search(c echo.Context) error {
	var in PayerSearchRequest
	wrong, err := read(c, &in)
	if err != nil {
		return err
	}
	search := domain.PayerSearch{Desk: desk(c), Number: parsePayerNumber(wrong, in.RegistrationNumber)}
	if err := wrong.err(); err != nil {
		return err
	}
	return answer(c, payerFoundReply, func(ctx context.Context) (domain.PayerFound, error) {
		return h.service.Search(ctx, search)
	})
}

// Issue issues a registration card.
//
//	@ID				issueRegistrationCard
//	@Summary		Issue a registration card
//	@Description	For a payer of the office's own, after the operator has checked who the visitor is and by what authority; both are recorded. The answer is the card, to be printed: a password that is good for one sign-in within five working days, which leads only to a password of the payer's own. From that moment the old password, all sessions and all activation codes under way are dead. The password stands on this paper alone and can be shown to nobody again, so an Idempotency-Key has no effect here: a card that was lost on its way is replaced by the next one.
//	@Tags			operators
//	@Accept			json
//	@Produce		application/pdf
//	@Security		accessToken
//	@Param			place_id	path		string					true	"Office of the fund"	format(uuid)
//	@Param			request		body		RegistrationCardRequest	true	"The payer, and who came for the card"
//	@Success		201			{file}		file
//	@Failure		400			{object}	problem.Problem
//	@Failure		401			{object}	problem.Problem
//	@Failure		403			{object}	problem.Problem
//	@Failure		404			{object}	problem.Problem
//	@Failure		409			{object}	problem.Problem
//	@Failure		413			{object}	problem.Problem
//	@Failure		415			{object}	problem.Problem
//	@Failure		422			{object}	problem.Problem
//	@Failure		429			{object}	problem.Problem
//	@Failure		503			{object}	problem.Problem
//	@Router			/v1/operator/places/{place_id}/registration-cards [post]
func (h *RegistrationCard) Issue(c echo.Context) error {
	var in RegistrationCardRequest
	wrong, err := read(c, &in)
	if err != nil {
		return err
	}
	form, err := h.form()
	if err != nil {
		return err
	}
	order := in.parse(wrong, form.Today)
	if err := wrong.err(); err != nil {
		return err
	}
	order.Desk = desk(c)
	card, err := h.service.IssueCard(c.Request().Context(), order)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `inline; filename="registration-card.pdf"`)
	return c.Blob(http.StatusCreated, mediaPDF, card)
}

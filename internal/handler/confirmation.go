package handler

import (
	"context"
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/i18n"
)

// Confirmations is the use cases of a person's own identity confirmation.
type Confirmations interface {
	Methods(ctx context.Context, who domain.Principal) ([]domain.ConfirmationWay, error)
	Request(ctx context.Context, in domain.ConfirmationRequest) (domain.ConfirmationView, error)
	Get(ctx context.Context, who domain.Principal, id uuid.UUID) (domain.ConfirmationView, error)
	List(ctx context.Context, who domain.Principal, p domain.Page) ([]domain.ConfirmationView, error)
	Cancel(ctx context.Context, who domain.Principal, id uuid.UUID, by domain.Caller) error
}

// Codes is the use cases of secrets that were sent: the code of a letter, and
// the token of the notice.
type Codes interface {
	EnterCode(ctx context.Context, in domain.ConfirmationCode) (domain.ConfirmationView, error)
	Dispute(ctx context.Context, in domain.Dispute) (domain.Confirmation, error)
}

// Confirmation is the handlers of /v1/me/confirmations and what belongs to it.
type Confirmation struct {
	service Confirmations
	codes   Codes
	texts   *i18n.Catalog
}

// NewConfirmation returns the handlers.
func NewConfirmation(s Confirmations, c Codes, texts *i18n.Catalog) *Confirmation {
	return &Confirmation{s, c, texts}
}

// Methods lists the ways of confirming one's identity.
//
//	@ID			listConfirmationMethods
//	@Summary	List the ways to confirm one's identity
//	@Description	Every way, with whether it is open to the caller now; if not, why, and from when on it will be. For visits, the regions whose places offer it, each with its first day.
//	@Tags		account
//	@Produce	json
//	@Security	accessToken
//	@Success	200	{object}	ConfirmationMethodListResponse
//	@Failure	401	{object}	problem.Problem
//	@Failure	403	{object}	problem.Problem
//	@Router		/v1/me/confirmation-methods [get]
func (h *Confirmation) Methods(c echo.Context) error {
	ways, err := h.service.Methods(c.Request().Context(), principal(c))
	if err != nil {
		return err
	}
	out := ConfirmationMethodListResponse{Items: []ConfirmationMethodResponse{}}
	for _, way := range ways {
		out.Items = append(out.Items, h.newMethodResponse(way, locale(c)))
	}
	return c.JSON(http.StatusOK, out)
}

// Create begins a way to a confirmed identity.
//
//	@ID			createConfirmation
//	@Summary	Ask for a visit code or for a registered letter
//	@Description	Begins one of the ways. A visit gets a code that speeds up the search at the counter; it needs no appointment. A letter goes to postal_address. Several ways may be under way at once, one of each kind: the first that succeeds confirms, the others are superseded.
//	@Tags		account
//	@Accept		json
//	@Produce	json
//	@Security	accessToken
//	@Param		request	body		ConfirmationRequest	true	"The way"
//	@Success	201		{object}	ConfirmationResponse
//	@Failure	400		{object}	problem.Problem
//	@Failure	401		{object}	problem.Problem
//	@Failure	403		{object}	problem.Problem
//	@Failure	409		{object}	problem.Problem
//	@Failure	413		{object}	problem.Problem
//	@Failure	415		{object}	problem.Problem
//	@Failure	422		{object}	problem.Problem
//	@Failure	429		{object}	problem.Problem
//	@Failure	503		{object}	problem.Problem
//	@Router		/v1/me/confirmations [post]
func (h *Confirmation) Create(c echo.Context) error {
	var in ConfirmationRequest
	wrong, err := read(c, &in)
	if err != nil {
		return err
	}
	request := in.parse(wrong)
	if err := wrong.err(); err != nil {
		return err
	}
	request.Who, request.Caller = principal(c), caller(c)
	return answer(c, h.viewReply(c, http.StatusCreated), func(ctx context.Context) (domain.ConfirmationView, error) {
		return h.service.Request(ctx, request)
	})
}

// List shows the caller's confirmations.
//
//	@ID			listConfirmations
//	@Summary	List one's own confirmations
//	@Description	All that were ever begun, newest first.
//	@Tags		account
//	@Produce	json
//	@Security	accessToken
//	@Param		cursor	query		string	false	"Where the page begins: next_cursor of the page before"	maxlength(128)
//	@Param		limit	query		int		false	"The most items on the page"	minimum(1)	maximum(100)	default(20)
//	@Success	200		{object}	ConfirmationListResponse
//	@Failure	401		{object}	problem.Problem
//	@Failure	403		{object}	problem.Problem
//	@Failure	422		{object}	problem.Problem
//	@Router		/v1/me/confirmations [get]
func (h *Confirmation) List(c echo.Context) error {
	page, err := parsePage(c)
	if err != nil {
		return err
	}
	all, err := h.service.List(c.Request().Context(), principal(c), oneMore(page))
	if err != nil {
		return err
	}
	all, more := trim(all, page)
	out := ConfirmationListResponse{Items: []ConfirmationResponse{}}
	for _, v := range all {
		out.Items = append(out.Items, h.newResponse(v, locale(c)))
	}
	if more {
		last := all[len(all)-1].Confirmation
		out.NextCursor = cursor(domain.Position{CreatedAt: last.CreatedAt, ID: last.ID})
	}
	return c.JSON(http.StatusOK, out)
}

// Get shows one confirmation.
//
//	@ID			getConfirmation
//	@Summary	Show one of one's own confirmations
//	@Description	Where it stands, what can be done next, and until when.
//	@Tags		account
//	@Produce	json
//	@Security	accessToken
//	@Param		id	path		string	true	"Confirmation id"	format(uuid)
//	@Success	200	{object}	ConfirmationResponse
//	@Failure	401	{object}	problem.Problem
//	@Failure	403	{object}	problem.Problem
//	@Failure	404	{object}	problem.Problem
//	@Router		/v1/me/confirmations/{id} [get]
func (h *Confirmation) Get(c echo.Context) error {
	v, err := h.find(c)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, h.newResponse(v, locale(c)))
}

func (h *Confirmation) find(c echo.Context) (domain.ConfirmationView, error) {
	id, err := pathID(c)
	if err != nil {
		return domain.ConfirmationView{}, err
	}
	return h.service.Get(c.Request().Context(), principal(c), id)
}

// VisitCode is the visit code as a picture.
//
//	@ID			getVisitCodePicture
//	@Summary	Show the visit code as a QR picture
//	@Description	A PNG with the QR code of qr_payload. A visit that is over has none: 404.
//	@Tags		account
//	@Produce	png
//	@Security	accessToken
//	@Param		id	path		string	true	"Confirmation id"	format(uuid)
//	@Success	200	{file}		binary
//	@Failure	401	{object}	problem.Problem
//	@Failure	403	{object}	problem.Problem
//	@Failure	404	{object}	problem.Problem
//	@Router		/v1/me/confirmations/{id}/visit-code.png [get]
func (h *Confirmation) VisitCode(c echo.Context) error {
	v, err := h.find(c)
	if err != nil {
		return err
	}
	if v.Shown() != domain.VisitOpen || v.Confirmation.VisitCode == "" {
		return apperr.New(apperr.NotFound)
	}
	picture, err := visitPicture(v.Confirmation.Payload())
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, "image/png", picture)
}

// EnterCode confirms by the code of a letter.
//
//	@ID			enterConfirmationCode
//	@Summary	Enter the code of the registered letter
//	@Description	Compares the code and, if it is right, raises the account to level confirmed. Lower case, O for 0, I and L for 1, dashes and spaces are all the same. A code that is wrong costs one of the letter's attempts; what cannot be a code costs none.
//	@Tags		account
//	@Accept		json
//	@Produce	json
//	@Security	accessToken
//	@Param		id		path		string					true	"Confirmation id"	format(uuid)
//	@Param		request	body		LetterCodeRequest	true	"The code of the letter"
//	@Success	200		{object}	ConfirmationResponse
//	@Failure	400		{object}	problem.Problem
//	@Failure	401		{object}	problem.Problem
//	@Failure	403		{object}	problem.Problem
//	@Failure	404		{object}	problem.Problem
//	@Failure	409		{object}	problem.Problem
//	@Failure	410		{object}	problem.Problem
//	@Failure	413		{object}	problem.Problem
//	@Failure	415		{object}	problem.Problem
//	@Failure	422		{object}	problem.Problem
//	@Failure	429		{object}	problem.Problem
//	@Router		/v1/me/confirmations/{id}/code [post]
func (h *Confirmation) EnterCode(c echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	var in LetterCodeRequest
	wrong, err := read(c, &in)
	if err != nil {
		return err
	}
	if in.Code == "" {
		wrong.add("/code", apperr.FieldRequired)
	}
	if err := wrong.err(); err != nil {
		return err
	}
	entered := domain.ConfirmationCode{Who: principal(c), ID: id, Code: in.Code, Caller: caller(c)}
	return answer(c, h.viewReply(c, http.StatusOK), func(ctx context.Context) (domain.ConfirmationView, error) {
		return h.codes.EnterCode(ctx, entered)
	})
}

// Delete cancels a confirmation.
//
//	@ID			cancelConfirmation
//	@Summary	Cancel a confirmation that is under way
//	@Description	The visit code or the letter's code is of no more use.
//	@Tags		account
//	@Produce	json
//	@Security	accessToken
//	@Param		id	path	string	true	"Confirmation id"	format(uuid)
//	@Success	204
//	@Failure	401	{object}	problem.Problem
//	@Failure	403	{object}	problem.Problem
//	@Failure	404	{object}	problem.Problem
//	@Failure	409	{object}	problem.Problem
//	@Router		/v1/me/confirmations/{id} [delete]
func (h *Confirmation) Delete(c echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	if err := h.service.Cancel(c.Request().Context(), principal(c), id, caller(c)); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// Dispute denies a confirmation.
//
//	@ID			disputeConfirmation
//	@Summary	Say that a confirmation was not one's own doing
//	@Description	Takes the token of the notice about a confirmed identity. The level falls, all sessions of the account end, and operators are called. The token is good once. It is what the page /not-me sends.
//	@Tags		account
//	@Accept		json
//	@Produce	json
//	@Param		request	body		DisputeRequest	true	"The token of the notice"
//	@Success	200		{object}	DisputeResponse
//	@Failure	400		{object}	problem.Problem
//	@Failure	409		{object}	problem.Problem
//	@Failure	413		{object}	problem.Problem
//	@Failure	415		{object}	problem.Problem
//	@Failure	422		{object}	problem.Problem
//	@Router		/v1/confirmation-disputes [post]
func (h *Confirmation) Dispute(c echo.Context) error {
	var in DisputeRequest
	wrong, err := read(c, &in)
	if err != nil {
		return err
	}
	if in.Token == "" {
		wrong.add("/token", apperr.FieldRequired)
	}
	if err := wrong.err(); err != nil {
		return err
	}
	dispute := domain.Dispute{Token: in.Token, Caller: caller(c)}
	return answer(c, disputeReply, func(ctx context.Context) (domain.Confirmation, error) {
		return h.codes.Dispute(ctx, dispute)
	})
}

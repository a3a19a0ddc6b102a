package handler

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/domain"
)

// TermsAcceptances is the use case of agreeing to new terms.
type TermsAcceptances interface {
	AcceptTerms(ctx context.Context, in domain.TermsAcceptance) (domain.Account, error)
}

// TermsAcceptance is the handler of /v1/me/terms-acceptances.
type TermsAcceptance struct{ service TermsAcceptances }

// NewTermsAcceptance returns the handler.
func NewTermsAcceptance(s TermsAcceptances) *TermsAcceptance { return &TermsAcceptance{s} }

// Create agrees to the terms of connection.
//
//	@ID				acceptTerms
//	@Summary		Agree to the terms of connection
//	@Description	For payers, when new terms are in force. A session that was opened for that alone (scope terms) may be used for everything from then on; its next access token says so.
//	@Tags			account
//	@Accept			json
//	@Produce		json
//	@Security		accessToken
//	@Param			request	body		TermsAcceptanceRequest	true	"The version that is agreed to"
//	@Success		201		{object}	AccountResponse
//	@Failure		400		{object}	problem.Problem
//	@Failure		401		{object}	problem.Problem
//	@Failure		403		{object}	problem.Problem
//	@Failure		409		{object}	problem.Problem
//	@Failure		413		{object}	problem.Problem
//	@Failure		415		{object}	problem.Problem
//	@Failure		422		{object}	problem.Problem
//	@Router			/v1/me/terms-acceptances [post]
func (h *TermsAcceptance) Create(c echo.Context) error {
	var in TermsAcceptanceRequest
	wrong, err := read(c, &in)
	if err != nil {
		return err
	}
	requireText(wrong, "/accepted_terms_version", in.AcceptedTermsVersion, maxVersion)
	if err := wrong.err(); err != nil {
		return err
	}
	acceptance := domain.TermsAcceptance{Who: principal(c), Version: in.AcceptedTermsVersion, Caller: caller(c)}
	return answer(c, accountReply(http.StatusCreated), func(ctx context.Context) (domain.Account, error) {
		return h.service.AcceptTerms(ctx, acceptance)
	})
}

// TermsAcceptanceRequest is an agreement to terms.
type TermsAcceptanceRequest struct {
	// AcceptedTermsVersion is the version of /v1/terms/payer-connection in force.
	AcceptedTermsVersion string `json:"accepted_terms_version" binding:"required" minLength:"1" maxLength:"32" example:"2026-11-01"`
} // @name TermsAcceptanceRequest

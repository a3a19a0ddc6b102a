package handler

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// Passwords is the use case of a new password.
type Passwords interface {
	Change(ctx context.Context, in domain.PasswordChange) (domain.SignedIn, error)
}

// Password is the handler of /v1/me/password.
type Password struct{ service Passwords }

// NewPassword returns the handler.
func NewPassword(s Passwords) *Password { return &Password{s} }

// Change puts a new password in the place of the one in use.
//
//	@ID				changePassword
//	@Summary		Change one's own password
//	@Description	For citizens and payers; the password in use has to be given. All other sessions end, and this one goes on with the new tokens of the answer. A session of a payer that was opened for the new password alone (scope password_change) may be used for everything from then on; payers may not choose one of their last passwords, and agree to the terms of connection in force where they have not yet.
//	@Tags			account
//	@Accept			json
//	@Produce		json
//	@Security		accessToken
//	@Param			request	body		PasswordChangeRequest	true	"The password in use, and the new one, typed twice"
//	@Success		200		{object}	SignedInResponse
//	@Failure		400		{object}	problem.Problem
//	@Failure		401		{object}	problem.Problem
//	@Failure		403		{object}	problem.Problem
//	@Failure		409		{object}	problem.Problem
//	@Failure		413		{object}	problem.Problem
//	@Failure		415		{object}	problem.Problem
//	@Failure		422		{object}	problem.Problem
//	@Failure		429		{object}	problem.Problem
//	@Failure		503		{object}	problem.Problem
//	@Router			/v1/me/password [post]
func (h *Password) Change(c echo.Context) error {
	if principal(c).AccountType == domain.AccountOperator {
		return apperr.New(apperr.Forbidden)
	}
	var in PasswordChangeRequest
	wrong, err := read(c, &in)
	if err != nil {
		return err
	}
	change := in.parse(wrong)
	if err := wrong.err(); err != nil {
		return err
	}
	change.Who, change.Caller = principal(c), caller(c)
	return answer(c, signedInReply(http.StatusOK), func(ctx context.Context) (domain.SignedIn, error) {
		return h.service.Change(ctx, change)
	})
}

// PasswordChangeRequest is a new password in the place of another.
type PasswordChangeRequest struct {
	CurrentPassword string `json:"current_password" binding:"required" minLength:"1" maxLength:"4096" format:"password" example:"correct horse battery staple"`
	// Password has 12 to 128 characters of any kind.
	Password             string `json:"password" binding:"required" minLength:"12" maxLength:"128" format:"password" example:"horse radish lantern"`
	PasswordConfirmation string `json:"password_confirmation" binding:"required" maxLength:"128" format:"password" example:"horse radish lantern"`
	// AcceptedTermsVersion is the version of /v1/terms/payer-connection that a payer
	// agrees to; needed where those in force were not agreed to before.
	AcceptedTermsVersion *string `json:"accepted_terms_version,omitempty" minLength:"1" maxLength:"32" example:"2026-11-01"`
} // @name PasswordChangeRequest

func (in PasswordChangeRequest) parse(wrong *fieldErrors) domain.PasswordChange {
	requireText(wrong, "/current_password", in.CurrentPassword, maxPassword)
	choice := PasswordRequest{Password: in.Password, PasswordConfirmation: in.PasswordConfirmation}.parse(wrong)
	out := domain.PasswordChange{
		Current: in.CurrentPassword, Password: choice.Password, Confirmation: choice.Confirmation,
	}
	if in.AcceptedTermsVersion != nil {
		requireText(wrong, "/accepted_terms_version", *in.AcceptedTermsVersion, maxVersion)
		out.TermsVersion = *in.AcceptedTermsVersion
	}
	return out
}

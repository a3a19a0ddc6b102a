package handler

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/domain"
)

// WalkIns is the use cases of people who are registered at the counter.
type WalkIns interface {
	Register(ctx context.Context, in domain.WalkIn) (domain.WalkedIn, error)
	Resend(ctx context.Context, in domain.FirstCodeRequest) (domain.FirstCode, error)
	SignIn(ctx context.Context, in domain.FirstSignIn) (domain.SignedIn, error)
}

// WalkIn is the handlers of registration at the counter and of the first
// sign-in after it.
type WalkIn struct {
	service WalkIns
	form    func() (domain.PersonalDataForm, error)
	origins []string
}

// NewWalkIn returns the handlers. Sessions in cookies are opened for pages of
// the given origins only.
func NewWalkIn(s WalkIns, form func() (domain.PersonalDataForm, error), origins []string) *WalkIn {
	return &WalkIn{s, form, origins}
}

// Register registers a person at the counter.
//
//	@ID				registerAtCounter
//	@Summary		Register a person at the counter
//	@Description	Makes the account of a person without one, whose documents the operator has seen and whose consent on paper the operator keeps. The account is confirmed at once. The code for the first sign-in goes to the person's phone or e-mail address, never to the operator.
//	@Tags			operators
//	@Accept			json
//	@Produce		json
//	@Security		accessToken
//	@Param			place_id	path		string					true	"Where the operator works"	format(uuid)
//	@Param			request		body		CounterRegistrationRequest	true	"All personal data and exactly one of phone and email"
//	@Success		201			{object}	CounterRegistrationResponse
//	@Failure		400			{object}	problem.Problem
//	@Failure		401			{object}	problem.Problem
//	@Failure		403			{object}	problem.Problem
//	@Failure		409			{object}	problem.Problem
//	@Failure		413			{object}	problem.Problem
//	@Failure		415			{object}	problem.Problem
//	@Failure		422			{object}	problem.Problem
//	@Failure		429			{object}	problem.Problem
//	@Router			/v1/operator/places/{place_id}/registrations [post]
func (h *WalkIn) Register(c echo.Context) error {
	var in CounterRegistrationRequest
	wrong, err := read(c, &in)
	if err != nil {
		return err
	}
	form, err := h.form()
	if err != nil {
		return err
	}
	person := in.parse(wrong, form, c.Request().Header.Get("Accept-Language"))
	if err := wrong.err(); err != nil {
		return err
	}
	person.Desk = desk(c)
	return answer(c, walkedInReply, func(ctx context.Context) (domain.WalkedIn, error) {
		return h.service.Register(ctx, person)
	})
}

// Resend sends another code for the first sign-in.
//
//	@ID				sendFirstSignInCode
//	@Summary		Send another code for the first sign-in
//	@Description	Sends a new code to a person who was registered at the counter and has no password yet; the one before is worth nothing from then on. Where the phone or e-mail address was typed wrongly, exactly one of phone and email takes its place; what the person has proven stays. Nobody sees the code but its owner.
//	@Tags			operators
//	@Accept			json
//	@Produce		json
//	@Security		accessToken
//	@Param			place_id	path		string			true	"Where the operator works"	format(uuid)
//	@Param			account_id	path		string			true	"Account id"				format(uuid)
//	@Param			request		body		FirstCodeRequest	false	"Nothing, or another contact"
//	@Success		201			{object}	FirstCodeResponse
//	@Failure		400			{object}	problem.Problem
//	@Failure		401			{object}	problem.Problem
//	@Failure		403			{object}	problem.Problem
//	@Failure		404			{object}	problem.Problem
//	@Failure		409			{object}	problem.Problem
//	@Failure		413			{object}	problem.Problem
//	@Failure		415			{object}	problem.Problem
//	@Failure		422			{object}	problem.Problem
//	@Failure		429			{object}	problem.Problem
//	@Router			/v1/operator/places/{place_id}/accounts/{account_id}/first-sign-in-codes [post]
func (h *WalkIn) Resend(c echo.Context) error {
	account, err := pathIDOf(c, "account_id")
	if err != nil {
		return err
	}
	contact, err := readOtherContact(c)
	if err != nil {
		return err
	}
	in := domain.FirstCodeRequest{Desk: desk(c), AccountID: account, Contact: contact}
	return answer(c, firstCodeReply, func(ctx context.Context) (domain.FirstCode, error) {
		return h.service.Resend(ctx, in)
	})
}

// SignIn sets the password of a person registered at the counter.
//
//	@ID				createFirstSignIn
//	@Summary		Sign in for the first time after a visit
//	@Description	Sets the password of a person who was registered at the counter, by the code that was sent to the phone or e-mail address given there, and signs in. An unknown login is answered like a wrong code, and so are codes that are too old or were tried too often: a new one is sent at the counter.
//	@Tags			sessions
//	@Accept			json
//	@Produce		json
//	@Param			request	body		FirstSignInRequest	true	"Login, code and the password, typed twice"
//	@Success		201		{object}	SignedInResponse
//	@Failure		400		{object}	problem.Problem
//	@Failure		403		{object}	problem.Problem
//	@Failure		409		{object}	problem.Problem
//	@Failure		413		{object}	problem.Problem
//	@Failure		415		{object}	problem.Problem
//	@Failure		422		{object}	problem.Problem
//	@Failure		429		{object}	problem.Problem
//	@Failure		503		{object}	problem.Problem
//	@Router			/v1/first-sign-ins [post]
func (h *WalkIn) SignIn(c echo.Context) error {
	var in FirstSignInRequest
	wrong, err := read(c, &in)
	if err != nil {
		return err
	}
	first := in.parse(wrong)
	if err := wrong.err(); err != nil {
		return err
	}
	if err := mayUse(c, first.Transport, h.origins); err != nil {
		return err
	}
	first.Caller = caller(c)
	return answer(c, signedInReply(http.StatusCreated), func(ctx context.Context) (domain.SignedIn, error) {
		return h.service.SignIn(ctx, first)
	})
}

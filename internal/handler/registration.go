package handler

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/domain"
)

// Registrations is the use cases of registration.
type Registrations interface {
	Start(ctx context.Context, in domain.RegistrationStart) (domain.RegistrationFlow, error)
	Get(ctx context.Context, key domain.FlowKey) (domain.RegistrationFlow, error)
	Resend(ctx context.Context, key domain.FlowKey, by domain.Caller) (domain.RegistrationFlow, error)
	Confirm(ctx context.Context, in domain.CodeEntry) (domain.RegistrationFlow, error)
	SetPassword(ctx context.Context, in domain.PasswordChoice) (domain.SignedIn, error)
}

// Registration is the handlers of /v1/registrations.
type Registration struct {
	service Registrations
	origins []string
}

// NewRegistration returns the handlers. Sessions in cookies are opened for
// pages of the given origins only.
func NewRegistration(s Registrations, origins []string) *Registration {
	return &Registration{s, origins}
}

// Create starts a registration.
//
//	@ID				createRegistration
//	@Summary		Start a registration
//	@Description	Sends a confirmation code to the phone or e-mail address. A contact that already has an account gets the same answer; its owner is told of the attempt.
//	@Tags			registrations
//	@Accept			json
//	@Produce		json
//	@Param			request	body		RegistrationRequest	true	"Name and exactly one of phone and email"
//	@Success		201		{object}	RegistrationResponse
//	@Failure		400		{object}	problem.Problem
//	@Failure		409		{object}	problem.Problem
//	@Failure		413		{object}	problem.Problem
//	@Failure		415		{object}	problem.Problem
//	@Failure		422		{object}	problem.Problem
//	@Failure		429		{object}	problem.Problem
//	@Router			/v1/registrations [post]
func (h *Registration) Create(c echo.Context) error {
	var in RegistrationRequest
	wrong, err := read(c, &in)
	if err != nil {
		return err
	}
	start := in.parse(wrong, c.Request().Header.Get("Accept-Language"))
	if err := wrong.err(); err != nil {
		return err
	}
	start.Caller = caller(c)
	return answer(c, startedReply, func(ctx context.Context) (domain.RegistrationFlow, error) {
		return h.service.Start(ctx, start)
	})
}

// Get shows a registration.
//
//	@ID			getRegistration
//	@Summary	Show a registration
//	@Description	The state of a flow and what can be done next, for the holder of its flow token.
//	@Tags		registrations
//	@Produce	json
//	@Security	flowToken
//	@Param		id	path		string	true	"Registration id"	format(uuid)
//	@Success	200	{object}	RegistrationResponse
//	@Failure	401	{object}	problem.Problem
//	@Failure	404	{object}	problem.Problem
//	@Router		/v1/registrations/{id} [get]
func (h *Registration) Get(c echo.Context) error {
	key, err := flowKey(c)
	if err != nil {
		return err
	}
	return answer(c, flowReply(http.StatusOK), func(ctx context.Context) (domain.RegistrationFlow, error) {
		return h.service.Get(ctx, key)
	})
}

// Resend sends another code.
//
//	@ID			resendRegistrationCode
//	@Summary	Send another code
//	@Description	Sends a new code; the one before is worth nothing from then on. The wait between codes doubles, and a contact gets a few codes an hour and a day.
//	@Tags		registrations
//	@Accept		json
//	@Produce	json
//	@Security	flowToken
//	@Param		id		path		string			true	"Registration id"	format(uuid)
//	@Param		request	body		EmptyRequest	false	"Nothing, or an empty object"
//	@Success	201		{object}	RegistrationResponse
//	@Failure	400		{object}	problem.Problem
//	@Failure	401		{object}	problem.Problem
//	@Failure	404		{object}	problem.Problem
//	@Failure	409		{object}	problem.Problem
//	@Failure	413		{object}	problem.Problem
//	@Failure	415		{object}	problem.Problem
//	@Failure	422		{object}	problem.Problem
//	@Failure	429		{object}	problem.Problem
//	@Router		/v1/registrations/{id}/codes [post]
func (h *Registration) Resend(c echo.Context) error {
	key, err := flowKey(c)
	if err != nil {
		return err
	}
	if err := readEmpty(c); err != nil {
		return err
	}
	by := caller(c)
	return answer(c, flowReply(http.StatusCreated), func(ctx context.Context) (domain.RegistrationFlow, error) {
		return h.service.Resend(ctx, key, by)
	})
}

// Confirm proves the contact by the code.
//
//	@ID			confirmRegistration
//	@Summary	Prove the contact
//	@Description	Compares the code with the one that was sent last. A wrong code costs one of a few attempts.
//	@Tags		registrations
//	@Accept		json
//	@Produce	json
//	@Security	flowToken
//	@Param		id		path		string		true	"Registration id"	format(uuid)
//	@Param		request	body		CodeRequest	true	"The code that was sent"
//	@Success	200		{object}	RegistrationResponse
//	@Failure	400		{object}	problem.Problem
//	@Failure	401		{object}	problem.Problem
//	@Failure	404		{object}	problem.Problem
//	@Failure	409		{object}	problem.Problem
//	@Failure	413		{object}	problem.Problem
//	@Failure	415		{object}	problem.Problem
//	@Failure	422		{object}	problem.Problem
//	@Failure	429		{object}	problem.Problem
//	@Router		/v1/registrations/{id}/confirmation [post]
func (h *Registration) Confirm(c echo.Context) error {
	key, err := flowKey(c)
	if err != nil {
		return err
	}
	var in CodeRequest
	wrong, err := read(c, &in)
	if err != nil {
		return err
	}
	entry := domain.CodeEntry{Key: key, Code: in.parse(wrong), Caller: caller(c)}
	if err := wrong.err(); err != nil {
		return err
	}
	return answer(c, flowReply(http.StatusOK), func(ctx context.Context) (domain.RegistrationFlow, error) {
		return h.service.Confirm(ctx, entry)
	})
}

// SetPassword ends a registration with an account and a session.
//
//	@ID			setRegistrationPassword
//	@Summary	Set the password and get the account
//	@Description	Ends the registration with an account at the level simplified and signs its owner in.
//	@Tags		registrations
//	@Accept		json
//	@Produce	json
//	@Security	flowToken
//	@Param		id		path		string			true	"Registration id"	format(uuid)
//	@Param		request	body		PasswordRequest	true	"The password, typed twice"
//	@Success	201		{object}	SignedInResponse
//	@Failure	400		{object}	problem.Problem
//	@Failure	401		{object}	problem.Problem
//	@Failure	403		{object}	problem.Problem
//	@Failure	404		{object}	problem.Problem
//	@Failure	409		{object}	problem.Problem
//	@Failure	413		{object}	problem.Problem
//	@Failure	415		{object}	problem.Problem
//	@Failure	422		{object}	problem.Problem
//	@Failure	503		{object}	problem.Problem
//	@Router		/v1/registrations/{id}/password [post]
func (h *Registration) SetPassword(c echo.Context) error {
	key, err := flowKey(c)
	if err != nil {
		return err
	}
	var in PasswordRequest
	wrong, err := read(c, &in)
	if err != nil {
		return err
	}
	choice := in.parse(wrong)
	if err := wrong.err(); err != nil {
		return err
	}
	if err := mayUse(c, choice.Transport, h.origins); err != nil {
		return err
	}
	choice.Key, choice.Caller = key, caller(c)
	return answer(c, signedInReply(http.StatusCreated), func(ctx context.Context) (domain.SignedIn, error) {
		return h.service.SetPassword(ctx, choice)
	})
}

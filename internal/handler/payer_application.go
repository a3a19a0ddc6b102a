package handler

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/domain"
)

// PayerApplications is the use cases of applications of payers.
type PayerApplications interface {
	Apply(ctx context.Context, in domain.PayerApplicationRequest) (domain.PayerApplicationFlow, error)
	Get(ctx context.Context, key domain.FlowKey) (domain.PayerApplicationFlow, error)
	ResendCode(ctx context.Context, key domain.FlowKey, by domain.Caller) (domain.PayerApplicationFlow, error)
	ConfirmEmail(ctx context.Context, in domain.CodeEntry) (domain.PayerApplicationFlow, error)
	ChooseMethod(ctx context.Context, in domain.DeliveryChoice) (domain.PayerApplicationFlow, error)
}

// PayerApplication is the handlers of /v1/payer-applications.
type PayerApplication struct{ service PayerApplications }

// NewPayerApplication returns the handlers.
func NewPayerApplication(s PayerApplications) *PayerApplication { return &PayerApplication{s} }

// Create files an application.
//
//	@ID				createPayerApplication
//	@Summary		Apply for a payer's connection
//	@Description	Files an application for the activation code of a payer of contributions, and sends a code to the e-mail address to prove it. The answer is the same whether the payer is in the register, has this INN, or is connected already: what becomes of the application is found out afterwards, and the truth goes to the payer's own channels. The activation code leaves within five working days after the day of filing, as it is in the payer's region; due_on is the last of them.
//	@Tags			payers
//	@Accept			json
//	@Produce		json
//	@Param			request	body		PayerApplicationRequest	true	"The payer, and the way for the code"
//	@Success		201		{object}	PayerApplicationResponse
//	@Failure		400		{object}	problem.Problem
//	@Failure		409		{object}	problem.Problem
//	@Failure		413		{object}	problem.Problem
//	@Failure		415		{object}	problem.Problem
//	@Failure		422		{object}	problem.Problem
//	@Failure		429		{object}	problem.Problem
//	@Failure		503		{object}	problem.Problem
//	@Router			/v1/payer-applications [post]
func (h *PayerApplication) Create(c echo.Context) error {
	var in PayerApplicationRequest
	wrong, err := read(c, &in)
	if err != nil {
		return err
	}
	request := in.parse(wrong, c.Request().Header.Get("Accept-Language"))
	if err := wrong.err(); err != nil {
		return err
	}
	request.Caller = caller(c)
	return answer(c, filedReply, func(ctx context.Context) (domain.PayerApplicationFlow, error) {
		return h.service.Apply(ctx, request)
	})
}

// Get shows an application.
//
//	@ID				getPayerApplication
//	@Summary		Show an application
//	@Description	The state of an application, for the holder of its flow token. Until the e-mail address is proven, an application of which nothing comes, and one whose way is not open to the payer, look as if they had just been filed.
//	@Tags			payers
//	@Produce		json
//	@Security		flowToken
//	@Param			id	path		string	true	"Application id"	format(uuid)
//	@Success		200	{object}	PayerApplicationResponse
//	@Failure		401	{object}	problem.Problem
//	@Failure		404	{object}	problem.Problem
//	@Router			/v1/payer-applications/{id} [get]
func (h *PayerApplication) Get(c echo.Context) error {
	key, err := flowKey(c)
	if err != nil {
		return err
	}
	flow, err := h.service.Get(c.Request().Context(), key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, newPayerApplication(flow))
}

// Resend sends another code to the e-mail address.
//
//	@ID				resendPayerApplicationCode
//	@Summary		Send another code to the applicant's e-mail address
//	@Description	The code before is worth nothing from then on.
//	@Tags			payers
//	@Accept			json
//	@Produce		json
//	@Security		flowToken
//	@Param			id		path		string			true	"Application id"	format(uuid)
//	@Param			request	body		EmptyRequest	false	"Nothing, or an empty object"
//	@Success		201		{object}	PayerApplicationResponse
//	@Failure		400		{object}	problem.Problem
//	@Failure		401		{object}	problem.Problem
//	@Failure		404		{object}	problem.Problem
//	@Failure		409		{object}	problem.Problem
//	@Failure		422		{object}	problem.Problem
//	@Failure		429		{object}	problem.Problem
//	@Router			/v1/payer-applications/{id}/codes [post]
func (h *PayerApplication) Resend(c echo.Context) error {
	key, err := flowKey(c)
	if err != nil {
		return err
	}
	if err := readEmpty(c); err != nil {
		return err
	}
	by := caller(c)
	return answer(c, applicationReply(http.StatusCreated), func(ctx context.Context) (domain.PayerApplicationFlow, error) {
		return h.service.ResendCode(ctx, key, by)
	})
}

// Confirm proves the e-mail address.
//
//	@ID				confirmPayerApplicationEmail
//	@Summary		Prove the applicant's e-mail address
//	@Description	Compares a code with the one that was sent last. From then on the application shows its true state, and another way for the activation code can be chosen where one is needed.
//	@Tags			payers
//	@Accept			json
//	@Produce		json
//	@Security		flowToken
//	@Param			id		path		string		true	"Application id"	format(uuid)
//	@Param			request	body		CodeRequest	true	"The code"
//	@Success		200		{object}	PayerApplicationResponse
//	@Failure		400		{object}	problem.Problem
//	@Failure		401		{object}	problem.Problem
//	@Failure		404		{object}	problem.Problem
//	@Failure		409		{object}	problem.Problem
//	@Failure		413		{object}	problem.Problem
//	@Failure		415		{object}	problem.Problem
//	@Failure		422		{object}	problem.Problem
//	@Failure		429		{object}	problem.Problem
//	@Router			/v1/payer-applications/{id}/confirmation [post]
func (h *PayerApplication) Confirm(c echo.Context) error {
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
	return answer(c, applicationReply(http.StatusOK), func(ctx context.Context) (domain.PayerApplicationFlow, error) {
		return h.service.ConfirmEmail(ctx, entry)
	})
}

// ChooseMethod takes another way for the activation code.
//
//	@ID				choosePayerDeliveryMethod
//	@Summary		Choose another way for the activation code
//	@Description	For an application whose way is not open to the payer or came to nothing, and for one that waits for a visit; its e-mail address has to be proven. The day of filing stays, and with it the due date.
//	@Tags			payers
//	@Accept			json
//	@Produce		json
//	@Security		flowToken
//	@Param			id		path		string					true	"Application id"	format(uuid)
//	@Param			request	body		DeliveryMethodRequest	true	"The way"
//	@Success		200		{object}	PayerApplicationResponse
//	@Failure		400		{object}	problem.Problem
//	@Failure		401		{object}	problem.Problem
//	@Failure		404		{object}	problem.Problem
//	@Failure		409		{object}	problem.Problem
//	@Failure		413		{object}	problem.Problem
//	@Failure		415		{object}	problem.Problem
//	@Failure		422		{object}	problem.Problem
//	@Failure		429		{object}	problem.Problem
//	@Router			/v1/payer-applications/{id}/delivery-method [post]
func (h *PayerApplication) ChooseMethod(c echo.Context) error {
	key, err := flowKey(c)
	if err != nil {
		return err
	}
	var in DeliveryMethodRequest
	wrong, err := read(c, &in)
	if err != nil {
		return err
	}
	choice := domain.DeliveryChoice{Key: key, Method: parseDeliveryMethod(wrong, in.DeliveryMethod), Caller: caller(c)}
	if err := wrong.err(); err != nil {
		return err
	}
	return answer(c, applicationReply(http.StatusOK), func(ctx context.Context) (domain.PayerApplicationFlow, error) {
		return h.service.ChooseMethod(ctx, choice)
	})
}

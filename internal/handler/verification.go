package handler

import (
	"context"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// Verifications is the use cases of verification.
type Verifications interface {
	Form() (domain.PersonalDataForm, error)
	Submit(ctx context.Context, in domain.Submission) (domain.Submitted, error)
	PersonalDataOf(ctx context.Context, who domain.Principal) (domain.PersonalData, error)
	Watch(ctx context.Context, who domain.Principal, wait time.Duration) (domain.VerificationCase, error)
}

// Verification is the handlers of /v1/me/personal-data and /v1/me/verification.
type Verification struct {
	service  Verifications
	policies domain.Policies
}

// NewVerification returns the handlers.
func NewVerification(s Verifications, p domain.Policies) *Verification { return &Verification{s, p} }

// PutPersonalData takes personal data and begins their check.
//
//	@ID			putPersonalData
//	@Summary	Fill in or change one's personal data
//	@Description	Replaces all personal data and begins their check in the registers of the Pension Fund and of the migration service. Data of which only birthplace and addresses are new are kept without another check. Changing what was checked lowers the level until the new data have passed, and makes confirmations and visits under way worthless; where something is proven already, it needs a sign-in that is not old (403 reauthentication_required). While a letter is under way it is refused (409 letter_under_way) unless void_letter says that the letter may be given up.
//	@Tags		account
//	@Accept		json
//	@Produce	json
//	@Security	accessToken
//	@Param		request	body		PersonalDataRequest	true	"All personal data"
//	@Success	202		{object}	VerificationResponse
//	@Failure	400		{object}	problem.Problem
//	@Failure	401		{object}	problem.Problem
//	@Failure	403		{object}	problem.Problem
//	@Failure	409		{object}	problem.Problem
//	@Failure	413		{object}	problem.Problem
//	@Failure	415		{object}	problem.Problem
//	@Failure	422		{object}	problem.Problem
//	@Failure	429		{object}	problem.Problem
//	@Router		/v1/me/personal-data [put]
func (h *Verification) PutPersonalData(c echo.Context) error {
	var in PersonalDataRequest
	wrong, err := read(c, &in)
	if err != nil {
		return err
	}
	form, err := h.service.Form()
	if err != nil {
		return err
	}
	data := in.parse(wrong, form)
	if err := wrong.err(); err != nil {
		return err
	}
	who := principal(c)
	submission := domain.Submission{
		Account: who.AccountID, AuthTime: who.AuthTime, Data: data, Consent: form.Consent, Caller: caller(c),
		VoidLetter: in.VoidLetter != nil && *in.VoidLetter,
	}
	return answer(c, h.submitted, func(ctx context.Context) (domain.Submitted, error) {
		return h.service.Submit(ctx, submission)
	})
}

// GetPersonalData shows what is on file.
//
//	@ID			getPersonalData
//	@Summary	Show one's own personal data
//	@Description	The data on file, in clear. Before any were filled in it is 404 not_found with next_actions.
//	@Tags		account
//	@Produce	json
//	@Security	accessToken
//	@Success	200	{object}	PersonalDataResponse
//	@Failure	401	{object}	problem.Problem
//	@Failure	404	{object}	problem.Problem
//	@Router		/v1/me/personal-data [get]
func (h *Verification) GetPersonalData(c echo.Context) error {
	d, err := h.service.PersonalDataOf(c.Request().Context(), principal(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, newPersonalDataResponse(d))
}

func (h *Verification) submitted(s domain.Submitted) reply {
	r := reply{
		status: http.StatusAccepted, header: quotaHeader(s.Quota), body: newVerificationResponse(s.Case, h.policies),
	}
	r.header.Set(echo.HeaderLocation, "/v1/me/verification")
	return r
}

// Get shows the check of the personal data.
//
//	@ID			getVerification
//	@Summary	Show the check of one's personal data
//	@Description	The check as a whole and each of its parts. With wait it answers when something changes, or after that time; at most 20 seconds are waited.
//	@Tags		account
//	@Produce	json
//	@Security	accessToken
//	@Param		wait	query		string	false	"How long to wait for a change, in seconds: 30s"	maxlength(3)	example(30s)
//	@Success	200		{object}	VerificationResponse
//	@Failure	401		{object}	problem.Problem
//	@Failure	404		{object}	problem.Problem
//	@Failure	422		{object}	problem.Problem
//	@Router		/v1/me/verification [get]
func (h *Verification) Get(c echo.Context) error {
	wait, err := parseWait(c.QueryParam("wait"))
	if err != nil {
		return err
	}
	v, err := h.service.Watch(c.Request().Context(), principal(c), wait)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, newVerificationResponse(v, h.policies))
}

// parseWait reads whole seconds, at most 60, such as 30s.
func parseWait(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	wrong := &fieldErrors{}
	seconds, err := strconv.Atoi(strings.TrimSuffix(text, "s"))
	if err != nil || !regexp.MustCompile(`^([0-9]|[1-5][0-9]|60)s$`).MatchString(text) {
		wrong.add("/query/wait", apperr.FieldUnsupportedValue)
	}
	return time.Duration(seconds) * time.Second, wrong.err()
}

package handler

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/i18n"
)

// PayerActivations is the use cases of activation codes and lost passwords.
type PayerActivations interface {
	Activate(ctx context.Context, in domain.PayerActivation) (domain.Account, error)
	PasswordHelp(ctx context.Context, n domain.PayerNumber) (*domain.ServiceCentre, error)
}

// PayerActivation is the handlers of /v1/payer-activations and
// /v1/payer-password-help.
type PayerActivation struct {
	service PayerActivations
	texts   *i18n.Catalog
}

// NewPayerActivation returns the handlers.
func NewPayerActivation(s PayerActivations, t *i18n.Catalog) *PayerActivation {
	return &PayerActivation{s, t}
}

// Create activates a payer's connection.
//
//	@ID				createPayerActivation
//	@Summary		Activate a payer's connection
//	@Description	Connects a payer by the activation code that only the payer can have, under the terms of connection in force and with a password of the payer's own. Signing in follows. An unknown number, a connected payer and a code that is too old or was tried too often are answered like a wrong code. A code in which a digit was mistyped is refused as such, and costs no attempt.
//	@Tags			payers
//	@Accept			json
//	@Produce		json
//	@Param			request	body		PayerActivationRequest	true	"Number, code, accepted terms and the password, typed twice"
//	@Success		201		{object}	AccountResponse
//	@Failure		400		{object}	problem.Problem
//	@Failure		403		{object}	problem.Problem
//	@Failure		409		{object}	problem.Problem
//	@Failure		413		{object}	problem.Problem
//	@Failure		415		{object}	problem.Problem
//	@Failure		422		{object}	problem.Problem
//	@Failure		429		{object}	problem.Problem
//	@Failure		503		{object}	problem.Problem
//	@Router			/v1/payer-activations [post]
func (h *PayerActivation) Create(c echo.Context) error {
	var in PayerActivationRequest
	wrong, err := read(c, &in)
	if err != nil {
		return err
	}
	activation := in.parse(wrong)
	if err := wrong.err(); err != nil {
		return err
	}
	activation.Caller = caller(c)
	return answer(c, accountReply(http.StatusCreated), func(ctx context.Context) (domain.Account, error) {
		return h.service.Activate(ctx, activation)
	})
}

// PayerActivationRequest is a payer with an activation code.
type PayerActivationRequest struct {
	// RegistrationNumber is that of the Pension Fund or the unified one.
	RegistrationNumber string `json:"registration_number" binding:"required" minLength:"1" maxLength:"40" example:"087-214-000001"`
	// ActivationCode is 20 digits; spaces and dashes are ignored.
	ActivationCode string `json:"activation_code" binding:"required" minLength:"1" maxLength:"64" example:"27182-81828-45904-52352"`
	// AcceptedTermsVersion is the version of /v1/terms/payer-connection that the
	// payer agrees to.
	AcceptedTermsVersion string `json:"accepted_terms_version" binding:"required" minLength:"1" maxLength:"32" example:"2026-11-01"`
	// Password has 12 to 128 characters of any kind.
	Password             string `json:"password" binding:"required" minLength:"12" maxLength:"128" format:"password" example:"horse radish lantern"`
	PasswordConfirmation string `json:"password_confirmation" binding:"required" maxLength:"128" format:"password" example:"horse radish lantern"`
} // @name PayerActivationRequest

// The longest texts that are looked at, in bytes.
const (
	maxActivationCode = 256
	maxVersion        = 64
)

func (in PayerActivationRequest) parse(wrong *fieldErrors) domain.PayerActivation {
	requireText(wrong, "/activation_code", in.ActivationCode, maxActivationCode)
	requireText(wrong, "/accepted_terms_version", in.AcceptedTermsVersion, maxVersion)
	choice := PasswordRequest{Password: in.Password, PasswordConfirmation: in.PasswordConfirmation}.parse(wrong)
	return domain.PayerActivation{
		Number:       parsePayerNumber(wrong, in.RegistrationNumber),
		Code:         in.ActivationCode,
		TermsVersion: in.AcceptedTermsVersion,
		Password:     choice.Password,
		Confirmation: choice.Confirmation,
	}
}

// Help tells where a lost password is replaced.
//
//	@ID				getPayerPasswordHelp
//	@Summary		Find out where a payer's lost password is replaced
//	@Description	A payer's lost password is replaced by a registration card, on a visit to the office at the payer's place of registration, and in no other way. The answer is found by the number alone: it tells nothing of the payer, nor whether anybody has the number.
//	@Tags			payers
//	@Produce		json
//	@Param			registration_number	query		string	true	"Registration number of the payer"	maxlength(40)
//	@Success		200					{object}	PayerPasswordHelpResponse
//	@Failure		422					{object}	problem.Problem
//	@Router			/v1/payer-password-help [get]
func (h *PayerActivation) Help(c echo.Context) error {
	wrong := &fieldErrors{}
	number := parsePayerNumber(wrong, c.QueryParam("registration_number"))
	if err := wrong.err(); err != nil {
		return err
	}
	office, err := h.service.PasswordHelp(c.Request().Context(), number)
	if err != nil {
		return err
	}
	out := PayerPasswordHelpResponse{Documents: []PayerDocumentResponse{}, NextActions: []string{"visit_office"}}
	for _, code := range []string{"identity", "authority", "application"} {
		out.Documents = append(out.Documents, PayerDocumentResponse{code, h.texts.Text(locale(c), "payer.document."+code, nil)})
	}
	if office != nil {
		centre := newCentreResponse(domain.FoundCentre{ServiceCentre: *office})
		out.Office = &centre
	} else {
		out.NextActions = []string{"find_office"}
	}
	return c.JSON(http.StatusOK, out)
}

// PayerPasswordHelpResponse is where a payer's lost password is replaced.
type PayerPasswordHelpResponse struct {
	// Office is the office at the payer's place of registration, with its hours;
	// null where the number tells none: see /v1/service-centres?kind=fund_office.
	Office    *ServiceCentreResponse  `json:"office" binding:"required" extensions:"x-nullable"`
	Documents []PayerDocumentResponse `json:"documents" binding:"required"`
	// NextActions names what can be done next.
	NextActions []string `json:"next_actions" binding:"required" example:"visit_office"`
} // @name PayerPasswordHelpResponse

// PayerDocumentResponse is a paper to bring along.
type PayerDocumentResponse struct {
	Code string `json:"code" binding:"required" enums:"identity,authority,application" example:"identity"`
	Text string `json:"text" binding:"required" maxLength:"500" example:"Документ, удостоверяющий личность"`
} // @name PayerDocumentResponse

func accountReply(status int) func(domain.Account) reply {
	return func(a domain.Account) reply { return reply{status: status, body: newAccountResponse(a)} }
}

// PayersOnly lets only payers pass, of those whom [Authenticated] let pass.
func PayersOnly() echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if principal(c).AccountType != domain.AccountPayer {
				return apperr.New(apperr.Forbidden)
			}
			return next(c)
		}
	}
}

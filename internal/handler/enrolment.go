package handler

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/domain"
)

// Enrolments is the use cases of operators who have yet to choose a password.
type Enrolments interface {
	StartEnrolment(ctx context.Context, token string, by domain.Caller) (domain.Enrolling, error)
	CompleteEnrolment(ctx context.Context, in domain.Enrolment) (domain.Operator, error)
}

// Enrolment is the handlers of /v1/operator-enrolments.
type Enrolment struct{ service Enrolments }

// NewEnrolment returns the handlers.
func NewEnrolment(s Enrolments) *Enrolment { return &Enrolment{s} }

// EnrolmentRequest is the secret of an enrolment link.
type EnrolmentRequest struct {
	// EnrolmentToken is what follows the # of the link.
	EnrolmentToken string `json:"enrolment_token" binding:"required" minLength:"1" maxLength:"256" example:"Zk3v0q7xJ2m9w1kQ5v8yB4n6a1d3f5g7h9j0l2k4i6o"`
} // @name EnrolmentRequest

// EnrolmentCompletionRequest is what an invited operator chooses.
type EnrolmentCompletionRequest struct {
	// EnrolmentToken is what follows the # of the link.
	EnrolmentToken string `json:"enrolment_token" binding:"required" minLength:"1" maxLength:"256" example:"Zk3v0q7xJ2m9w1kQ5v8yB4n6a1d3f5g7h9j0l2k4i6o"`
	// Password has 12 to 128 characters of any kind.
	Password             string `json:"password" binding:"required" minLength:"12" maxLength:"128" format:"password" example:"horse radish lantern"`
	PasswordConfirmation string `json:"password_confirmation" binding:"required" maxLength:"128" format:"password" example:"horse radish lantern"`
	// OTP is a code that the second factor shows now.
	OTP string `json:"otp" binding:"required" minLength:"1" maxLength:"32" example:"271828"`
} // @name EnrolmentCompletionRequest

const maxEnrolmentToken = 256

func (in EnrolmentCompletionRequest) parse(wrong *fieldErrors) domain.Enrolment {
	requireText(wrong, "/enrolment_token", in.EnrolmentToken, maxEnrolmentToken)
	requireText(wrong, "/password", in.Password, maxPassword)
	requireText(wrong, "/password_confirmation", in.PasswordConfirmation, maxPassword)
	return domain.Enrolment{
		Token:        in.EnrolmentToken,
		Password:     in.Password,
		Confirmation: in.PasswordConfirmation,
		OTP:          parseOTP(wrong, in.OTP),
	}
}

// EnrolmentResponse is an invited operator with the second factor to set up.
type EnrolmentResponse struct {
	Login      string       `json:"login" binding:"required" maxLength:"40" example:"anna.desk"`
	FamilyName string       `json:"family_name" binding:"required" maxLength:"60" example:"Синтетическая"`
	GivenName  string       `json:"given_name" binding:"required" maxLength:"60" example:"Анна"`
	ExpiresAt  time.Time    `json:"expires_at" binding:"required" format:"date-time" example:"2026-11-05T09:00:00Z"`
	TOTP       TOTPResponse `json:"totp" binding:"required"`
	// NextActions names what can be done next.
	NextActions []string `json:"next_actions" binding:"required" example:"complete_enrolment"`
} // @name EnrolmentResponse

// TOTPResponse is a second factor (RFC 6238), shown this once.
type TOTPResponse struct {
	// Secret is in base 32, to be typed.
	Secret string `json:"secret" binding:"required" maxLength:"128" example:"JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"`
	// URI is to be shown as a QR code.
	URI string `json:"uri" binding:"required" maxLength:"1024" example:"otpauth://totp/Kabinet:anna.desk?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Kabinet"`
} // @name TOTPResponse

func enrollingReply(in domain.Enrolling) reply {
	return reply{status: http.StatusCreated, body: EnrolmentResponse{
		Login:       in.Operator.Login,
		FamilyName:  in.Operator.FamilyName.Text(),
		GivenName:   in.Operator.GivenName.Text(),
		ExpiresAt:   in.Operator.EnrolmentUntil,
		TOTP:        TOTPResponse{Secret: in.Operator.TOTPSecret, URI: in.URI},
		NextActions: []string{"complete_enrolment"},
	}}
}

// EnrolledResponse is an operator who can sign in from now on.
type EnrolledResponse struct {
	Login       string   `json:"login" binding:"required" maxLength:"40" example:"anna.desk"`
	Status      string   `json:"status" binding:"required" enums:"active" example:"active"`
	NextActions []string `json:"next_actions" binding:"required" example:"sign_in"`
} // @name EnrolledResponse

func enrolledReply(o domain.Operator) reply {
	return reply{status: http.StatusCreated, body: EnrolledResponse{
		Login: o.Login, Status: string(o.Status), NextActions: o.Status.NextActions(),
	}}
}

// Start shows an invited operator a second factor.
//
//	@ID				startOperatorEnrolment
//	@Summary		Begin an operator's enrolment
//	@Description	Shows whoever has the enrolment link the secret of a new second factor. Each start makes a new one, until the enrolment is completed. The answer is shown once and kept nowhere: this POST takes no Idempotency-Key, and is repeated instead.
//	@Tags			operators
//	@Accept			json
//	@Produce		json
//	@Param			request	body		EnrolmentRequest	true	"The secret of the link"
//	@Success		201		{object}	EnrolmentResponse
//	@Failure		400		{object}	problem.Problem
//	@Failure		401		{object}	problem.Problem
//	@Failure		413		{object}	problem.Problem
//	@Failure		415		{object}	problem.Problem
//	@Failure		422		{object}	problem.Problem
//	@x-repeatable	true
//	@Router			/v1/operator-enrolments [post]
func (h *Enrolment) Start(c echo.Context) error {
	var in EnrolmentRequest
	wrong, err := read(c, &in)
	if err != nil {
		return err
	}
	requireText(wrong, "/enrolment_token", in.EnrolmentToken, maxEnrolmentToken)
	if err := wrong.err(); err != nil {
		return err
	}
	out, err := h.service.StartEnrolment(c.Request().Context(), in.EnrolmentToken, caller(c))
	if err != nil {
		return err
	}
	r := enrollingReply(out)
	return c.JSON(r.status, r.body)
}

// Complete gives the operator a password.
//
//	@ID				completeOperatorEnrolment
//	@Summary		Complete an operator's enrolment
//	@Description	Sets the password, once a code shows that the second factor works. The link is worth nothing after it, and the code cannot be used to sign in.
//	@Tags			operators
//	@Accept			json
//	@Produce		json
//	@Param			request	body		EnrolmentCompletionRequest	true	"The secret of the link, the password twice, and a code"
//	@Success		201		{object}	EnrolledResponse
//	@Failure		400		{object}	problem.Problem
//	@Failure		401		{object}	problem.Problem
//	@Failure		409		{object}	problem.Problem
//	@Failure		413		{object}	problem.Problem
//	@Failure		415		{object}	problem.Problem
//	@Failure		422		{object}	problem.Problem
//	@Failure		503		{object}	problem.Problem
//	@Router			/v1/operator-enrolments/completion [post]
func (h *Enrolment) Complete(c echo.Context) error {
	var in EnrolmentCompletionRequest
	wrong, err := read(c, &in)
	if err != nil {
		return err
	}
	enrolment := in.parse(wrong)
	if err := wrong.err(); err != nil {
		return err
	}
	enrolment.Caller = caller(c)
	return answer(c, enrolledReply, func(ctx context.Context) (domain.Operator, error) {
		return h.service.CompleteEnrolment(ctx, enrolment)
	})
}

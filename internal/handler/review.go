package handler

import (
	"context"
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/domain"
)

// Reviews is the use cases of supervisors.
type Reviews interface {
	ListReviews(ctx context.Context, d domain.Desk, p domain.Page) ([]domain.VerificationCase, error)
	Review(ctx context.Context, d domain.Desk, id uuid.UUID) (domain.Review, error)
	Decide(ctx context.Context, in domain.ReviewDecision) (domain.VerificationCase, error)
	Suspend(ctx context.Context, in domain.AccountAction) (domain.Account, error)
}

// Review is the handlers of reviews and suspensions.
type Review struct{ service Reviews }

// NewReview returns the handlers.
func NewReview(s Reviews) *Review { return &Review{s} }

// List shows the cases that wait for a supervisor.
//
//	@ID				listReviews
//	@Summary		List the cases that wait for a supervisor
//	@Description	Cases that no register answers, and those that wait because another account has confirmed the SNILS, oldest first. They tell nothing of the people. Reading the list is recorded.
//	@Tags			operators
//	@Produce		json
//	@Security		accessToken
//	@Param			place_id	path		string	true	"Where the operator works"	format(uuid)
//	@Param			cursor		query		string	false	"Where the page before ended"	maxlength(200)
//	@Param			limit		query		int		false	"Size of the page"	minimum(1)	maximum(100)	default(20)
//	@Success		200			{object}	ReviewListResponse
//	@Failure		401			{object}	problem.Problem
//	@Failure		403			{object}	problem.Problem
//	@Failure		422			{object}	problem.Problem
//	@Router			/v1/operator/places/{place_id}/reviews [get]
func (h *Review) List(c echo.Context) error {
	page, err := parsePage(c)
	if err != nil {
		return err
	}
	cases, err := h.service.ListReviews(c.Request().Context(), desk(c), oneMore(page))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, newReviewList(cases, page))
}

// Get shows a case with the person's data.
//
//	@ID				getReview
//	@Summary		Show a case with the person's data
//	@Description	The case and all personal data in clear, for a supervisor to ask the register by other means. Reading them is recorded. Nobody reads their own.
//	@Tags			operators
//	@Produce		json
//	@Security		accessToken
//	@Param			place_id	path		string	true	"Where the operator works"	format(uuid)
//	@Param			case_id		path		string	true	"Case id"					format(uuid)
//	@Success		200			{object}	ReviewDetailResponse
//	@Failure		401			{object}	problem.Problem
//	@Failure		403			{object}	problem.Problem
//	@Failure		404			{object}	problem.Problem
//	@Router			/v1/operator/places/{place_id}/reviews/{case_id} [get]
func (h *Review) Get(c echo.Context) error {
	id, err := pathIDOf(c, "case_id")
	if err != nil {
		return err
	}
	review, err := h.service.Review(c.Request().Context(), desk(c), id)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, ReviewDetailResponse{
		Case: newReview(review.Case), PersonalData: newPersonalDataResponse(review.Data),
	})
}

// Decide settles a case that a register never answered.
//
//	@ID				decideReview
//	@Summary		Decide on a case in the place of a register
//	@Description	Passes the checks of a case in manual_review, or sends groups of fields back to be corrected. The person is told as if the register had answered. Where another account has confirmed the SNILS meanwhile, a case that is passed waits on hold.
//	@Tags			operators
//	@Accept			json
//	@Produce		json
//	@Security		accessToken
//	@Param			place_id	path		string					true	"Where the operator works"	format(uuid)
//	@Param			case_id		path		string					true	"Case id"					format(uuid)
//	@Param			request		body		ReviewDecisionRequest	true	"The decision and its reason"
//	@Success		200			{object}	ReviewResponse
//	@Failure		400			{object}	problem.Problem
//	@Failure		401			{object}	problem.Problem
//	@Failure		403			{object}	problem.Problem
//	@Failure		404			{object}	problem.Problem
//	@Failure		409			{object}	problem.Problem
//	@Failure		413			{object}	problem.Problem
//	@Failure		415			{object}	problem.Problem
//	@Failure		422			{object}	problem.Problem
//	@Router			/v1/operator/places/{place_id}/reviews/{case_id}/decision [post]
func (h *Review) Decide(c echo.Context) error {
	id, err := pathIDOf(c, "case_id")
	if err != nil {
		return err
	}
	var in ReviewDecisionRequest
	wrong, err := read(c, &in)
	if err != nil {
		return err
	}
	decision := in.parse(wrong)
	if err := wrong.err(); err != nil {
		return err
	}
	decision.Desk, decision.CaseID = desk(c), id
	return answer(c, reviewReply, func(ctx context.Context) (domain.VerificationCase, error) {
		return h.service.Decide(ctx, decision)
	})
}

// Suspend suspends an account.
//
//	@ID				suspendAccount
//	@Summary		Suspend an account
//	@Description	Ends the sessions of an account and closes it to its owner, who is told and sent to an office. Two people bring it back (approvals, kind reinstate).
//	@Tags			operators
//	@Accept			json
//	@Produce		json
//	@Security		accessToken
//	@Param			place_id	path		string			true	"Where the operator works"	format(uuid)
//	@Param			account_id	path		string			true	"Account id"				format(uuid)
//	@Param			request		body		ReasonRequest	true	"Why"
//	@Success		201			{object}	AccountStateResponse
//	@Failure		400			{object}	problem.Problem
//	@Failure		401			{object}	problem.Problem
//	@Failure		403			{object}	problem.Problem
//	@Failure		404			{object}	problem.Problem
//	@Failure		409			{object}	problem.Problem
//	@Failure		413			{object}	problem.Problem
//	@Failure		415			{object}	problem.Problem
//	@Failure		422			{object}	problem.Problem
//	@Router			/v1/operator/places/{place_id}/accounts/{account_id}/suspension [post]
func (h *Review) Suspend(c echo.Context) error {
	account, err := pathIDOf(c, "account_id")
	if err != nil {
		return err
	}
	var in ReasonRequest
	wrong, err := read(c, &in)
	if err != nil {
		return err
	}
	action := domain.AccountAction{Desk: desk(c), AccountID: account, Reason: parseReason(wrong, "/reason", in.Reason)}
	if err := wrong.err(); err != nil {
		return err
	}
	return answer(c, accountStateReply, func(ctx context.Context) (domain.Account, error) {
		return h.service.Suspend(ctx, action)
	})
}

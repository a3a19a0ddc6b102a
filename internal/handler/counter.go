package handler

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/domain"
)

// Searches is the look-ups of the counter.
type Searches interface {
	Search(ctx context.Context, in domain.AccountSearch) (domain.AccountsFound, error)
}

// Decisions is what operators decide on the identity of who stands before them.
type Decisions interface {
	ConfirmInPerson(ctx context.Context, in domain.InPersonDecision) (domain.Confirmation, error)
	RefuseInPerson(ctx context.Context, in domain.InPersonRefusal) (domain.Confirmation, error)
}

// Counter is the handlers of the counter: search, confirmation, refusal.
type Counter struct {
	searches  Searches
	decisions Decisions
	form      func() (domain.PersonalDataForm, error)
}

// NewCounter returns the handlers. The form says which day it is.
func NewCounter(s Searches, d Decisions, form func() (domain.PersonalDataForm, error)) *Counter {
	return &Counter{s, d, form}
}

// Search looks for a person's account.
//
//	@ID				searchAccounts
//	@Summary		Find a person's account
//	@Description	Looks for the accounts of whoever stands at the counter, by exactly one of visit code, SNILS, phone and e-mail address. Nobody found is an empty list. Passport and SNILS are never shown, the birth date is masked to its year. Every search is recorded, and counts against the operator's limit.
//	@Tags			operators
//	@Accept			json
//	@Produce		json
//	@Security		accessToken
//	@Param			place_id	path		string					true	"Where the operator works"	format(uuid)
//	@Param			request		body		AccountSearchRequest	true	"What to look for"
//	@Success		200			{object}	AccountSearchResponse
//	@Failure		400			{object}	problem.Problem
//	@Failure		401			{object}	problem.Problem
//	@Failure		403			{object}	problem.Problem
//	@Failure		409			{object}	problem.Problem
//	@Failure		413			{object}	problem.Problem
//	@Failure		415			{object}	problem.Problem
//	@Failure		422			{object}	problem.Problem
//	@Failure		429			{object}	problem.Problem
//	@Router			/v1/operator/places/{place_id}/account-searches [post]
func (h *Counter) Search(c echo.Context) error {
	var in AccountSearchRequest
	wrong, err := read(c, &in)
	if err != nil {
		return err
	}
	search := in.parse(wrong)
	if err := wrong.err(); err != nil {
		return err
	}
	search.Desk = desk(c)
	return answer(c, foundReply, func(ctx context.Context) (domain.AccountsFound, error) {
		return h.searches.Search(ctx, search)
	})
}

// Confirm confirms an identity.
//
//	@ID				confirmIdentityInPerson
//	@Summary		Confirm an identity at the counter
//	@Description	Compares the document on the counter, as the operator reads it, with the data that the registers have checked. If they are the same, the account reaches the level confirmed and its owner is told. The fields that differ are named, never what is on file. Nobody decides on their own account.
//	@Tags			operators
//	@Accept			json
//	@Produce		json
//	@Security		accessToken
//	@Param			place_id	path		string						true	"Where the operator works"	format(uuid)
//	@Param			account_id	path		string						true	"Account id"				format(uuid)
//	@Param			request		body		IdentityDecisionRequest		true	"The document as seen"
//	@Success		201			{object}	IdentityDecisionResponse
//	@Failure		400			{object}	problem.Problem
//	@Failure		401			{object}	problem.Problem
//	@Failure		403			{object}	problem.Problem
//	@Failure		404			{object}	problem.Problem
//	@Failure		409			{object}	problem.Problem
//	@Failure		413			{object}	problem.Problem
//	@Failure		415			{object}	problem.Problem
//	@Failure		422			{object}	problem.Problem
//	@Router			/v1/operator/places/{place_id}/accounts/{account_id}/confirmation [post]
func (h *Counter) Confirm(c echo.Context) error {
	account, err := pathIDOf(c, "account_id")
	if err != nil {
		return err
	}
	var in IdentityDecisionRequest
	wrong, err := read(c, &in)
	if err != nil {
		return err
	}
	form, err := h.form()
	if err != nil {
		return err
	}
	decision := domain.InPersonDecision{Desk: desk(c), AccountID: account, Document: in.parse(wrong, form.Today)}
	if err := wrong.err(); err != nil {
		return err
	}
	return answer(c, decidedReply, func(ctx context.Context) (domain.Confirmation, error) {
		return h.decisions.ConfirmInPerson(ctx, decision)
	})
}

// Refuse refuses to confirm an identity.
//
//	@ID				refuseIdentityInPerson
//	@Summary		Refuse to confirm an identity at the counter
//	@Description	Records why the identity was not confirmed. The person reads the reason in plain words; the note is for other operators only. Several refusals call a supervisor.
//	@Tags			operators
//	@Accept			json
//	@Produce		json
//	@Security		accessToken
//	@Param			place_id	path		string					true	"Where the operator works"	format(uuid)
//	@Param			account_id	path		string					true	"Account id"				format(uuid)
//	@Param			request		body		IdentityRefusalRequest	true	"Why"
//	@Success		201			{object}	IdentityDecisionResponse
//	@Failure		400			{object}	problem.Problem
//	@Failure		401			{object}	problem.Problem
//	@Failure		403			{object}	problem.Problem
//	@Failure		404			{object}	problem.Problem
//	@Failure		409			{object}	problem.Problem
//	@Failure		413			{object}	problem.Problem
//	@Failure		415			{object}	problem.Problem
//	@Failure		422			{object}	problem.Problem
//	@Router			/v1/operator/places/{place_id}/accounts/{account_id}/refusal [post]
func (h *Counter) Refuse(c echo.Context) error {
	account, err := pathIDOf(c, "account_id")
	if err != nil {
		return err
	}
	var in IdentityRefusalRequest
	wrong, err := read(c, &in)
	if err != nil {
		return err
	}
	refusal := in.parse(wrong)
	if err := wrong.err(); err != nil {
		return err
	}
	refusal.Desk, refusal.AccountID = desk(c), account
	return answer(c, decidedReply, func(ctx context.Context) (domain.Confirmation, error) {
		return h.decisions.RefuseInPerson(ctx, refusal)
	})
}

func decidedReply(v domain.Confirmation) reply {
	return reply{status: http.StatusCreated, body: newIdentityDecision(v)}
}

func foundReply(f domain.AccountsFound) reply {
	out := AccountSearchResponse{Items: []AccountFoundResponse{}}
	for _, a := range f.Accounts {
		out.Items = append(out.Items, newAccountFound(a))
	}
	return reply{status: http.StatusOK, header: quotaHeader(f.Quota), body: out}
}

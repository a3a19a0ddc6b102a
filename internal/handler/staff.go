package handler

import (
	"context"
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/domain"
)

// StaffService is the use cases of those who look after operators.
type StaffService interface {
	List(ctx context.Context, by domain.Desk, p domain.Page) ([]domain.Operator, error)
	Get(ctx context.Context, by domain.Desk, id uuid.UUID) (domain.Operator, error)
	Create(ctx context.Context, in domain.OperatorInvitation) (domain.Operator, error)
	SetPlaces(ctx context.Context, in domain.OperatorChange) (domain.Operator, error)
	StaffChanges
}

// StaffChanges is what shuts an operator out, for now or for good.
type StaffChanges interface {
	Invite(ctx context.Context, in domain.OperatorChange) (domain.Operator, error)
	Disable(ctx context.Context, in domain.OperatorChange) (domain.Operator, error)
}

// Staff is the handlers of /v1/operator/operators.
type Staff struct{ service StaffService }

// NewStaff returns the handlers.
func NewStaff(s StaffService) *Staff { return &Staff{s} }

// List shows all operators.
//
//	@ID				listOperators
//	@Summary		List the operators
//	@Description	All operators, newest first. For administrators; that the list was read is recorded.
//	@Tags			operators
//	@Produce		json
//	@Security		accessToken
//	@Param			cursor	query		string	false	"Where the page before ended"	maxlength(200)
//	@Param			limit	query		int		false	"Size of the page"	minimum(1)	maximum(100)	default(20)
//	@Success		200		{object}	OperatorListResponse
//	@Failure		401		{object}	problem.Problem
//	@Failure		403		{object}	problem.Problem
//	@Failure		422		{object}	problem.Problem
//	@Router			/v1/operator/operators [get]
func (h *Staff) List(c echo.Context) error {
	page, err := parsePage(c)
	if err != nil {
		return err
	}
	operators, err := h.service.List(c.Request().Context(), desk(c), oneMore(page))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, newOperatorList(operators, page))
}

// Get shows an operator.
//
//	@ID				getOperator
//	@Summary		Show an operator
//	@Description	One operator, with places. For administrators; that it was read is recorded.
//	@Tags			operators
//	@Produce		json
//	@Security		accessToken
//	@Param			id	path		string	true	"Operator id"	format(uuid)
//	@Success		200	{object}	OperatorResponse
//	@Failure		401	{object}	problem.Problem
//	@Failure		403	{object}	problem.Problem
//	@Failure		404	{object}	problem.Problem
//	@Router			/v1/operator/operators/{id} [get]
func (h *Staff) Get(c echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	o, err := h.service.Get(c.Request().Context(), desk(c), id)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, newOperatorResponse(o))
}

// Create invites an operator.
//
//	@ID				createOperator
//	@Summary		Invite an operator
//	@Description	Makes an operator, who gets a link by e-mail to choose a password and to set up a second factor. The link is in no answer. For administrators.
//	@Tags			operators
//	@Accept			json
//	@Produce		json
//	@Security		accessToken
//	@Param			request	body		OperatorRequest	true	"The operator"
//	@Success		201		{object}	OperatorResponse
//	@Failure		400		{object}	problem.Problem
//	@Failure		401		{object}	problem.Problem
//	@Failure		403		{object}	problem.Problem
//	@Failure		409		{object}	problem.Problem
//	@Failure		413		{object}	problem.Problem
//	@Failure		415		{object}	problem.Problem
//	@Failure		422		{object}	problem.Problem
//	@Router			/v1/operator/operators [post]
func (h *Staff) Create(c echo.Context) error {
	var in OperatorRequest
	wrong, err := read(c, &in)
	if err != nil {
		return err
	}
	invitation := in.parse(wrong, c.Request().Header.Get("Accept-Language"))
	if err := wrong.err(); err != nil {
		return err
	}
	invitation.By = desk(c)
	return answer(c, operatorReply(http.StatusCreated), func(ctx context.Context) (domain.Operator, error) {
		return h.service.Create(ctx, invitation)
	})
}

// SetPlaces says where an operator works.
//
//	@ID				setOperatorPlaces
//	@Summary		Say where an operator works
//	@Description	Replaces the operator's places. One that is taken away is closed to the operator at once. For administrators.
//	@Tags			operators
//	@Accept			json
//	@Produce		json
//	@Security		accessToken
//	@Param			id		path		string					true	"Operator id"	format(uuid)
//	@Param			request	body		OperatorPlacesRequest	true	"The places"
//	@Success		200		{object}	OperatorResponse
//	@Failure		400		{object}	problem.Problem
//	@Failure		401		{object}	problem.Problem
//	@Failure		403		{object}	problem.Problem
//	@Failure		404		{object}	problem.Problem
//	@Failure		413		{object}	problem.Problem
//	@Failure		415		{object}	problem.Problem
//	@Failure		422		{object}	problem.Problem
//	@Router			/v1/operator/operators/{id}/places [put]
func (h *Staff) SetPlaces(c echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	var in OperatorPlacesRequest
	wrong, err := read(c, &in)
	if err != nil {
		return err
	}
	places := parsePlaces(wrong, in.PlaceIDs)
	if err := wrong.err(); err != nil {
		return err
	}
	change := domain.OperatorChange{OperatorID: id, Places: places, By: desk(c)}
	o, err := h.service.SetPlaces(c.Request().Context(), change)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, newOperatorResponse(o))
}

// Invite sends a new enrolment link.
//
//	@ID				inviteOperator
//	@Summary		Send an operator a new enrolment link
//	@Description	After a lost password or phone, or to let somebody in again. The old password, second factor and sessions are worth nothing from then on. For administrators, and not for oneself.
//	@Tags			operators
//	@Accept			json
//	@Produce		json
//	@Security		accessToken
//	@Param			id		path		string			true	"Operator id"	format(uuid)
//	@Param			request	body		EmptyRequest	false	"Nothing"
//	@Success		201		{object}	OperatorResponse
//	@Failure		400		{object}	problem.Problem
//	@Failure		401		{object}	problem.Problem
//	@Failure		403		{object}	problem.Problem
//	@Failure		404		{object}	problem.Problem
//	@Failure		409		{object}	problem.Problem
//	@Failure		413		{object}	problem.Problem
//	@Failure		415		{object}	problem.Problem
//	@Failure		422		{object}	problem.Problem
//	@Router			/v1/operator/operators/{id}/invitations [post]
func (h *Staff) Invite(c echo.Context) error {
	return h.change(c, http.StatusCreated, h.service.Invite)
}

// Disable shuts an operator out.
//
//	@ID				disableOperator
//	@Summary		Shut an operator out
//	@Description	Ends the operator's sessions at once and makes password and second factor worth nothing. A new invitation lets the operator in again. For administrators, and not for oneself.
//	@Tags			operators
//	@Accept			json
//	@Produce		json
//	@Security		accessToken
//	@Param			id		path		string			true	"Operator id"	format(uuid)
//	@Param			request	body		EmptyRequest	false	"Nothing"
//	@Success		200		{object}	OperatorResponse
//	@Failure		400		{object}	problem.Problem
//	@Failure		401		{object}	problem.Problem
//	@Failure		403		{object}	problem.Problem
//	@Failure		404		{object}	problem.Problem
//	@Failure		409		{object}	problem.Problem
//	@Failure		413		{object}	problem.Problem
//	@Failure		415		{object}	problem.Problem
//	@Failure		422		{object}	problem.Problem
//	@Router			/v1/operator/operators/{id}/deactivation [post]
func (h *Staff) Disable(c echo.Context) error {
	return h.change(c, http.StatusOK, h.service.Disable)
}

func (h *Staff) change(
	c echo.Context, status int, do func(context.Context, domain.OperatorChange) (domain.Operator, error),
) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	if err := readEmpty(c); err != nil {
		return err
	}
	return answer(c, operatorReply(status), func(ctx context.Context) (domain.Operator, error) {
		return do(ctx, domain.OperatorChange{OperatorID: id, By: desk(c)})
	})
}

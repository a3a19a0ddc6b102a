package handler

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// Centres is the use cases of service centres.
type Centres interface {
	Search(ctx context.Context, q domain.CentreQuery, openAt *time.Time) ([]domain.FoundCentre, error)
	Get(ctx context.Context, id uuid.UUID, near *domain.Point) (domain.FoundCentre, error)
}

// Centre is the handlers of /v1/service-centres.
type Centre struct{ service Centres }

// NewCentre returns the handlers.
func NewCentre(s Centres) *Centre { return &Centre{s} }

// List finds service centres.
//
//	@ID				listServiceCentres
//	@Summary		Find service centres and offices
//	@Description	The places where an identity is confirmed in person: the nearest first where `lat` and `lon` are given, by name otherwise. All filters may be combined.
//	@Tags			service-centres
//	@Produce		json
//	@Param			lat		query		number	false	"Latitude in degrees (WGS 84), together with lon"	minimum(-90)	maximum(90)
//	@Param			lon		query		number	false	"Longitude in degrees (WGS 84), together with lat"	minimum(-180)	maximum(180)
//	@Param			kind	query		string	false	"Kind of place"	Enums(mfc, fund_office)
//	@Param			region	query		string	false	"Two digits of a region (39), or its name as in addresses"	maxlength(200)
//	@Param			open_at	query		string	false	"Only places that are open at this time (RFC 3339)"	Format(date-time)
//	@Param			q		query		string	false	"Words that stand in name or address; case and Ё or Е make no difference"	maxlength(200)
//	@Param			cursor	query		string	false	"Where the page before ended"	maxlength(1200)
//	@Param			limit	query		int		false	"Size of the page"	minimum(1)	maximum(100)	default(20)
//	@Success		200		{object}	ServiceCentreListResponse
//	@Failure		422		{object}	problem.Problem
//	@Router			/v1/service-centres [get]
func (h *Centre) List(c echo.Context) error {
	wrong := &fieldErrors{}
	query, openAt := parseCentreQuery(c, wrong)
	if err := wrong.err(); err != nil {
		return err
	}
	found, err := h.service.Search(c.Request().Context(), query, openAt)
	if openAt != nil && errors.Is(err, apperr.New(apperr.CalendarYearUnknown)) {
		wrong.add("/query/open_at", apperr.FieldUnsupportedValue)
		return wrong.err()
	}
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, newCentreList(found, query))
}

// Get shows a service centre.
//
//	@ID				getServiceCentre
//	@Summary		Show a service centre or office
//	@Description	One place, and how far it is where `lat` and `lon` are given.
//	@Tags			service-centres
//	@Produce		json
//	@Param			id	path		string	true	"Id of the place"	format(uuid)
//	@Param			lat	query		number	false	"Latitude in degrees (WGS 84), together with lon"	minimum(-90)	maximum(90)
//	@Param			lon	query		number	false	"Longitude in degrees (WGS 84), together with lat"	minimum(-180)	maximum(180)
//	@Success		200	{object}	ServiceCentreResponse
//	@Failure		404	{object}	problem.Problem
//	@Failure		422	{object}	problem.Problem
//	@Router			/v1/service-centres/{id} [get]
func (h *Centre) Get(c echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	wrong := &fieldErrors{}
	near := parseNear(c, wrong)
	if err := wrong.err(); err != nil {
		return err
	}
	found, err := h.service.Get(c.Request().Context(), id, near)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, newCentreResponse(found))
}

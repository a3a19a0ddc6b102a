package handler

import (
	"context"
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/domain"
)

// PlacesService is where operators work.
type PlacesService interface {
	Places(ctx context.Context, o domain.Operator) ([]domain.ServiceCentre, error)
}

// Places is the handler of /v1/operator/places.
type Places struct{ service PlacesService }

// NewPlaces returns the handler.
func NewPlaces(s PlacesService) *Places { return &Places{s} }

// OperatorPlaceResponse is a service centre or office where an operator works.
type OperatorPlaceResponse struct {
	ID     uuid.UUID `json:"id" binding:"required" format:"uuid" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	Kind   string    `json:"kind" binding:"required" enums:"mfc,fund_office" example:"mfc"`
	Region string    `json:"region" binding:"required" example:"39"`
	Name   string    `json:"name" binding:"required" example:"МФЦ на Синтетической улице"`
	// TimeZone is the place's own.
	TimeZone string `json:"time_zone" binding:"required" example:"Europe/Kaliningrad"`
} // @name OperatorPlaceResponse

// OperatorPlaceListResponse is all places of an operator.
type OperatorPlaceListResponse struct {
	Items []OperatorPlaceResponse `json:"items" binding:"required"`
	// NextCursor is always null: the list has one page.
	NextCursor *string `json:"next_cursor" binding:"required" extensions:"x-nullable"`
} // @name OperatorPlaceListResponse

// List shows where the operator works.
//
//	@ID				listOperatorPlaces
//	@Summary		List one's own places of work
//	@Description	The service centres and offices where the operator who is signed in works; their ids stand in the paths of the work there. For operators and supervisors.
//	@Tags			operators
//	@Produce		json
//	@Security		accessToken
//	@Success		200	{object}	OperatorPlaceListResponse
//	@Failure		401	{object}	problem.Problem
//	@Failure		403	{object}	problem.Problem
//	@Router			/v1/operator/places [get]
func (h *Places) List(c echo.Context) error {
	places, err := h.service.Places(c.Request().Context(), desk(c).Operator)
	if err != nil {
		return err
	}
	out := OperatorPlaceListResponse{Items: []OperatorPlaceResponse{}}
	for _, p := range places {
		out.Items = append(out.Items, OperatorPlaceResponse{
			ID: p.ID, Kind: string(p.Kind), Region: p.Region, Name: p.Name, TimeZone: p.Zone.String(),
		})
	}
	return c.JSON(http.StatusOK, out)
}

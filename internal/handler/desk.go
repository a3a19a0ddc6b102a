package handler

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// Operators tells which operator an account is.
type Operators interface {
	// Operator is the active operator of an account, as of now.
	Operator(ctx context.Context, account uuid.UUID) (domain.Operator, error)
	// Place is a place where the operator works; [apperr.PlaceNotAssigned] for
	// all others.
	Place(ctx context.Context, o domain.Operator, place uuid.UUID) (domain.ServiceCentre, error)
}

// deskKey is where the request keeps the operator at work.
const deskKey = "desk"

// CitizensOnly lets only citizens pass, of those whom [Authenticated] let pass.
func CitizensOnly() echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if principal(c).AccountType != domain.AccountCitizen {
				return apperr.New(apperr.Forbidden)
			}
			return next(c)
		}
	}
}

// WithRole lets only operators with one of the roles pass, of those whom
// [Authenticated] let pass. Role and status are those of this moment.
func WithRole(o Operators, roles ...domain.Role) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if principal(c).AccountType != domain.AccountOperator {
				return apperr.New(apperr.Forbidden)
			}
			operator, err := o.Operator(c.Request().Context(), principal(c).AccountID)
			if err != nil {
				return err
			}
			if !slices.Contains(roles, operator.Role) {
				return apperr.New(apperr.Forbidden)
			}
			c.Set(deskKey, domain.Desk{Operator: operator, Caller: caller(c)})
			return next(c)
		}
	}
}

// AtPlace lets only operators pass who work at the place that the path names,
// of those whom [WithRole] let pass.
func AtPlace(o Operators) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			d := desk(c)
			id, err := uuid.Parse(c.Param("place_id"))
			if err != nil {
				return apperr.Wrap(apperr.PlaceNotAssigned, err)
			}
			if d.Place, err = o.Place(c.Request().Context(), d.Operator, id); err != nil {
				return err
			}
			c.Set(deskKey, d)
			return next(c)
		}
	}
}

// AtOffice lets only operators pass who work at the office of the fund that the
// path names, of those whom [WithRole] let pass.
func AtOffice(o Operators) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return AtPlace(o)(func(c echo.Context) error {
			if desk(c).Place.Kind != domain.CentreFundOffice {
				return apperr.New(apperr.Forbidden)
			}
			return next(c)
		})
	}
}

// desk is the operator who sent a request that [WithRole] let pass, and the
// place where [AtPlace] let it pass.
func desk(c echo.Context) domain.Desk {
	d, _ := c.Get(deskKey).(domain.Desk)
	return d
}

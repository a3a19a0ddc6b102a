package middleware

import (
	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/apperr"
)

// AtOnce lets so many requests be worked on at the same time. More are refused
// at once, as busy: whatever it is that the others wait for, those who wait stay
// few enough for the memory, and the rest learn early to come again.
func AtOnce(limit int) echo.MiddlewareFunc {
	places := make(chan struct{}, limit)
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			select {
			case places <- struct{}{}:
			default:
				return apperr.New(apperr.Busy)
			}
			defer func() { <-places }()
			return next(c)
		}
	}
}

// LeaveWhile has clients leave while draining is true: after its answer each
// connection is closed, and the next request comes by another, which a proxy
// leads to another process. A connection at rest is left alone, for a request may
// be on its way.
func LeaveWhile(draining func() bool) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if draining() {
				c.Response().Header().Set(echo.HeaderConnection, "close")
			}
			return next(c)
		}
	}
}

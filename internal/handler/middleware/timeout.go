package middleware

import (
	"context"
	"time"

	"github.com/labstack/echo/v4"
)

// Timeout gives every request a deadline. What stands behind it has to heed
// its context; the error of a missed deadline is answered as service_unavailable.
func Timeout(limit time.Duration) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			ctx, cancel := context.WithTimeout(c.Request().Context(), limit)
			defer cancel()
			c.SetRequest(c.Request().WithContext(ctx))
			return next(c)
		}
	}
}

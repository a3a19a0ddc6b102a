package middleware

import (
	"slices"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
)

// corsMaxAge is how many seconds a browser may remember the answer to a preflight.
const corsMaxAge = 600

// CORS lets pages of exactly the origins in allowed call the API, with
// cookies. An empty list allows none.
func CORS(allowed []string) echo.MiddlewareFunc {
	return middleware.CORSWithConfig(middleware.CORSConfig{
		// A function, since an empty AllowOrigins would mean every origin.
		AllowOriginFunc: func(origin string) (bool, error) { return slices.Contains(allowed, origin), nil },
		AllowHeaders: []string{
			echo.HeaderAuthorization, echo.HeaderContentType, "Idempotency-Key",
			"Accept-Language", echo.HeaderXRequestID, "traceparent",
		},
		ExposeHeaders: []string{
			echo.HeaderXRequestID, echo.HeaderRetryAfter, "RateLimit", "RateLimit-Policy",
			"Idempotency-Replayed", echo.HeaderLocation,
		},
		AllowCredentials: true,
		MaxAge:           corsMaxAge,
	})
}

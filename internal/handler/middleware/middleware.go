// Package middleware is what every request passes before and after its
// handler. The order in which the parts are meant to be installed is
//
//	RequestID, Trace, Metrics, AccessLog, Recover, SecurityHeaders, LeaveWhile, CORS, AtOnce,
//	Timeout, RequireOrigin, Body
//
// with [ErrorHandler] as Echo's HTTPErrorHandler. Trace, Metrics and AccessLog
// observe the answer, so they have the error answered before they look; all
// that stands behind them simply returns errors.
package middleware

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// Clock tells the time.
type Clock interface{ Now() time.Time }

// unmatched stands for the route of a request that no route fits.
const unmatched = "unmatched"

// route is the pattern that the request matched, never its path: paths hold
// what clients typed.
func route(c echo.Context) string {
	if pattern := c.Path(); pattern != "" {
		return pattern
	}
	return unmatched
}

// method is the request's method, or _OTHER for one that HTTP does not define:
// clients must not be able to make up names of metrics and spans.
func method(c echo.Context) string {
	switch m := c.Request().Method; m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
		http.MethodDelete, http.MethodOptions, http.MethodConnect, http.MethodTrace:
		return m
	default:
		return "_OTHER"
	}
}

// settle answers err, so that the status of the response is known.
func settle(c echo.Context, err error) {
	if err != nil {
		c.Error(err)
	}
}

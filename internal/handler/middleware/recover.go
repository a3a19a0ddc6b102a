package middleware

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"

	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/apperr"
)

// Recover turns a panic into an internal error. What panicked and where goes
// to the log and nowhere else. [http.ErrAbortHandler] passes through, as it
// is meant for the server.
func Recover(logger *slog.Logger) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) (err error) {
			defer func() {
				value := recover()
				if value == nil {
					return
				}
				if value == http.ErrAbortHandler { //nolint:errorlint // compared by identity, as net/http does
					panic(value)
				}
				attrs := append(identity(c),
					slog.String("route", route(c)),
					slog.String("panic", fmt.Sprint(value)),
					slog.String("stack", string(debug.Stack())))
				logger.LogAttrs(c.Request().Context(), slog.LevelError, "panic", attrs...)
				err = apperr.Wrap(apperr.Internal, fmt.Errorf("panic in %s", route(c)))
			}()
			return next(c)
		}
	}
}

package middleware

import (
	"log/slog"
	"net/http"

	"github.com/labstack/echo/v4"
	"go.opentelemetry.io/otel/trace"

	"example.org/kabinet/internal/problem"
)

// AccessLog writes one line per request: what was asked of which route, and
// how it ended. It never writes a path, a query, a header, a body or an
// address (M27). The cause is written for failures of the server only.
func AccessLog(logger *slog.Logger, clk Clock) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			started := clk.Now()
			err := next(c)
			late := err != nil && c.Response().Committed
			settle(c, err)
			if err == nil {
				err, _ = c.Get(failureKey).(error)
			}
			status := c.Response().Status
			attrs := []slog.Attr{
				slog.String("method", method(c)),
				slog.String("route", route(c)),
				slog.Int("status", status),
				slog.Int64("duration_ms", max(0, clk.Now().Sub(started).Milliseconds())),
				slog.Int64("bytes", c.Response().Size),
			}
			level := slog.LevelInfo
			if err != nil {
				attrs = append(attrs, slog.String("code", string(problem.Normalize(translate(err)).Code)))
			}
			if status >= http.StatusInternalServerError || late {
				level = slog.LevelError
			}
			if err != nil && level == slog.LevelError {
				attrs = append(attrs, slog.String("error", err.Error()))
			}
			logger.LogAttrs(c.Request().Context(), level, "request", append(attrs, identity(c)...)...)
			return nil
		}
	}
}

// failureKey is where a request keeps an error that was answered already.
const failureKey = "failure"

// NoteFailure tells the log of an error that was answered on the way.
func NoteFailure(c echo.Context, err error) { c.Set(failureKey, err) }

// identity is what ties a log line to a request and its trace.
func identity(c echo.Context) []slog.Attr {
	ctx := c.Request().Context()
	attrs := []slog.Attr{slog.String("request_id", RequestIDFrom(ctx))}
	if span := trace.SpanContextFromContext(ctx); span.HasTraceID() {
		attrs = append(attrs, slog.String("trace_id", span.TraceID().String()))
	}
	return attrs
}

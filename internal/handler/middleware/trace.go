package middleware

import (
	"net/http"

	"github.com/labstack/echo/v4"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// Trace opens a span for every request, as a child of the one that the header
// traceparent names (W3C Trace Context). The span tells method, route and
// status and nothing that the client typed.
func Trace(provider trace.TracerProvider) echo.MiddlewareFunc {
	tracer := provider.Tracer("example.org/kabinet/internal/handler/middleware")
	propagator := propagation.TraceContext{}
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			parent := propagator.Extract(c.Request().Context(), propagation.HeaderCarrier(c.Request().Header))
			ctx, span := tracer.Start(parent, method(c)+" "+route(c),
				trace.WithSpanKind(trace.SpanKindServer),
				trace.WithAttributes(
					attribute.String("http.request.method", method(c)),
					attribute.String("http.route", route(c)),
				))
			defer span.End()
			c.SetRequest(c.Request().WithContext(ctx))
			settle(c, next(c))
			status := c.Response().Status
			span.SetAttributes(attribute.Int("http.response.status_code", status))
			if status >= http.StatusInternalServerError {
				span.SetStatus(codes.Error, "")
			}
			return nil
		}
	}
}

package middleware

import (
	"errors"
	"strconv"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
)

// Metrics measures every request: the histogram
// kabinet_http_request_duration_seconds by method, route and status, and the
// gauge kabinet_http_requests_in_flight. It fails if registry has them already.
func Metrics(registry *prometheus.Registry, clk Clock) (echo.MiddlewareFunc, error) {
	duration := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "kabinet_http_request_duration_seconds",
		Help:    "Time from the request to the end of its answer.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
	}, []string{"method", "route", "status"})
	inFlight := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "kabinet_http_requests_in_flight",
		Help: "Requests that are being answered.",
	})
	if err := errors.Join(registry.Register(duration), registry.Register(inFlight)); err != nil {
		return nil, err
	}
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			inFlight.Inc()
			defer inFlight.Dec()
			started := clk.Now()
			settle(c, next(c))
			took := max(0, clk.Now().Sub(started))
			duration.WithLabelValues(method(c), route(c), strconv.Itoa(c.Response().Status)).Observe(took.Seconds())
			return nil
		}
	}, nil
}

package middleware_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/handler/middleware"
)

// lines are the log's lines with the message msg.
func (x *edge) lines(t *testing.T, msg string) []map[string]any {
	t.Helper()
	var found []map[string]any
	for text := range strings.Lines(x.log.String()) {
		line := map[string]any{}
		require.NoError(t, json.Unmarshal([]byte(text), &line))
		if line["msg"] == msg {
			found = append(found, line)
		}
	}
	return found
}

func TestAccessLogWritesOneLine(t *testing.T) {
	t.Parallel()
	for target, want := range map[string]map[string]any{
		"/ok/anna?phone=1": {"level": "INFO", "route": "/ok/:name", "status": 200.0, "bytes": 4.0},
		"/nothing":         {"level": "INFO", "route": "unmatched", "status": 404.0, "code": "not_found"},
		"/fields":          {"level": "INFO", "route": "/fields", "status": 422.0, "code": "validation_failed"},
		"/busy":            {"level": "ERROR", "route": "/busy", "status": 503.0, "code": "busy", "error": "busy"},
		"/unknown-error":   {"level": "ERROR", "route": "/unknown-error", "status": 500.0, "code": "internal", "error": "canary-cause"},
		"/panic":           {"level": "ERROR", "route": "/panic", "status": 500.0, "code": "internal", "error": "internal: panic in /panic"},
	} {
		t.Run(target, func(t *testing.T) {
			t.Parallel()
			x := newEdge(t)
			w := x.ask(t, "GET", target, "")
			lines := x.lines(t, "request")
			require.Len(t, lines, 1)
			line := lines[0]
			for key, value := range want {
				assert.Equal(t, value, line[key], key)
			}
			assert.Equal(t, "GET", line["method"])
			assert.Equal(t, w.Header().Get("X-Request-Id"), line["request_id"])
			assert.Regexp(t, `^[0-9a-f]{32}$`, line["trace_id"])
			assert.GreaterOrEqual(t, line["duration_ms"], 0.0)
			assert.InDelta(t, w.Body.Len(), line["bytes"], 0)
			for key := range line {
				assert.Contains(t, []string{
					"time", "level", "msg", "method", "route", "status", "duration_ms", "bytes",
					"code", "error", "request_id", "trace_id",
				}, key)
			}
		})
	}
}

func TestPanicIsLoggedWithItsStack(t *testing.T) {
	t.Parallel()
	x := newEdge(t)
	w := x.ask(t, "GET", "/panic", "")
	require.Equal(t, http.StatusInternalServerError, w.Code)
	lines := x.lines(t, "panic")
	require.Len(t, lines, 1)
	require.Equal(t, "canary-panic", lines[0]["panic"])
	require.Contains(t, lines[0]["stack"], "middleware_test.go")
	require.Equal(t, w.Header().Get("X-Request-Id"), lines[0]["request_id"])
}

func TestAbortReachesTheServer(t *testing.T) {
	t.Parallel()
	x := newEdge(t)
	require.PanicsWithValue(t, http.ErrAbortHandler, func() { x.ask(t, "GET", "/abort", "") })
	require.Zero(t, gauge(t, x.registry))
}

// M27: nothing that the client typed reaches log, spans or metrics.
func TestNothingTypedIsObserved(t *testing.T) {
	t.Parallel()
	x := newEdge(t)
	const canary = "c4n4ry"
	for _, target := range []string{"/ok/" + canary, "/" + canary, "/ok/x?q=" + canary, "/fields?" + canary, "/panic?" + canary} {
		x.ask(t, "GET", target, "", "Authorization", "Bearer "+canary, "Cookie", "a="+canary,
			"User-Agent", canary, "Origin", "https://"+canary, "Accept-Language", canary, "traceparent", canary)
		x.ask(t, "POST", target, canary, "Content-Type", canary)
		x.ask(t, "POST", "/body", canary, "Content-Type", "application/json")
		x.ask(t, strings.ToUpper(canary), target, "")
	}
	spans, err := json.Marshal(x.spans.GetSpans().Snapshots())
	require.NoError(t, err)
	for name, text := range map[string]string{"log": x.log.String(), "spans": string(spans), "metrics": scrape(t, x.registry)} {
		assert.NotContains(t, strings.ToLower(text), canary, name)
		assert.NotContains(t, text, "192.0.2.1", "%s: an address", name)
	}
	for _, span := range x.spans.GetSpans() {
		assert.NotContains(t, strings.ToLower(span.Name), canary)
		for _, attribute := range span.Attributes {
			assert.NotContains(t, strings.ToLower(attribute.Value.String()), canary)
		}
	}
}

func TestSpan(t *testing.T) {
	t.Parallel()
	for target, want := range map[string]struct {
		name   string
		attrs  map[string]string
		status codes.Code
	}{
		"/ok/anna?x=1": {
			"GET /ok/:name",
			map[string]string{"http.request.method": "GET", "http.route": "/ok/:name", "http.response.status_code": "200"},
			codes.Unset,
		},
		"/nothing": {
			"GET unmatched",
			map[string]string{"http.request.method": "GET", "http.route": "unmatched", "http.response.status_code": "404"},
			codes.Unset,
		},
		"/panic": {
			"GET /panic",
			map[string]string{"http.request.method": "GET", "http.route": "/panic", "http.response.status_code": "500"},
			codes.Error,
		},
	} {
		t.Run(target, func(t *testing.T) {
			t.Parallel()
			x := newEdge(t)
			x.ask(t, "GET", target, "", "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
			spans := x.spans.GetSpans()
			require.Len(t, spans, 1)
			span := spans[0]
			attrs := map[string]string{}
			for _, attribute := range span.Attributes {
				attrs[string(attribute.Key)] = attribute.Value.String()
			}
			assert.Equal(t, want.name, span.Name)
			assert.Equal(t, want.attrs, attrs)
			assert.Equal(t, want.status, span.Status.Code)
			assert.Empty(t, span.Status.Description)
			assert.Equal(t, trace.SpanKindServer, span.SpanKind)
			assert.Equal(t, "0af7651916cd43dd8448eb211c80319c", span.SpanContext.TraceID().String())
			assert.Equal(t, "b7ad6b7169203331", span.Parent.SpanID().String())
			assert.True(t, span.Parent.IsRemote())
			assert.Equal(t, "0af7651916cd43dd8448eb211c80319c", x.lines(t, "request")[0]["trace_id"])
		})
	}
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	x := newEdge(t)
	x.ask(t, "GET", "/ok/a", "")
	x.ask(t, "GET", "/ok/b", "")
	x.ask(t, "GET", "/nothing", "")
	x.ask(t, "GET", "/panic", "")
	x.ask(t, "BREW", "/ok/c", "")
	text := scrape(t, x.registry)
	for _, line := range []string{
		`kabinet_http_request_duration_seconds_count{method="GET",route="/ok/:name",status="200"} 2`,
		`kabinet_http_request_duration_seconds_count{method="GET",route="unmatched",status="404"} 1`,
		`kabinet_http_request_duration_seconds_count{method="GET",route="/panic",status="500"} 1`,
		`kabinet_http_request_duration_seconds_count{method="_OTHER",route="/ok/:name",status="405"} 1`,
		`kabinet_http_requests_in_flight 0`,
	} {
		assert.Contains(t, text, line)
	}
}

func TestMetricsCannotBeRegisteredTwice(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	_, err := middleware.Metrics(registry, clock.System{})
	require.NoError(t, err)
	_, err = middleware.Metrics(registry, clock.System{})
	require.Error(t, err)
}

func scrape(t *testing.T, registry *prometheus.Registry) string {
	t.Helper()
	x := newPlainServer(t, promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, x.URL, nil)
	require.NoError(t, err)
	w, err := x.Client().Do(r)
	require.NoError(t, err)
	defer func() { require.NoError(t, w.Body.Close()) }()
	text, err := io.ReadAll(w.Body)
	require.NoError(t, err)
	return string(text)
}

func gauge(t *testing.T, registry *prometheus.Registry) float64 {
	t.Helper()
	families, err := registry.Gather()
	require.NoError(t, err)
	for _, family := range families {
		if family.GetName() == "kabinet_http_requests_in_flight" {
			return family.GetMetric()[0].GetGauge().GetValue()
		}
	}
	t.Fatal("no gauge")
	return 0
}

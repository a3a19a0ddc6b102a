package middleware_test

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/handler/middleware"
)

// Those who came first are answered, the next ones are told at once to come
// again, and whoever comes after an answer finds a place.
func TestAtOnce(t *testing.T) {
	t.Parallel()
	const limit = 3
	e := echo.New()
	begun, end := make(chan struct{}), make(chan struct{})
	held := middleware.AtOnce(limit)(func(echo.Context) error {
		begun <- struct{}{}
		<-end
		return nil
	})
	ask := func() error {
		return held(e.NewContext(httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil), httptest.NewRecorder()))
	}
	answers := make(chan error, limit)
	come := func() {
		go func() { answers <- ask() }()
		<-begun
	}
	for range limit {
		come()
	}
	for range 2 {
		require.Equal(t, apperr.Busy, apperr.CodeOf(ask()))
	}
	end <- struct{}{}
	require.NoError(t, <-answers)
	come()
	require.Equal(t, apperr.Busy, apperr.CodeOf(ask()))
	close(end)
	for range limit {
		require.NoError(t, <-answers)
	}
}

// A panic leaves no place taken.
func TestAtOnceAfterAPanic(t *testing.T) {
	t.Parallel()
	e := echo.New()
	panics := true
	held := middleware.AtOnce(1)(func(echo.Context) error {
		if panics {
			panic("canary")
		}
		return nil
	})
	c := e.NewContext(httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil), httptest.NewRecorder())
	require.Panics(t, func() { _ = held(c) })
	panics = false
	require.NoError(t, held(c))
}

// While the program drains, each answer ends its connection, whatever it says.
func TestLeaveWhile(t *testing.T) {
	t.Parallel()
	var draining atomic.Bool
	e := echo.New()
	e.Use(middleware.LeaveWhile(draining.Load))
	e.GET("/ok", func(c echo.Context) error { return c.NoContent(http.StatusNoContent) })
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	ask := func(path string) (closes bool) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+path, nil)
		require.NoError(t, err)
		response, err := server.Client().Do(request)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		return response.Close
	}
	require.False(t, ask("/ok"))
	draining.Store(true)
	require.True(t, ask("/ok"))
	require.True(t, ask("/nothing"))
}

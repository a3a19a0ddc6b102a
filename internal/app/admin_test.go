package app

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/repository"
)

// broken is something outside that can be down.
type broken bool

func (b *broken) Down() bool { return bool(*b) }

// What is down outside is told, and the program is ready all the same; without
// its database it is not. The log tells of the change alone.
func TestReadiness(t *testing.T) {
	t.Parallel()
	store, err := repository.Open(t.Context(), repository.Config{URL: "sqlite:" + filepath.Join(t.TempDir(), "kabinet.db")})
	require.NoError(t, err)
	var log bytes.Buffer
	a := &App{
		Parts: Parts{Log: slog.New(slog.NewJSONHandler(&log, nil))}, store: store,
		registry: prometheus.NewRegistry(),
	}
	register := new(broken)
	a.watch("register", register)
	a.watch("knows nothing of itself", struct{}{})
	requireReady := func(status int, want string) {
		t.Helper()
		recorder := httptest.NewRecorder()
		a.AdminHandler(nil).ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/readyz", nil))
		require.Equal(t, status, recorder.Code)
		require.JSONEq(t, want, recorder.Body.String())
	}
	requireReady(http.StatusOK, `{"status": "ok", "parts": {"database": "ok", "register": "ok"}}`)
	*register = true
	requireReady(http.StatusOK, `{"status": "ok", "parts": {"database": "ok", "register": "down"}}`)
	require.Empty(t, log.String())
	require.NoError(t, store.Close())
	for range 3 {
		requireReady(http.StatusServiceUnavailable, `{"status": "not_ready", "parts": {"database": "down", "register": "down"}}`)
	}
	require.Equal(t, map[string]int{"not ready": 1}, heard(t, log.String()))
}

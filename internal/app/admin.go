package app

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// pingTimeout is how long a part may take to say that it is well.
const pingTimeout = 2 * time.Second

// readiness is the answer of /readyz, part by part.
type readiness struct {
	Status string            `json:"status"`
	Parts  map[string]string `json:"parts"`
}

// AdminHandler serves those who run the program: health and metrics. Once
// stopping is closed, it answers that the program is not ready.
func (a *App) AdminHandler(stopping <-chan struct{}) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, readiness{Status: "ok"})
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-stopping:
			writeJSON(w, http.StatusServiceUnavailable, readiness{Status: "stopping"})
		default:
			a.writeReadiness(r.Context(), w)
		}
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(a.registry, promhttp.HandlerOpts{}))
	return mux
}

func (a *App) writeReadiness(ctx context.Context, w http.ResponseWriter) {
	ctx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	err := a.store.Ping(ctx)
	a.noteReadiness(ctx, "database", err)
	parts := map[string]string{"database": condition(err != nil)}
	for name, down := range a.watched {
		parts[name] = condition(down())
	}
	if err != nil {
		writeJSON(w, http.StatusServiceUnavailable, readiness{"not_ready", parts})
		return
	}
	writeJSON(w, http.StatusOK, readiness{"ok", parts})
}

func condition(down bool) string {
	if down {
		return "down"
	}
	return "ok"
}

// watch has /readyz tell of something outside whether it is down, if it knows
// that of itself. The program is ready all the same: what waits for it, waits.
func (a *App) watch(name string, part any) {
	known, ok := part.(interface{ Down() bool })
	if !ok {
		return
	}
	if a.watched == nil {
		a.watched = map[string]func() bool{}
	}
	a.watched[name] = known.Down
}

// noteReadiness logs how a part is when that has changed: who asks, asks every
// second.
func (a *App) noteReadiness(ctx context.Context, part string, err error) {
	down := err != nil
	switch changed := a.unready.Swap(down) != down; {
	case changed && down:
		a.Log.WarnContext(ctx, "not ready", "part", part, "error", err)
	case changed:
		a.Log.InfoContext(ctx, "ready again", "part", part)
	}
}

func writeJSON(w http.ResponseWriter, status int, body readiness) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// A client that has gone needs no answer.
	_ = json.NewEncoder(w).Encode(body)
}

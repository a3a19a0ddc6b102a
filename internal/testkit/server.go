package testkit

import (
	"bytes"
	"context"
	"database/sql"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"example.org/kabinet/internal/app"
	"example.org/kabinet/internal/config"
	"example.org/kabinet/internal/delivery/outbox"
	"example.org/kabinet/internal/domain"
)

const (
	// patience is how long a test waits for what happens beside it. It is long:
	// that a machine is busy is no mistake.
	patience = time.Minute
	// glance is how often it looks.
	glance = 10 * time.Millisecond
	// maxHeader is the bound that the program sets on a request's headers.
	maxHeader = 32 << 10
)

// Server is the whole program in the test's process: the API on a port of its
// own, and the workers, over a database of its own.
type Server struct {
	// URL is the origin of the API.
	URL   string
	App   *app.App
	Clock *Clock
	// Log is everything that was logged, as JSON lines.
	Log *Log
	// Spans is every span that has ended.
	Spans  *tracetest.InMemoryExporter
	Engine Engine
	// Database is the URL of the database, SQL the way to it past the program.
	Database string
	SQL      *sql.DB

	environ map[string]string
	around  func(http.Handler) http.Handler
	tracer  *trace.TracerProvider
	outbox  *outbox.Outbox
}

// Option changes a [Server] before it starts.
type Option func(*Server)

// Env sets a variable of the configuration.
func Env(name, value string) Option {
	return func(s *Server) { s.environ[name] = value }
}

// Beside starts a replica of another server: same database, keys, outbox and
// clock.
func Beside(other *Server) Option {
	return func(s *Server) {
		s.Database, s.Clock = other.Database, other.Clock
		maps.Copy(s.environ, other.environ)
	}
}

// Around puts a handler of the test's around the API.
func Around(fn func(http.Handler) http.Handler) Option {
	return func(s *Server) { s.around = fn }
}

// NewServer starts the program as a sandbox on a fresh database of an engine,
// with passwords hashed cheaply. It ends with the test.
func NewServer(t *testing.T, e Engine, options ...Option) *Server {
	t.Helper()
	listener := httptest.NewUnstartedServer(nil)
	s := &Server{
		URL:    "http://" + listener.Listener.Addr().String(),
		Log:    &Log{},
		Spans:  tracetest.NewInMemoryExporter(),
		Engine: e,
		around: func(h http.Handler) http.Handler { return h },
		environ: map[string]string{
			"KABINET_HASH_MEMORY_KIB": "64",
			"KABINET_HASH_TIME":       "1",
			"KABINET_HASH_PARALLEL":   "2",
			"KABINET_LOG_LEVEL":       "debug",
		},
	}
	for _, option := range options {
		option(s)
	}
	s.complete(t)
	s.start(t, listener)
	return s
}

// complete fills in what no option has set.
func (s *Server) complete(t *testing.T) {
	t.Helper()
	if s.Clock == nil {
		s.Clock = NewClock()
	}
	if s.Database == "" {
		s.Database = DatabaseURL(t, s.Engine)
	}
	if s.environ["KABINET_DATA_DIR"] == "" {
		s.environ["KABINET_DATA_DIR"] = t.TempDir()
		s.environ["KABINET_KEYSET_FILE"] = filepath.Join(s.environ["KABINET_DATA_DIR"], "keyset.json")
		require.NoError(t, Keyset(t).Save(s.environ["KABINET_KEYSET_FILE"]))
	}
	s.environ["KABINET_DATABASE_URL"] = s.Database
	db := SQL(t, s.Engine, s.Database)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	s.SQL = db
}

func (s *Server) start(t *testing.T, listener *httptest.Server) {
	t.Helper()
	s.tracer = trace.NewTracerProvider(trace.WithSyncer(s.Spans))
	if _, set := s.environ["KABINET_PUBLIC_URL"]; !set {
		s.environ["KABINET_PUBLIC_URL"] = s.URL
	}
	builtin, err := process.builtin()
	require.NoError(t, err)
	s.App, err = app.New(t.Context(), app.Parts{
		Config:  s.config(t),
		Clock:   s.Clock,
		Log:     slog.New(slog.NewJSONHandler(s.Log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Tracer:  s.tracer,
		Builtin: builtin,
	})
	require.NoError(t, err)
	s.outbox, err = outbox.New(s.App.OutboxFolder())
	require.NoError(t, err)
	stopJobs, err := s.App.StartJobs(t.Context())
	require.NoError(t, err)
	listener.Config.Handler = s.around(s.App.Handler())
	listener.Config.MaxHeaderBytes = maxHeader
	listener.Start()
	r := &running{listener: listener, app: s.App, stopJobs: stopJobs, tracer: s.tracer}
	t.Cleanup(func() {
		r.end(t)
		// Package testing keeps this function until all tests are over.
		*r = running{}
	})
}

// running is what has to be ended of a server.
type running struct {
	listener *httptest.Server
	app      *app.App
	stopJobs func(context.Context) error
	tracer   *trace.TracerProvider
}

func (r *running) end(t *testing.T) {
	t.Helper()
	r.listener.Close()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), patience)
	defer cancel()
	require.NoError(t, r.stopJobs(ctx))
	require.NoError(t, r.app.Close())
	require.NoError(t, r.tracer.Shutdown(ctx))
}

func (s *Server) config(t *testing.T) config.Config {
	t.Helper()
	var environ []string
	for name, value := range s.environ {
		environ = append(environ, name+"="+value)
	}
	c, err := config.Load(environ)
	require.NoError(t, err)
	return c
}

// Sent is every message to an address so far, newest first; no address means
// all.
func (s *Server) Sent(t *testing.T, to string) []outbox.Message {
	t.Helper()
	const all = 1 << 20
	messages, err := s.outbox.List(to, domain.Page{Limit: all})
	require.NoError(t, err)
	return messages
}

// Await waits until an address has been sent a number of messages, and returns
// them, newest first. More than that fail the test.
func (s *Server) Await(t *testing.T, to string, count int) []outbox.Message {
	t.Helper()
	var messages []outbox.Message
	require.Eventually(t, func() bool {
		messages = s.Sent(t, to)
		return len(messages) >= count
	}, patience, glance, "no %d messages to %s", count, to)
	require.Len(t, messages, count)
	return messages
}

// Settle waits until no message is left in the queue.
func (s *Server) Settle(t *testing.T) {
	t.Helper()
	require.Eventually(t, func() bool {
		return s.Count(t, "SELECT count(*) FROM messages WHERE status = 'queued'") == 0
	}, patience, glance, "messages are left in the queue")
}

// Log is a log that a test reads. It is safe for concurrent use.
type Log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements [io.Writer].
func (l *Log) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(line)
}

// String is everything that was written so far.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

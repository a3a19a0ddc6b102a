// Package app puts the program together: the only place where all layers meet.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"go.opentelemetry.io/otel/trace"

	"example.org/kabinet/internal/calendar"
	"example.org/kabinet/internal/cipher"
	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/config"
	"example.org/kabinet/internal/delivery/outbox"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/repository"
)

// dataDirMode lets nobody but the owner into the folder with the keys.
const dataDirMode = 0o700

// Parts is what the program is given from outside.
type Parts struct {
	Config config.Config
	Clock  clock.Clock
	Log    *slog.Logger
	Tracer trace.TracerProvider
	// Builtin may be shared by several [App].
	Builtin *Builtin
}

// App is the program, ready to run.
type App struct {
	Parts
	keyset *cipher.Keyset
	// machine is the clock that nobody moves.
	machine clock.Clock
	// calendar is the one that everything goes by.
	calendar *calendar.Live
	store    *repository.Store
	outbox   *outbox.Outbox // nil in production
	links    []link         // none in a sandbox
	exchange exchange
	policies domain.Policies
	registry *prometheus.Registry
	services services
	echo     *echo.Echo
	jobs     repository.Runner
	// watched tells by name of what is outside whether it is down.
	watched map[string]func() bool
	// statementTimeout bounds statements on PostgreSQL for which nothing else
	// does; 0 is no bound.
	statementTimeout time.Duration
	// draining is set once requests are taken only until others take them.
	draining atomic.Bool
	// unready is whether the last look found the database down.
	unready atomic.Bool
}

// statementTimeout is how long a statement of the running program may take for
// which nothing else sets an end. It is longer than any of those takes.
const statementTimeout = 30 * time.Second

// New opens the key set and the database, brings the schema up to date and
// puts everything together. Nothing runs yet.
func New(ctx context.Context, p Parts) (*App, error) {
	a := &App{
		Parts: p, machine: p.Clock, policies: domain.Policies(p.Config.Policies), registry: prometheus.NewRegistry(),
		statementTimeout: statementTimeout,
	}
	a.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	open := func() error { return a.openStore(ctx) }
	centres := func() error { return a.buildCentres(ctx) }
	payers := func() error { return a.seedPayers(ctx) }
	clocks := func() error { return a.buildClock(ctx) }
	calendars := func() error { return a.buildCalendar(ctx) }
	alarms := func() error { return a.buildAlarms(ctx) }
	messages := func() error { return a.buildMessages(ctx) }
	for _, step := range []func() error{
		a.openKeyset, open, clocks, calendars, a.openOutbox, alarms, a.buildTerms, a.buildServices, messages, a.buildOperators,
		a.buildLetters, a.buildVerification, centres, a.buildPayers, payers, a.buildDesk, a.buildJobs, a.buildEcho,
	} {
		if err := step(); err != nil {
			return nil, errors.Join(err, a.Close())
		}
	}
	return a, nil
}

// Close ends the connections to the database. Nothing may run any more.
func (a *App) Close() error {
	if a.store == nil {
		return nil
	}
	return a.store.Close()
}

func (a *App) sandbox() bool { return a.Config.Environment == config.Sandbox }

func (a *App) openKeyset() (err error) {
	path := a.Config.Keys.File
	if !a.sandbox() {
		a.keyset, err = cipher.Load(path)
		return err
	}
	if err := makeDataDir(a.Config); err != nil {
		return err
	}
	var created bool
	a.keyset, created, err = cipher.LoadOrCreate(path)
	if created {
		a.Log.Info("new key set", "file", path)
	}
	return err
}

// makeDataDir makes the folder that a sandbox keeps everything in.
func makeDataDir(c config.Config) error {
	if err := os.MkdirAll(c.DataDir, dataDirMode); err != nil {
		return fmt.Errorf("KABINET_DATA_DIR: %w", err)
	}
	return nil
}

func (a *App) openStore(ctx context.Context) error {
	fields, err := a.keyset.Fields()
	if err != nil {
		return err
	}
	a.store, err = repository.Open(ctx, repository.Config{
		URL: a.Config.Database.URL.Reveal(), Fields: fields, Pooler: a.Config.Database.Pooled(),
		StatementTimeout: a.statementTimeout,
	})
	if err != nil {
		return err
	}
	return migrate(ctx, a.store)
}

// migrate brings a database's schema up to date.
func migrate(ctx context.Context, s *repository.Store) error {
	err := s.Migrate(ctx)
	switch {
	case errors.Is(err, repository.ErrPooler):
		return fmt.Errorf("%w: run kabinet migrate with PostgreSQL's own address in KABINET_DATABASE_URL "+
			"and without KABINET_DATABASE_POOLER", err)
	case err != nil:
		return fmt.Errorf("migrate: %w", err)
	default:
		return nil
	}
}

func (a *App) openOutbox() (err error) {
	if a.sandbox() {
		a.outbox, err = outbox.New(a.OutboxFolder())
	}
	return err
}

// OutboxFolder is where a sandbox puts its messages.
func (a *App) OutboxFolder() string { return filepath.Join(a.Config.DataDir, "outbox") }

// Migrate brings a database's schema up to date and does nothing else.
func Migrate(ctx context.Context, c config.Config) error {
	store, err := openMigrated(ctx, c)
	if err != nil {
		return err
	}
	return store.Close()
}

// openMigrated opens a database without its keys and brings its schema up to
// date.
func openMigrated(ctx context.Context, c config.Config) (*repository.Store, error) {
	if c.Environment == config.Sandbox {
		if err := makeDataDir(c); err != nil {
			return nil, err
		}
	}
	store, err := repository.Open(ctx, repository.Config{URL: c.Database.URL.Reveal(), Pooler: c.Database.Pooled()})
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, store); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return store, nil
}

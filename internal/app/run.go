package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	// stopTimeout is how long requests and jobs under way have to end.
	stopTimeout = 30 * time.Second
	// The bounds of a connection: headers, a whole request, a whole answer,
	// and the pause between two requests.
	headerTimeout = 5 * time.Second
	readTimeout   = 15 * time.Second
	writeTimeout  = requestTimeout + 10*time.Second
	idleTimeout   = 2 * time.Minute
	maxHeader     = 32 << 10
)

// Handler is the API, for who brings a server of their own.
func (a *App) Handler() http.Handler { return a.echo }

// StartJobs begins to work on the queue; the returned function stops that,
// waiting for the jobs under way until its context ends.
func (a *App) StartJobs(ctx context.Context) (stop func(context.Context) error, err error) {
	// The end of ctx must not cut off jobs under way: stopping waits for them.
	if err := a.jobs.Start(context.WithoutCancel(ctx)); err != nil {
		return nil, err
	}
	leave := a.follow(ctx)
	hangUp := a.startLinks(ctx)
	return func(ctx context.Context) error {
		leave()
		defer hangUp() // when the jobs that send have ended
		return a.jobs.Stop(ctx)
	}, nil
}

// Serve runs the API and the jobs until ctx ends, then takes requests for
// KABINET_DRAIN more, no jobs, and lets what is under way come to its end. It
// greets on out.
func (a *App) Serve(ctx context.Context, out io.Writer) error {
	public, err := listen(ctx, a.Config.Server.Addr)
	if err != nil {
		return fmt.Errorf("KABINET_ADDR: %w", err)
	}
	a.greet(out, a.Config.Server.PublicURL, a.Config.Server.AdminAddr)
	return a.run(ctx, &endpoint{a.newServer(a.echo), public})
}

// Work runs the jobs alone until ctx ends.
func (a *App) Work(ctx context.Context) error { return a.run(ctx, nil) }

// endpoint is a server on its listener.
type endpoint struct {
	server   *http.Server
	listener net.Listener
}

func (a *App) run(ctx context.Context, public *endpoint) error {
	listener, err := listen(ctx, a.Config.Server.AdminAddr)
	if err != nil {
		return fmt.Errorf("KABINET_ADMIN_ADDR: %w", err)
	}
	stopJobs, err := a.StartJobs(ctx)
	if err != nil {
		return fmt.Errorf("queue: %w", err)
	}
	admin := &endpoint{a.newServer(a.AdminHandler(ctx.Done())), listener}
	group, failed := errgroup.WithContext(ctx)
	if public != nil {
		group.Go(public.serve)
		a.Log.Info("serving", "addr", a.Config.Server.Addr, "public_url", a.Config.Server.PublicURL)
	}
	group.Go(admin.serve)
	a.Log.Info("started", "environment", a.Config.Environment, "admin_addr", a.Config.Server.AdminAddr)
	<-failed.Done()
	a.Log.Info("stopping")
	var ends errgroup.Group
	ends.Go(func() error { return within(ctx, stopJobs) })
	if public != nil {
		ends.Go(func() error {
			a.drain(ctx)
			return within(ctx, public.server.Shutdown)
		})
	}
	err = errors.Join(ends.Wait(), within(ctx, admin.server.Shutdown), group.Wait())
	a.Log.Info("stopped")
	return err
}

// within lets something end for stopTimeout at most.
func within(ctx context.Context, end func(context.Context) error) error {
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	return end(stopping)
}

// drain goes on taking requests for a while after the end of ctx: until whoever
// leads them here has seen that the program is no longer ready.
func (a *App) drain(ctx context.Context) {
	if ctx.Err() == nil || a.Config.Server.Drain == 0 {
		// It is not asked to stop, it has failed; or nobody leads requests here.
		return
	}
	a.draining.Store(true)
	a.Log.Info("draining", "for", a.Config.Server.Drain.String())
	<-time.After(a.Config.Server.Drain)
}

func (e *endpoint) serve() error {
	if err := e.server.Serve(e.listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func listen(ctx context.Context, addr string) (net.Listener, error) {
	var c net.ListenConfig
	return c.Listen(ctx, "tcp", addr)
}

func (a *App) newServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(a.Log.Handler(), slog.LevelWarn),
	}
}

// Healthy asks the program that listens on addr whether it is ready.
func Healthy(ctx context.Context, addr string) error {
	const patience = 3 * time.Second
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return err
	}
	response, err := (&http.Client{Timeout: patience}).Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(io.LimitReader(response.Body, maxHeader))
		return fmt.Errorf("not ready: %s %s", response.Status, strings.TrimSpace(string(body)))
	}
	return nil
}

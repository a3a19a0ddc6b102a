package main

import (
	"context"
	"errors"

	"example.org/kabinet/internal/app"
	"example.org/kabinet/internal/config"
)

func serve(ctx context.Context, in invocation, c config.Config) error {
	return withApp(ctx, in, c, func(a *app.App) error { return a.Serve(ctx, in.out) })
}

func worker(ctx context.Context, in invocation, c config.Config) error {
	if c.Database.Embedded() {
		return errors.New("worker: SQLite has one process per file: serve holds the workers too")
	}
	return withApp(ctx, in, c, func(a *app.App) error { return a.Work(ctx) })
}

func withApp(ctx context.Context, in invocation, c config.Config, run func(*app.App) error) error {
	parts, err := app.NewParts(c, in.err)
	if err != nil {
		return err
	}
	a, err := app.New(ctx, parts)
	if err != nil {
		return err
	}
	return errors.Join(run(a), a.Close())
}

func migrate(ctx context.Context, _ invocation, c config.Config) error { return app.Migrate(ctx, c) }

func healthcheck(ctx context.Context, _ invocation, c config.Config) error {
	return app.Healthy(ctx, c.Server.AdminAddr)
}

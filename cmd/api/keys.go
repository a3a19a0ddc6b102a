package main

import (
	"context"
	"fmt"

	"example.org/kabinet/internal/app"
	"example.org/kabinet/internal/config"
)

func createKeys(_ context.Context, in invocation, c config.Config) error {
	if err := app.CreateKeys(c); err != nil {
		return err
	}
	_, err := fmt.Fprintln(in.out, "New key set:", c.Keys.File)
	return err
}

func addKeys(_ context.Context, in invocation, c config.Config) error {
	if err := app.AddKeys(c); err != nil {
		return err
	}
	_, err := fmt.Fprintln(in.out, "New keys added. Restart every process, then run: keys rotate --promote")
	return err
}

func promoteKeys(_ context.Context, in invocation, c config.Config) error {
	if err := app.PromoteKeys(c); err != nil {
		return err
	}
	_, err := fmt.Fprintln(in.out, "The newest keys are in use by every process that is restarted from now on.")
	return err
}

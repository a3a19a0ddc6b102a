package app

import (
	"context"
	"time"

	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/repository"
	"example.org/kabinet/internal/service/idempotency"
	"example.org/kabinet/internal/service/sandbox"
)

// clockGlance is how often a sandbox looks whether another process has moved
// the clock.
const clockGlance = 500 * time.Millisecond

// buildClock gives a sandbox a clock that can be moved, and puts it where it
// was before a restart.
func (a *App) buildClock(ctx context.Context) error {
	if !a.sandbox() {
		return nil
	}
	ahead := clock.NewAhead(a.machine)
	a.Clock = ahead
	a.services.sandbox = sandbox.New(sandbox.Parts{
		Tx: a.store, Clocks: repository.NewSandboxClocks(a.store), Clock: ahead, Journal: a.newJournal(),
	})
	fields, err := a.keyset.Fields()
	if err != nil {
		return err
	}
	a.services.machineAnswers = idempotency.New(
		repository.NewAnswers(a.store), fields, a.machine, a.policies.IdempotencyKept)
	return a.services.sandbox.Follow(ctx)
}

// followClock keeps to the clock that other processes of a sandbox move, until
// the returned function is called, which waits for the end.
func (a *App) followClock(ctx context.Context) (stop func()) {
	if !a.sandbox() {
		return func() {}
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	over := make(chan struct{})
	go func() {
		defer close(over)
		a.keepFollowing(ctx)
	}()
	return func() {
		cancel()
		<-over
	}
}

// keepFollowing tells of an outage once.
func (a *App) keepFollowing(ctx context.Context) {
	tick := time.NewTicker(clockGlance)
	defer tick.Stop()
	told := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := a.services.sandbox.Follow(ctx)
		if err != nil && !told && ctx.Err() == nil {
			a.Log.WarnContext(ctx, "the sandbox's clock cannot be read", "error", err)
		}
		told = err != nil
	}
}

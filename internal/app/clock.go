package app

import (
	"context"

	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/repository"
	"example.org/kabinet/internal/service/idempotency"
	"example.org/kabinet/internal/service/sandbox"
)

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

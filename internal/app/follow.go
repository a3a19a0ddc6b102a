package app

import (
	"context"
	"sync"
	"time"
)

const (
	// calendarGlance is how often a process looks whether a working calendar was
	// imported, and sandboxGlance how often one of a sandbox looks for whatever
	// another one may have changed.
	calendarGlance = 30 * time.Second
	sandboxGlance  = 500 * time.Millisecond
)

// followed is something that other processes change.
type followed struct {
	name  string
	every time.Duration
	look  func(ctx context.Context) error
}

func (a *App) allFollowed() []followed {
	days := followed{"the working calendar", calendarGlance, a.services.calendar.Follow}
	if !a.sandbox() {
		return []followed{days}
	}
	days.every = sandboxGlance
	return []followed{days, {"the sandbox's clock", sandboxGlance, a.services.sandbox.Follow}}
}

// follow keeps to what other processes change, until the returned function is
// called, which waits for the end.
func (a *App) follow(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var under sync.WaitGroup
	for _, f := range a.allFollowed() {
		under.Go(func() { a.keepFollowing(ctx, f) })
	}
	return func() {
		cancel()
		under.Wait()
	}
}

// keepFollowing tells of an outage once.
func (a *App) keepFollowing(ctx context.Context, f followed) {
	tick := time.NewTicker(f.every)
	defer tick.Stop()
	told := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := f.look(ctx)
		if err != nil && !told && ctx.Err() == nil {
			a.Log.WarnContext(ctx, f.name+" cannot be read", "error", err)
		}
		told = err != nil
	}
}

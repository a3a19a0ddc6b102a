package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// world is everything that takes part.
type world struct {
	options

	out     io.Writer
	started time.Time
	// folder holds the program, its settings and its logs.
	folder   string
	settings map[string]string
	random   *dice
	figures  *figures
	verdict  *verdict

	database *database
	fleet    *fleet
	balancer *balancer
	mail     *mailServer
	mailLine *line
	sms      *smsGateway
	centre   *centre
	registry *register
	edo      *exchange
	arrivals *arrivals
	client   *client
	people   []*journey

	// ends are undone at the end, the last first.
	ends []func() error
}

func newWorld(o options, out io.Writer) *world {
	return &world{
		options: o, out: out, started: time.Now(), settings: map[string]string{},
		random: newDice(o.seed), figures: newFigures(), verdict: &verdict{}, arrivals: newArrivals(),
	}
}

// say tells how far everything is, with the time since the beginning.
func (w *world) say(format string, values ...any) {
	_, _ = fmt.Fprintf(w.out, "%6.1fs  %s\n", time.Since(w.started).Seconds(), fmt.Sprintf(format, values...))
}

// later undoes something at the end.
func (w *world) later(end func() error) { w.ends = append(w.ends, end) }

// begin starts everything, and leaves it to end to stop what was started.
func (w *world) begin(ctx context.Context) (err error) {
	if w.folder, err = os.MkdirTemp("", "kabinet-chaos-"); err != nil {
		return err
	}
	w.later(func() error {
		if w.keep {
			w.say("logs and settings are in %s", w.folder)
			return nil
		}
		return os.RemoveAll(w.folder)
	})
	for _, part := range []struct {
		name  string
		begin func(context.Context) error
	}{
		{"the program is built", w.build},
		{"PostgreSQL", w.beginDatabase},
		{"what is outside", w.beginOutside},
		{"the installation", w.install},
		{"processes", w.beginFleet},
		{"HAProxy", w.beginBalancer},
	} {
		if err := part.begin(ctx); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
		w.say("%s", part.name)
	}
	return nil
}

// end stops and removes everything that begin made.
func (w *world) end() error {
	var all []error
	for n := len(w.ends) - 1; n >= 0; n-- {
		all = append(all, w.ends[n]())
	}
	return errors.Join(all...)
}

// path is a file of the world's folder.
func (w *world) path(name string) string { return filepath.Join(w.folder, name) }

// dice is chance that a seed decides. It may be thrown from any goroutine.
type dice struct {
	mu     sync.Mutex
	random *rand.Rand
}

func newDice(seed uint64) *dice {
	return &dice{random: rand.New(rand.NewPCG(seed, 1))}
}

// below is a number from 0 to n-1.
func (d *dice) below(n int) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.random.IntN(n)
}

// within is a time from least to most.
func (d *dice) within(least, most time.Duration) time.Duration {
	return least + time.Duration(d.below(int(most-least)+1))
}

// chance is true so many times of a hundred.
func (d *dice) chance(percent int) bool { return d.below(100) < percent }

// shuffle brings mishaps into another order.
func (d *dice) shuffle(deck []mishap) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.random.Shuffle(len(deck), func(i, j int) { deck[i], deck[j] = deck[j], deck[i] })
}

// pause waits, but not longer than ctx lives; it tells whether it still does.
func pause(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

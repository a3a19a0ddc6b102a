package main

import (
	"context"
	"fmt"
	"sync"
	"time"
)

const (
	// leaveOften is how many people of a hundred leave in the middle, and come
	// back when all is calm.
	leaveOften = 5
	// walkTime is how long a person goes on before leaving it for later.
	walkTime = 150 * time.Second
	// The pauses between two mishaps, and how long one lasts that has a length.
	leastPause, mostPause   = 1500 * time.Millisecond, 5 * time.Second
	leastLength, mostLength = 3 * time.Second, 15 * time.Second
)

// trouble lets people set out, evenly over the time, while one thing after the
// other fails. At the end whoever is on the way stops there.
func (w *world) trouble(ctx context.Context) {
	ctx, stop := context.WithTimeout(ctx, w.options.trouble)
	defer stop()
	for n := range w.journeys {
		w.people = append(w.people, w.newJourney(n))
	}
	var group sync.WaitGroup
	group.Go(func() { w.mishaps(ctx) })
	begun, gap := time.Now(), w.options.trouble*9/10/time.Duration(w.journeys)
	for n, j := range w.people {
		if !pause(ctx, time.Until(begun.Add(time.Duration(n)*gap))) {
			break
		}
		steps := len(j.steps)
		if w.random.chance(leaveOften) {
			steps = 1 + w.random.below(steps)
		}
		group.Go(func() {
			walking, stop := context.WithTimeout(ctx, walkTime)
			defer stop()
			j.walk(walking, steps)
		})
	}
	group.Wait()
	w.say("trouble is over: %s", w.standing())
}

// mishap is something that fails.
type mishap struct {
	name string
	// do lets it happen, and returns when it is over.
	do func(context.Context) error
}

// mishaps lets one thing after the other fail: each as often as any other, in an
// order that the seed decides.
func (w *world) mishaps(ctx context.Context) {
	var group sync.WaitGroup
	defer group.Wait()
	for {
		deck := w.deck()
		w.random.shuffle(deck)
		for _, m := range deck {
			if !pause(ctx, w.random.within(leastPause, mostPause)) {
				return
			}
			w.figures.add("mishaps: "+m.name, 1)
			group.Go(func() {
				if err := m.do(ctx); err != nil && ctx.Err() == nil {
					w.verdict.fail("mishaps that went wrong by themselves", "%s: %v", m.name, err)
				}
			})
		}
	}
}

// deck is every mishap, the more frequent ones several times.
func (w *world) deck() []mishap {
	deck := []mishap{
		{"PostgreSQL restarted", func(ctx context.Context) error { return w.database.restart(ctx, "fast") }},
		{"PostgreSQL crashed", func(ctx context.Context) error { return w.database.restart(ctx, "immediate") }},
		{"HAProxy reloaded", func(context.Context) error { return w.balancer.reload() }},
		{"mail server killed", w.mail.restart},
		{"mail server refuses", w.forAWhile(w.mailLine.set, lineRefused)},
		{"mail server hangs", w.forAWhile(w.mailLine.set, lineHung)},
		{"mail server closes in the middle", w.forAWhile(w.mailLine.set, lineCut)},
	}
	for name, g := range map[string]*gate{"second SMS gateway": &w.sms.gate, "registers": &w.registry.gate, "document exchange": &w.edo.gate} {
		deck = append(deck,
			mishap{name + ": down", w.forAWhile(g.set, gateDown)},
			mishap{name + ": too many requests", w.forAWhile(g.set, gateBusy)},
			mishap{name + ": hangs", w.forAWhile(g.set, gateHung)})
	}
	deck = append(deck, w.centreMishaps()...)
	for n := range servers + workers {
		deck = append(deck, mishap{"process killed", func(context.Context) error { return w.doomOne(doomKill, n) }})
	}
	return append(deck,
		mishap{"process asked to stop", func(context.Context) error { return w.doomOne(doomStop, w.random.below(servers)) }},
		mishap{"process asked to stop", func(context.Context) error { return w.doomOne(doomStop, servers+w.random.below(workers)) }})
}

// doomOne ends a process; one that is about to end already is let alone.
func (w *world) doomOne(how string, n int) error {
	if !w.fleet.all[n].doom(how) {
		w.figures.add("mishaps without effect", 1)
	}
	return nil
}

// forAWhile puts something into a state and then back in order.
func (w *world) forAWhile(set func(int) error, state int) func(context.Context) error {
	return func(ctx context.Context) error {
		if err := set(state); err != nil {
			return err
		}
		pause(ctx, w.random.within(leastLength, mostLength))
		return set(0)
	}
}

// standing says how far the journeys are.
func (w *world) standing() string {
	var accepted, done, broken int
	for _, j := range w.people {
		if j.accepted() {
			accepted++
		}
		if j.done() {
			done++
		}
		if j.broken != nil {
			broken++
		}
	}
	return fmt.Sprintf("%d of %d accepted, %d at their end, %d at a wrong answer", accepted, w.journeys, done, broken)
}

// Command chaos lets thousands of people go their ways through the program in
// production while its processes are killed, PostgreSQL is restarted and what
// messages leave by refuses, hangs and closes. At the end it looks whether
// anything was lost, and prints its figures. docs/testing.md describes it.
//
// It is a program and no test: it takes minutes, and `go test ./...` must not
// start it. `make chaos` does.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const (
	// bound is how long everything may take.
	bound = 10 * time.Minute
	// reserve is what of it is kept for the last look.
	reserve = 30 * time.Second
)

// options is what the command line says.
type options struct {
	journeys int
	trouble  time.Duration
	seed     uint64
	keep     bool
}

func main() {
	var o options
	flag.IntVar(&o.journeys, "journeys", 2000, "how many people set out")
	flag.DurationVar(&o.trouble, "trouble", 4*time.Minute, "for how long things fail; people set out evenly over this time")
	flag.Uint64Var(&o.seed, "seed", rand.Uint64(), "what fails when, and who does what, as far as that can be chosen")
	flag.BoolVar(&o.keep, "keep", false, "leave the folder with logs and settings")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, o, os.Stdout)
	stop()
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "chaos:", err)
		os.Exit(1)
	}
}

// errBroken is the outcome of a run after which something does not hold.
var errBroken = errors.New("not everything that must hold does")

// run is everything from the first process to the last look.
func run(ctx context.Context, o options, out io.Writer) (err error) {
	if _, err := os.Stat("scripts/postgres"); err != nil {
		return errors.New("not at the root of the module")
	}
	whole, cancel := context.WithTimeout(ctx, bound)
	defer cancel()
	w := newWorld(o, out)
	w.say("seed %d, %d journeys, %s of trouble", o.seed, o.journeys, o.trouble)
	defer func() { err = errors.Join(err, w.end()) }()
	if err := w.begin(whole); err != nil {
		return fmt.Errorf("the world does not begin: %w", err)
	}
	working, stop := context.WithTimeout(whole, bound-reserve-time.Since(w.started))
	defer stop()
	w.trouble(working)
	if ctx.Err() == nil {
		w.calm(working)
	}
	if ctx.Err() != nil {
		return errors.New("interrupted")
	}
	w.look(whole)
	w.print()
	if w.verdict.broken() {
		return errBroken
	}
	return nil
}

// Package breaker spares what is down: a circuit breaker for everything outside
// that the program asks or sends to.
package breaker

import (
	"context"
	"errors"
	"sync"
	"time"

	"example.org/kabinet/internal/clock"
)

const (
	// most is how many failures in a row open a breaker.
	most = 5
	// pause is how long an open breaker lets nothing through. It is shorter than
	// the usual wait before something is tried again.
	pause = 30 * time.Second
)

// ErrOpen is the error of a call that was not made.
var ErrOpen = errors.New("failed too often: left alone for a while")

// Breaker is what was learnt of one thing outside. After five failures in a row
// every call is [ErrOpen] for half a minute. Then a single call goes through; its
// success lets all through again, its failure starts the next half minute. Each
// process learns on its own. It is safe for concurrent use.
type Breaker struct {
	clock    clock.Clock
	answered func(error) bool

	mu       sync.Mutex
	failures int // in a row
	until    time.Time
	trying   bool // a single call is under way
}

// New returns a breaker that lets everything through. Errors for which answered is
// true come from something that works, and are no failures.
func New(c clock.Clock, answered func(error) bool) *Breaker {
	return &Breaker{clock: c, answered: answered}
}

// Down tells whether a call would not be made now.
func (b *Breaker) Down() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.spares()
}

// Do makes a call if the breaker lets it. A caller that goes away teaches nothing.
func Do[T any](ctx context.Context, b *Breaker, call func() (T, error)) (T, error) {
	single, admitted := b.admit()
	if !admitted {
		var none T
		return none, ErrOpen
	}
	learnt := nothing // so that a panic does not keep the single call's place
	defer func() { b.learn(single, learnt) }()
	answer, err := call()
	learnt = b.lessonOf(ctx, err)
	return answer, err
}

// lesson is what a call taught.
type lesson int

const (
	nothing lesson = iota
	works
	failed
)

func (b *Breaker) lessonOf(ctx context.Context, err error) lesson {
	switch {
	case err == nil, b.answered(err):
		return works
	case errors.Is(ctx.Err(), context.Canceled):
		return nothing
	default:
		return failed
	}
}

// spares tells whether no call may go through; the lock is held.
func (b *Breaker) spares() bool {
	return b.failures >= most && (b.trying || b.clock.Now().Before(b.until))
}

// admit tells whether a call may go through, and whether it is the single one.
func (b *Breaker) admit() (single, admitted bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.spares() {
		return false, false
	}
	b.trying = b.failures >= most
	return b.trying, true
}

func (b *Breaker) learn(single bool, l lesson) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if single {
		b.trying = false
	}
	switch l {
	case works:
		b.failures = 0
	case failed:
		b.failures++
		b.until = b.clock.Now().Add(pause)
	case nothing:
	}
}

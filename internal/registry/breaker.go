package registry

import (
	"context"
	"errors"
	"sync"
	"time"

	"example.org/kabinet/internal/domain"
)

const (
	// breakerFailures is how many failures in a row open a breaker.
	breakerFailures = 5
	// breakerPause is how long an open breaker lets nothing through. It is
	// shorter than the usual wait before a check is repeated.
	breakerPause = 30 * time.Second
)

// Breaker stands before a register, and spares it while it is down: after five
// failures in a row every call is [ErrOpen] for half a minute. Then a single
// call goes through; its success lets all through again, its failure starts the
// next half minute. Each process learns on its own. It is safe for concurrent
// use.
type Breaker struct {
	next  Register
	clock Clock

	mu       sync.Mutex
	failures int // in a row
	until    time.Time
	trying   bool // a single call is under way
}

// NewBreaker puts a breaker before a register.
func NewBreaker(next Register, clock Clock) *Breaker {
	return &Breaker{next: next, clock: clock}
}

// Ask implements [Register].
func (b *Breaker) Ask(ctx context.Context, request domain.CheckRequest) (string, error) {
	return through(ctx, b, func() (string, error) { return b.next.Ask(ctx, request) })
}

// Poll implements [Register].
func (b *Breaker) Poll(ctx context.Context, reference string) (domain.CheckOutcome, error) {
	return through(ctx, b, func() (domain.CheckOutcome, error) { return b.next.Poll(ctx, reference) })
}

// lesson is what a call taught about its register.
type lesson int

const (
	nothing lesson = iota
	works
	failed
)

// through makes a call if the breaker lets it.
func through[T any](ctx context.Context, b *Breaker, call func() (T, error)) (T, error) {
	single, admitted := b.admit()
	if !admitted {
		var none T
		return none, ErrOpen
	}
	learnt := nothing // so that a panic does not keep the single call's place
	defer func() { b.learn(single, learnt) }()
	answer, err := call()
	learnt = lessonOf(ctx, err)
	return answer, err
}

// lessonOf blames no register for a caller that went away.
func lessonOf(ctx context.Context, err error) lesson {
	switch {
	case err == nil, errors.Is(err, ErrAnswered):
		return works
	case errors.Is(ctx.Err(), context.Canceled):
		return nothing
	default:
		return failed
	}
}

// admit tells whether a call may go through, and whether it is the single one.
func (b *Breaker) admit() (single, admitted bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failures < breakerFailures {
		return false, true
	}
	if b.trying || b.clock.Now().Before(b.until) {
		return false, false
	}
	b.trying = true
	return true, true
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
		b.until = b.clock.Now().Add(breakerPause)
	case nothing:
	}
}

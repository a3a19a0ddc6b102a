package registry

import (
	"context"
	"errors"
	"sync"
	"time"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

const (
	// breakerFailures is how many failures in a row open a breaker.
	breakerFailures = 5
	// breakerPause is how long an open breaker lets nothing through. It is
	// shorter than the usual wait before a check is repeated.
	breakerPause = 30 * time.Second
)

// Breaker stands before a register of people, and spares it while it is down:
// after five failures in a row every call is [ErrOpen] for half a minute. Then a
// single call goes through; its success lets all through again, its failure starts
// the next half minute. Each process learns on its own. It is safe for concurrent
// use.
type Breaker struct {
	fuse
	next Register
}

// fuse is what a breaker has learnt.
type fuse struct {
	clock Clock

	mu       sync.Mutex
	failures int // in a row
	until    time.Time
	trying   bool // a single call is under way
}

// NewBreaker puts a breaker before a register.
func NewBreaker(next Register, clock Clock) *Breaker {
	return &Breaker{fuse: fuse{clock: clock}, next: next}
}

// Ask implements [Register].
func (b *Breaker) Ask(ctx context.Context, request domain.CheckRequest) (string, error) {
	return through(ctx, &b.fuse, func() (string, error) { return b.next.Ask(ctx, request) })
}

// Poll implements [Register].
func (b *Breaker) Poll(ctx context.Context, reference string) (domain.CheckOutcome, error) {
	return through(ctx, &b.fuse, func() (domain.CheckOutcome, error) { return b.next.Poll(ctx, reference) })
}

// Payers is the register of payers. [apperr.NotFound] means that it has no such
// payer, every other error that there is no answer for now. No error tells
// anything of the payer.
type Payers interface {
	Find(ctx context.Context, number domain.PayerNumber) (domain.Payer, error)
}

// PayersBreaker stands before the register of payers as a [Breaker] does before
// those of people. It is safe for concurrent use.
type PayersBreaker struct {
	fuse
	next Payers
}

// NewPayersBreaker puts a breaker before the register of payers.
func NewPayersBreaker(next Payers, clock Clock) *PayersBreaker {
	return &PayersBreaker{fuse: fuse{clock: clock}, next: next}
}

// Find implements [Payers].
func (b *PayersBreaker) Find(ctx context.Context, number domain.PayerNumber) (domain.Payer, error) {
	return through(ctx, &b.fuse, func() (domain.Payer, error) { return b.next.Find(ctx, number) })
}

// lesson is what a call taught about its register.
type lesson int

const (
	nothing lesson = iota
	works
	failed
)

// through makes a call if the breaker lets it.
func through[T any](ctx context.Context, f *fuse, call func() (T, error)) (T, error) {
	single, admitted := f.admit()
	if !admitted {
		var none T
		return none, ErrOpen
	}
	learnt := nothing // so that a panic does not keep the single call's place
	defer func() { f.learn(single, learnt) }()
	answer, err := call()
	learnt = lessonOf(ctx, err)
	return answer, err
}

// lessonOf blames no register for a caller that went away.
func lessonOf(ctx context.Context, err error) lesson {
	switch {
	case err == nil, errors.Is(err, ErrAnswered), errors.Is(err, apperr.New(apperr.NotFound)):
		return works
	case errors.Is(ctx.Err(), context.Canceled):
		return nothing
	default:
		return failed
	}
}

// admit tells whether a call may go through, and whether it is the single one.
func (f *fuse) admit() (single, admitted bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.failures < breakerFailures {
		return false, true
	}
	if f.trying || f.clock.Now().Before(f.until) {
		return false, false
	}
	f.trying = true
	return true, true
}

func (f *fuse) learn(single bool, l lesson) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if single {
		f.trying = false
	}
	switch l {
	case works:
		f.failures = 0
	case failed:
		f.failures++
		f.until = f.clock.Now().Add(breakerPause)
	case nothing:
	}
}

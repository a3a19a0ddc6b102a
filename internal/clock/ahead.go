package clock

import (
	"sync/atomic"
	"time"
)

// Ahead is a clock that goes before another one, and only ever further. It is
// safe for concurrent use.
type Ahead struct {
	base Clock
	by   atomic.Int64
}

// NewAhead returns a clock that shows the time of base until it is moved.
func NewAhead(base Clock) *Ahead { return &Ahead{base: base} }

// Now implements [Clock].
func (a *Ahead) Now() time.Time { return a.At(a.By()) }

// At is the present moment of a clock that is so far ahead.
func (a *Ahead) At(by time.Duration) time.Time { return a.base.Now().Add(by) }

// By is how far the clock is ahead.
func (a *Ahead) By() time.Duration { return time.Duration(a.by.Load()) }

// Reach puts the clock that far ahead of its base in all. One that is there
// already, or further, stays: time does not run back.
func (a *Ahead) Reach(by time.Duration) {
	for {
		now := a.by.Load()
		if int64(by) <= now || a.by.CompareAndSwap(now, int64(by)) {
			return
		}
	}
}

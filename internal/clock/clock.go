// Package clock gives the time to those who need it, so that tests can move it.
package clock

import "time"

// Clock tells the time.
type Clock interface {
	// Now is the present moment in UTC, truncated to microseconds: the
	// precision that both databases keep.
	Now() time.Time
}

// System is the machine's own clock.
type System struct{}

// Now implements [Clock].
func (System) Now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

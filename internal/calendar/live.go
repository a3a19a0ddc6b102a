package calendar

import (
	"sync/atomic"

	"example.org/kabinet/internal/ident"
)

// Live is the working calendar of the moment, which can be replaced while others
// ask it. Each question is answered by one calendar. It is safe for concurrent
// use.
type Live struct{ calendar atomic.Pointer[Calendar] }

// NewLive returns a calendar that is this one until it is replaced.
func NewLive(c *Calendar) *Live {
	l := &Live{}
	l.Replace(c)
	return l
}

// Replace has a calendar answer from now on.
func (l *Live) Replace(c *Calendar) { l.calendar.Store(c) }

// IsWorking is [Calendar.IsWorking].
func (l *Live) IsWorking(d ident.Date) (bool, error) { return l.calendar.Load().IsWorking(d) }

// IsShortened is [Calendar.IsShortened].
func (l *Live) IsShortened(d ident.Date) (bool, error) { return l.calendar.Load().IsShortened(d) }

// IsHoliday is [Calendar.IsHoliday].
func (l *Live) IsHoliday(d ident.Date) (bool, error) { return l.calendar.Load().IsHoliday(d) }

// AddWorkingDays is [Calendar.AddWorkingDays].
func (l *Live) AddWorkingDays(d ident.Date, n int) (ident.Date, error) {
	return l.calendar.Load().AddWorkingDays(d, n)
}

package domain

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.org/kabinet/internal/ident"
)

// What can be wrong with opening hours.
var (
	// ErrTimeOfDay is a text that is no time of day.
	ErrTimeOfDay = errors.New("a time of day is HH:MM, from 00:00 to 24:00")
	// ErrHoursForm is a text that is no list of hours.
	ErrHoursForm = errors.New(`hours are "closed" or "HH:MM-HH:MM", several with the breaks between them`)
	// ErrPastMidnight is an interval that does not end on the day it begins.
	ErrPastMidnight = errors.New("hours end after they begin, on the same day: none go past midnight")
	// ErrHoursOrder is intervals that touch, overlap or are out of order.
	ErrHoursOrder = errors.New("hours follow each other with a break between them")
)

// hoursClosed is how a day without hours is written.
const hoursClosed = "closed"

// endOfDay is the last moment of a day, in minutes.
const endOfDay = 24 * 60

// TimeOfDay is what a clock on the wall shows, in minutes since midnight; 24:00
// is the end of the day.
type TimeOfDay int

// ParseTimeOfDay reads HH:MM, or returns [ErrTimeOfDay].
func ParseTimeOfDay(text string) (TimeOfDay, error) {
	if text == "24:00" {
		return endOfDay, nil
	}
	t, err := time.Parse("15:04", text)
	if err != nil || len(text) != len("15:04") {
		return 0, ErrTimeOfDay
	}
	return timeOfDay(t), nil
}

// String is the time as HH:MM.
func (t TimeOfDay) String() string { return fmt.Sprintf("%02d:%02d", int(t)/60, int(t)%60) }

func timeOfDay(t time.Time) TimeOfDay { return TimeOfDay(t.Hour()*60 + t.Minute()) }

// Interval is a part of a day: From belongs to it, To does not.
type Interval struct {
	From, To TimeOfDay
}

// DayHours are the parts of a day in which a place is open, in their order; the
// gaps between them are its breaks. None means closed.
type DayHours []Interval

// ParseDayHours reads hours such as "09:00-13:00 14:00-18:00", or "closed". The
// errors are [ErrHoursForm], [ErrTimeOfDay], [ErrPastMidnight] and
// [ErrHoursOrder].
func ParseDayHours(text string) (DayHours, error) {
	parts := strings.Fields(text)
	switch {
	case len(parts) == 0:
		return nil, ErrHoursForm
	case len(parts) == 1 && parts[0] == hoursClosed:
		return nil, nil
	}
	var hours DayHours
	for _, part := range parts {
		interval, err := parseInterval(part)
		if err != nil {
			return nil, err
		}
		hours = append(hours, interval)
	}
	return hours, hours.check()
}

func parseInterval(text string) (Interval, error) {
	from, to, ok := strings.Cut(text, "-")
	if !ok {
		return Interval{}, ErrHoursForm
	}
	opens, err := ParseTimeOfDay(from)
	closes, err2 := ParseTimeOfDay(to)
	return Interval{opens, closes}, errors.Join(err, err2)
}

func (h DayHours) check() error {
	for i, part := range h {
		if part.From >= part.To {
			return ErrPastMidnight
		}
		if i > 0 && part.From <= h[i-1].To {
			return ErrHoursOrder
		}
	}
	return nil
}

// Span is from the opening in the morning to the closing in the evening. It must
// not be asked of a day that is closed.
func (h DayHours) Span() Interval { return Interval{h[0].From, h[len(h)-1].To} }

// Breaks are the parts of the day between opening and closing that are closed.
func (h DayHours) Breaks() []Interval {
	breaks := []Interval{}
	for i := 1; i < len(h); i++ {
		breaks = append(breaks, Interval{h[i-1].To, h[i].From})
	}
	return breaks
}

// String is the hours in the form that [ParseDayHours] reads.
func (h DayHours) String() string {
	if len(h) == 0 {
		return hoursClosed
	}
	parts := make([]string, 0, len(h))
	for _, part := range h {
		parts = append(parts, part.From.String()+"-"+part.To.String())
	}
	return strings.Join(parts, " ")
}

func (h DayHours) contains(t TimeOfDay) bool {
	return slices.ContainsFunc(h, func(part Interval) bool { return part.From <= t && t < part.To })
}

// Week is the hours of each day of the week, by [time.Weekday].
type Week [7]DayHours

// HoursException is the hours of one day that replace those of its weekday.
type HoursException struct {
	Date  ident.Date
	Hours DayHours
}

// OpeningHours are when a place is open, by the clocks of its time zone.
type OpeningHours struct {
	Week Week
	// Exceptions are in the order of their days, one for each.
	Exceptions []HoursException
}

// Days knows which days people have off. Its errors are calendar_year_unknown.
type Days interface {
	IsWorking(d ident.Date) (bool, error)
	IsHoliday(d ident.Date) (bool, error)
}

// On is the hours of a day. An exception for the day counts for it whatever else
// it is. Otherwise places are closed on public holidays, and on those days from
// Monday to Friday that the Government has made days off (Labour Code, articles
// 112 and 111); no place opens on a weekend by a decree alone. The error is
// calendar_year_unknown where the answer depends on a year that the calendar
// lacks.
func (o OpeningHours) On(d ident.Date, c Days) (DayHours, error) {
	at, found := slices.BinarySearchFunc(o.Exceptions, d, func(e HoursException, d ident.Date) int {
		return e.Date.Compare(d)
	})
	if found {
		return o.Exceptions[at].Hours, nil
	}
	hours := o.Week[d.Weekday()]
	if len(hours) == 0 {
		return nil, nil
	}
	off, err := dayOff(d, c)
	if off || err != nil {
		return nil, err
	}
	return hours, nil
}

// OpenAt tells whether a place in a time zone is open at a moment; errors are
// those of [OpeningHours.On].
func (o OpeningHours) OpenAt(t time.Time, zone *time.Location, c Days) (bool, error) {
	local := t.In(zone)
	hours, err := o.On(ident.DateOf(local), c)
	return hours.contains(timeOfDay(local)), err
}

// sortExceptions brings exceptions into their order and tells of a day that
// stands twice.
func sortExceptions(all []HoursException) (twice ident.Date) {
	slices.SortFunc(all, func(a, b HoursException) int { return a.Date.Compare(b.Date) })
	for i := 1; i < len(all); i++ {
		if all[i-1].Date == all[i].Date {
			return all[i].Date
		}
	}
	return ident.Date{}
}

// dayOff tells whether a day on which people usually work, or at least a place
// is usually open, is one on which nobody does.
func dayOff(d ident.Date, c Days) (bool, error) {
	if d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
		return c.IsHoliday(d)
	}
	works, err := c.IsWorking(d)
	return !works, err
}

// Package calendar knows which days are working days in Russia. Saturdays,
// Sundays and the public holidays of article 112 of the Labour Code are off;
// which days off the Government moves it decrees year by year, so that a year
// without a decree is an error and never a guess.
package calendar

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/ident"
)

// errTerm is a term that does not end after it starts.
var errTerm = errors.New("a term has one working day at least")

// Calendar is the working calendar of some years. It is safe for concurrent
// use.
type Calendar struct {
	holidays  map[monthDay]bool
	years     map[int]bool
	daysOff   map[ident.Date]bool
	weekends  map[ident.Date]bool
	shortened map[ident.Date]bool
}

// monthDay is a day of every year: MM-DD.
type monthDay string

// DateIn is the day that it is in a place at a moment.
func DateIn(t time.Time, place *time.Location) ident.Date { return ident.DateOf(t.In(place)) }

// IsWorking tells whether people work on a day. As with all questions about a
// day, the error is calendar_year_unknown if the calendar lacks its year, which
// the error names.
func (c *Calendar) IsWorking(d ident.Date) (bool, error) { return c.answer(c.working, d) }

// IsShortened tells whether a day is a working day that ends an hour earlier
// (Labour Code, article 95).
func (c *Calendar) IsShortened(d ident.Date) (bool, error) { return c.answer(c.short, d) }

// IsHoliday tells whether a day is a public holiday. Other days may be off,
// too: weekends, and the days that the Government moves weekends to.
func (c *Calendar) IsHoliday(d ident.Date) (bool, error) { return c.answer(c.holiday, d) }

// AddWorkingDays is the last day of a term of n working days, one at least,
// that starts the day after d (Civil Code, article 191).
func (c *Calendar) AddWorkingDays(d ident.Date, n int) (ident.Date, error) {
	if n < 1 {
		return ident.Date{}, errTerm
	}
	if err := c.known(d); err != nil {
		return ident.Date{}, err
	}
	for n > 0 {
		d = d.AddDays(1)
		works, err := c.IsWorking(d)
		if err != nil {
			return ident.Date{}, err
		}
		if works {
			n--
		}
	}
	return d, nil
}

// answer asks about a day of a year that is known.
func (c *Calendar) answer(question func(ident.Date) bool, d ident.Date) (bool, error) {
	if err := c.known(d); err != nil {
		return false, err
	}
	return question(d), nil
}

func (c *Calendar) known(d ident.Date) error {
	if c.years[d.Year()] {
		return nil
	}
	err := apperr.Wrap(apperr.CalendarYearUnknown, fmt.Errorf("no working calendar for %d", d.Year()))
	err.Params = map[string]string{"year": strconv.Itoa(d.Year())}
	return err
}

func (c *Calendar) working(d ident.Date) bool {
	if isWeekend(d) {
		return c.weekends[d]
	}
	return !c.daysOff[d] && !c.holiday(d)
}

func (c *Calendar) short(d ident.Date) bool { return c.shortened[d] }

func (c *Calendar) holiday(d ident.Date) bool { return c.holidays[everyYear(d)] }

// everyYear is the day without its year.
func everyYear(d ident.Date) monthDay { return monthDay(d.ISO()[len("2006-"):]) }

func isWeekend(d ident.Date) bool {
	return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
}

// Package calendar knows which days are working days in Russia. Saturdays,
// Sundays and the public holidays of article 112 of the Labour Code are off;
// which days off the Government moves it decrees year by year, so that a year
// without a decree is an error and never a guess.
package calendar

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/ident"
)

// errTerm is a term that does not end after it starts.
var errTerm = errors.New("a term has one working day at least")

// Calendar is the working calendar of some years. It never changes, and is safe
// for concurrent use.
type Calendar struct{ years map[int]year }

// year is the working calendar of one year.
type year struct {
	Year

	holidays  map[ident.Date]bool
	daysOff   map[ident.Date]bool
	weekends  map[ident.Date]bool
	shortened map[ident.Date]bool
}

// Year is what a calendar knows of a year.
type Year struct {
	Year int
	// Source is the decree that the days are taken from.
	Source string
	// Document is a file of this year alone. Two years are the same if their
	// documents are ==.
	Document string
}

// Years are the years of the calendar in their order.
func (c *Calendar) Years() []Year {
	all := make([]Year, 0, len(c.years))
	for _, number := range slices.Sorted(maps.Keys(c.years)) {
		all = append(all, c.years[number].Year)
	}
	return all
}

// With is the calendar with the years of another one, which take the place of
// those that it has itself.
func (c *Calendar) With(other *Calendar) *Calendar {
	years := maps.Clone(c.years)
	maps.Copy(years, other.years)
	return &Calendar{years}
}

// DateIn is the day that it is in a place at a moment.
func DateIn(t time.Time, place *time.Location) ident.Date { return ident.DateOf(t.In(place)) }

// IsWorking tells whether people work on a day. As with all questions about a
// day, the error is calendar_year_unknown if the calendar lacks its year, which
// the error names.
func (c *Calendar) IsWorking(d ident.Date) (bool, error) { return c.answer(year.working, d) }

// IsShortened tells whether a day is a working day that ends an hour earlier
// (Labour Code, article 95).
func (c *Calendar) IsShortened(d ident.Date) (bool, error) { return c.answer(year.short, d) }

// IsHoliday tells whether a day is a public holiday. Other days may be off,
// too: weekends, and the days that the Government moves weekends to.
func (c *Calendar) IsHoliday(d ident.Date) (bool, error) { return c.answer(year.holiday, d) }

// AddWorkingDays is the last day of a term of n working days, one at least,
// that starts the day after d (Civil Code, article 191).
func (c *Calendar) AddWorkingDays(d ident.Date, n int) (ident.Date, error) {
	if n < 1 {
		return ident.Date{}, errTerm
	}
	if _, err := c.yearOf(d); err != nil {
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
func (c *Calendar) answer(question func(year, ident.Date) bool, d ident.Date) (bool, error) {
	y, err := c.yearOf(d)
	if err != nil {
		return false, err
	}
	return question(y, d), nil
}

// yearOf is the year of a day.
func (c *Calendar) yearOf(d ident.Date) (year, error) {
	if y, known := c.years[d.Year()]; known {
		return y, nil
	}
	err := apperr.Wrap(apperr.CalendarYearUnknown, fmt.Errorf("no working calendar for %d", d.Year()))
	err.Params = map[string]string{"year": strconv.Itoa(d.Year())}
	return year{}, err
}

func (y year) working(d ident.Date) bool {
	if isWeekend(d) {
		return y.weekends[d]
	}
	return !y.daysOff[d] && !y.holidays[d]
}

func (y year) short(d ident.Date) bool { return y.shortened[d] }

func (y year) holiday(d ident.Date) bool { return y.holidays[d] }

func isWeekend(d ident.Date) bool {
	return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
}

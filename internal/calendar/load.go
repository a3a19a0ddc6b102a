package calendar

import (
	"bytes"
	_ "embed" // the calendar that is built into the program
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/go-json-experiment/json"

	"example.org/kabinet/internal/ident"
)

//go:embed data/working-calendar.json
var builtIn []byte

// document is a file of working calendars. Dates are YYYY-MM-DD, days of every
// year MM-DD.
type document struct {
	PublicHolidays struct {
		Source string     `json:"source"`
		Days   []monthDay `json:"days"`
	} `json:"public_holidays"`
	Years []yearDocument `json:"years"`
}

// yearDocument is what the Government decreed for one year.
type yearDocument struct {
	Year   int    `json:"year"`
	Source string `json:"source"`
	// WorkingDays is how many there are in the year. It repeats what the days
	// say, so that a slip of the pen in a day is noticed.
	WorkingDays int `json:"working_days"`
	// DaysOff are off beside weekends and public holidays.
	DaysOff []string `json:"days_off"`
	// WorkingWeekends are Saturdays and Sundays with work.
	WorkingWeekends []string `json:"working_weekends"`
	// Shortened are working days that end an hour earlier.
	Shortened []string `json:"shortened"`
}

// Default is the calendar that is built into the program.
func Default() (*Calendar, error) { return Load(bytes.NewReader(builtIn)) }

// Load reads a file of working calendars; data/working-calendar.json is one.
// Everything that is wrong with it is told at once: unknown fields, a missing
// source, dates of another year, days that contradict each other, and a number
// of working days that the days do not add up to.
func Load(r io.Reader) (*Calendar, error) {
	var file document
	if err := json.UnmarshalRead(r, &file, json.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("working calendar: %w", err)
	}
	b := builder{calendar: &Calendar{
		holidays:  map[monthDay]bool{},
		years:     map[int]bool{},
		daysOff:   map[ident.Date]bool{},
		weekends:  map[ident.Date]bool{},
		shortened: map[ident.Date]bool{},
	}}
	b.publicHolidays(file)
	if len(file.Years) == 0 {
		b.refuse("it has no year")
	}
	for _, year := range file.Years {
		b.year(year)
	}
	if len(b.wrong) > 0 {
		return nil, fmt.Errorf("working calendar: %w", errors.Join(b.wrong...))
	}
	return b.calendar, nil
}

// builder makes a calendar and gathers what is wrong.
type builder struct {
	calendar *Calendar
	wrong    []error
}

func (b *builder) refuse(format string, args ...any) {
	b.wrong = append(b.wrong, fmt.Errorf(format, args...))
}

func (b *builder) publicHolidays(file document) {
	if file.PublicHolidays.Source == "" {
		b.refuse("the public holidays have no source")
	}
	if len(file.PublicHolidays.Days) == 0 {
		b.refuse("it has no public holidays")
	}
	for _, day := range file.PublicHolidays.Days {
		// A leap year has all days that there are.
		if _, err := ident.ParseDate("2000-" + string(day)); err != nil {
			b.refuse("public holiday %q is not MM-DD", day)
		}
		if b.calendar.holidays[day] {
			b.refuse("public holiday %q stands twice", day)
		}
		b.calendar.holidays[day] = true
	}
}

// year adds a year. Shortened days come last: which days are working days
// depends on the others.
func (b *builder) year(year yearDocument) {
	c := b.calendar
	first, err := ident.ParseDate(fmt.Sprintf("%04d-01-01", year.Year))
	switch {
	case err != nil:
		b.refuse("%d is not a year", year.Year)
		return
	case c.years[year.Year]:
		b.refuse("%d stands twice", year.Year)
		return
	case year.Source == "":
		b.refuse("%d has no source", year.Year)
	}
	c.years[year.Year] = true
	before := len(b.wrong)
	plainWorkday := func(d ident.Date) bool { return !isWeekend(d) && !c.holiday(d) }
	plainWeekend := func(d ident.Date) bool { return isWeekend(d) && !c.holiday(d) }
	b.days(year, year.DaysOff, c.daysOff, rule{plainWorkday, "is off without being listed"})
	b.days(year, year.WorkingWeekends, c.weekends, rule{plainWeekend, "is no weekend, or a public holiday"})
	b.days(year, year.Shortened, c.shortened, rule{c.working, "is shortened but no working day"})
	if count := c.workingDaysFrom(first); count != year.WorkingDays && len(b.wrong) == before {
		b.refuse("%d has %d working days, not %d", year.Year, count, year.WorkingDays)
	}
}

// rule is what must hold for each day of a list, and what is said of a day for
// which it does not.
type rule struct {
	holds  func(ident.Date) bool
	broken string
}

// days adds a list of one year's days to a set.
func (b *builder) days(year yearDocument, list []string, to map[ident.Date]bool, r rule) {
	for i, text := range list {
		d, err := ident.ParseDate(text)
		switch {
		case err != nil:
			b.refuse("%d: %q is not YYYY-MM-DD", year.Year, text)
		case d.Year() != year.Year:
			b.refuse("%d: %s belongs to another year", year.Year, text)
		case slices.Contains(list[:i], text):
			b.refuse("%d: %s stands twice in a list", year.Year, text)
		case !r.holds(d):
			b.refuse("%d: %s %s", year.Year, text, r.broken)
		default:
			to[d] = true
		}
	}
}

// workingDaysFrom counts the working days of the year that starts on this day.
func (c *Calendar) workingDaysFrom(first ident.Date) int {
	count := 0
	for d := first; d.Year() == first.Year(); d = d.AddDays(1) {
		if c.working(d) {
			count++
		}
	}
	return count
}

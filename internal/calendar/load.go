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
	PublicHolidays holidaysDocument `json:"public_holidays"`
	Years          []yearDocument   `json:"years"`
}

// holidaysDocument is the public holidays of all years of the file.
type holidaysDocument struct {
	Source string   `json:"source"`
	Days   []string `json:"days"`
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
	b := builder{calendar: &Calendar{map[int]year{}}}
	b.publicHolidays(file.PublicHolidays)
	if len(file.Years) == 0 {
		b.refuse("it has no year")
	}
	for _, y := range file.Years {
		b.year(y, file.PublicHolidays)
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

func (b *builder) publicHolidays(file holidaysDocument) {
	if file.Source == "" {
		b.refuse("the public holidays have no source")
	}
	if len(file.Days) == 0 {
		b.refuse("it has no public holidays")
	}
	for i, day := range file.Days {
		// A leap year has all days that there are.
		if _, err := ident.ParseDate("2000-" + day); err != nil {
			b.refuse("public holiday %q is not MM-DD", day)
		}
		if slices.Contains(file.Days[:i], day) {
			b.refuse("public holiday %q stands twice", day)
		}
	}
}

// year adds a year. Shortened days come last: which days are working days
// depends on the others.
func (b *builder) year(file yearDocument, holidays holidaysDocument) {
	first, err := ident.ParseDate(fmt.Sprintf("%04d-01-01", file.Year))
	_, twice := b.calendar.years[file.Year]
	switch {
	case err != nil:
		b.refuse("%d is not a year", file.Year)
		return
	case twice:
		b.refuse("%d stands twice", file.Year)
		return
	case file.Source == "":
		b.refuse("%d has no source", file.Year)
	}
	before := len(b.wrong)
	y := year{
		Year: Year{Year: file.Year, Source: file.Source}, holidays: holidays.of(file.Year),
		daysOff: map[ident.Date]bool{}, weekends: map[ident.Date]bool{}, shortened: map[ident.Date]bool{},
	}
	plainWorkday := func(d ident.Date) bool { return !isWeekend(d) && !y.holidays[d] }
	plainWeekend := func(d ident.Date) bool { return isWeekend(d) && !y.holidays[d] }
	b.days(file, file.DaysOff, y.daysOff, rule{plainWorkday, "is off without being listed"})
	b.days(file, file.WorkingWeekends, y.weekends, rule{plainWeekend, "is no weekend, or a public holiday"})
	b.days(file, file.Shortened, y.shortened, rule{y.working, "is shortened but no working day"})
	if count := y.workingDaysFrom(first); count != file.WorkingDays && len(b.wrong) == before {
		b.refuse("%d has %d working days, not %d", file.Year, count, file.WorkingDays)
	}
	if y.Document, err = alone(file, holidays); err != nil {
		b.refuse("%d: %w", file.Year, err)
	}
	b.calendar.years[file.Year] = y
}

// of is the days in one year.
func (h holidaysDocument) of(number int) map[ident.Date]bool {
	days := map[ident.Date]bool{}
	for _, day := range h.Days {
		// 29 February is missing in most years.
		if d, err := ident.ParseDate(fmt.Sprintf("%04d-%s", number, day)); err == nil {
			days[d] = true
		}
	}
	return days
}

// alone is the file of one year, the same for whatever order the days are in.
func alone(file yearDocument, holidays holidaysDocument) (string, error) {
	sorted := func(days []string) []string { return slices.Sorted(slices.Values(days)) }
	holidays.Days = sorted(holidays.Days)
	file.DaysOff, file.WorkingWeekends, file.Shortened = sorted(file.DaysOff), sorted(file.WorkingWeekends), sorted(file.Shortened)
	text, err := json.Marshal(document{holidays, []yearDocument{file}})
	return string(text), err
}

// rule is what must hold for each day of a list, and what is said of a day for
// which it does not.
type rule struct {
	holds  func(ident.Date) bool
	broken string
}

// days adds a list of one year's days to a set.
func (b *builder) days(file yearDocument, list []string, to map[ident.Date]bool, r rule) {
	for i, text := range list {
		d, err := ident.ParseDate(text)
		switch {
		case err != nil:
			b.refuse("%d: %q is not YYYY-MM-DD", file.Year, text)
		case d.Year() != file.Year:
			b.refuse("%d: %s belongs to another year", file.Year, text)
		case slices.Contains(list[:i], text):
			b.refuse("%d: %s stands twice in a list", file.Year, text)
		case !r.holds(d):
			b.refuse("%d: %s %s", file.Year, text, r.broken)
		default:
			to[d] = true
		}
	}
}

// workingDaysFrom counts the working days of the year, which starts on this day.
func (y year) workingDaysFrom(first ident.Date) int {
	count := 0
	for d := first; d.Year() == first.Year(); d = d.AddDays(1) {
		if y.working(d) {
			count++
		}
	}
	return count
}

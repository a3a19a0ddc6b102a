package ident

import "time"

// Date is a day of the calendar, without a time and without a zone. Two dates
// are the same day if they are ==.
type Date struct {
	year  int
	month time.Month
	day   int
}

// ParseDate reads a day of the years 1 to 9999 as YYYY-MM-DD (RFC 3339,
// full-date), and nothing else.
func ParseDate(text string) (Date, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() < 1 {
		return Date{}, ErrDate
	}
	return DateOf(t), nil
}

// DateOf is the day of a moment in the moment's own zone.
func DateOf(t time.Time) Date {
	year, month, day := t.Date()
	return Date{year, month, day}
}

// ISO is the day in clear: YYYY-MM-DD.
func (d Date) ISO() string {
	if d.IsZero() {
		return ""
	}
	return d.midnight().Format(time.DateOnly)
}

// String is the day masked to its year: many dates are birth dates.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return mask(d.ISO(), 4)
}

// IsZero tells whether there is no date.
func (d Date) IsZero() bool { return d == Date{} }

// Year is the year of the day.
func (d Date) Year() int { return d.year }

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday { return d.midnight().Weekday() }

// Compare is -1 if d is before other, +1 if after, and 0 on the same day.
func (d Date) Compare(other Date) int { return d.midnight().Compare(other.midnight()) }

// Before tells whether d comes before other.
func (d Date) Before(other Date) bool { return d.Compare(other) < 0 }

// After tells whether d comes after other.
func (d Date) After(other Date) bool { return d.Compare(other) > 0 }

// AddDays is the day so many days later.
func (d Date) AddDays(days int) Date { return DateOf(d.midnight().AddDate(0, 0, days)) }

// AddYears is the same day so many years later, and 1 March where that year
// lacks 29 February.
func (d Date) AddYears(years int) Date { return DateOf(d.midnight().AddDate(years, 0, 0)) }

// midnight stands for the day where package time does the sums; UTC has no
// hours that are skipped.
func (d Date) midnight() time.Time {
	return time.Date(d.year, d.month, d.day, 0, 0, 0, 0, time.UTC)
}

// In is the moment at which the day begins in a place.
func (d Date) In(place *time.Location) time.Time {
	return time.Date(d.year, d.month, d.day, 0, 0, 0, 0, place)
}

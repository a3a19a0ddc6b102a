package centre

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// row is a row of a file.
type row struct {
	line int
	// fields is nil for a row that cannot be read.
	fields *fields
	// wrong is what is wrong with the form of the row.
	wrong []error
}

// fields is a row as both forms of file have it.
type fields struct {
	Code       string            `json:"code"`
	Kind       string            `json:"kind"`
	Region     string            `json:"region"`
	Office     string            `json:"office_code"`
	Name       string            `json:"name"`
	Address    addressFields     `json:"address"`
	Lat        *float64          `json:"lat"`
	Lon        *float64          `json:"lon"`
	TimeZone   string            `json:"time_zone"`
	Hours      map[string]string `json:"hours"`      // by weekday
	Exceptions map[string]string `json:"exceptions"` // hours by date
	Phones     []string          `json:"phones"`
	Methods    map[string]string `json:"methods"` // dates by method
	Synthetic  bool              `json:"synthetic"`
}

type addressFields struct {
	PostalIndex string `json:"postal_index"`
	Region      string `json:"region"`
	Area        string `json:"area"`
	City        string `json:"city"`
	Street      string `json:"street"`
	House       string `json:"house"`
	Building    string `json:"building"`
	Room        string `json:"room"`
}

// weekdays are the days of the week as files name them, from Monday on.
func weekdays() []string {
	days := make([]string, 0, 7)
	for day := time.Monday; day <= time.Saturday; day++ {
		days = append(days, strings.ToLower(day.String()))
	}
	return append(days, strings.ToLower(time.Sunday.String()))
}

// centre makes a service centre of a row, with a new id, and tells everything
// that is wrong with it.
func (f fields) centre(zones *domain.Zones) (domain.ServiceCentre, []error) {
	p := parser{}
	c := domain.ServiceCentre{
		ID:        domain.NewID(),
		Code:      f.Code,
		Kind:      domain.CentreKind(f.Kind),
		Region:    f.Region,
		Name:      f.Name,
		Address:   domain.CentreAddress(f.Address),
		Phones:    f.Phones,
		Synthetic: f.Synthetic,
	}
	c.At = p.point(f.Lat, f.Lon)
	c.Office = p.office(f.Office)
	var err error
	c.Zone, err = zones.Load(f.TimeZone)
	p.note("time_zone", err)
	c.Hours.Week = p.week(f.Hours)
	c.Hours.Exceptions = p.exceptions(f.Exceptions)
	c.Offers = p.offers(f.Methods)
	return c, append(c.Check(), p.wrong...)
}

// parser gathers what is wrong with values.
type parser struct{ wrong []error }

func (p *parser) note(name string, err error) {
	if err != nil {
		p.wrong = append(p.wrong, fmt.Errorf("%s: %w", name, err))
	}
}

func (p *parser) point(lat, lon *float64) domain.Point {
	if lat == nil || lon == nil {
		p.note("lat, lon", errors.New("must be numbers of degrees such as 54.7104"))
		return domain.Point{}
	}
	point, err := domain.NewPoint(*lat, *lon)
	p.note("lat, lon", err)
	return point
}

func (p *parser) office(text string) ident.OfficeCode {
	if text == "" {
		return ident.OfficeCode{}
	}
	office, err := ident.ParseOfficeCode(text)
	if err != nil {
		p.note(columnOffice, errors.New("must be six digits such as 049-001"))
	}
	return office
}

func (p *parser) week(days map[string]string) (week domain.Week) {
	names := weekdays()
	for i, name := range names {
		hours, err := domain.ParseDayHours(days[name])
		p.note(name, err)
		week[(i+1)%len(names)] = hours
	}
	for _, name := range slices.Sorted(maps.Keys(days)) {
		if !slices.Contains(names, name) {
			p.note("hours", fmt.Errorf("%q is no weekday", name))
		}
	}
	return week
}

func (p *parser) exceptions(days map[string]string) (all []domain.HoursException) {
	for _, text := range slices.Sorted(maps.Keys(days)) {
		date, err := ident.ParseDate(text)
		if err != nil {
			p.note("exceptions", fmt.Errorf("%q is not YYYY-MM-DD", text))
			continue
		}
		hours, err := domain.ParseDayHours(days[text])
		p.note("exceptions: "+text, err)
		all = append(all, domain.HoursException{Date: date, Hours: hours})
	}
	return all
}

func (p *parser) offers(methods map[string]string) (all []domain.CentreOffer) {
	for _, name := range slices.Sorted(maps.Keys(methods)) {
		from, err := ident.ParseDate(methods[name])
		if err != nil {
			p.note("methods", fmt.Errorf("%s: %q is not YYYY-MM-DD", name, methods[name]))
			continue
		}
		all = append(all, domain.CentreOffer{Method: domain.CentreMethod(name), From: from})
	}
	return all
}

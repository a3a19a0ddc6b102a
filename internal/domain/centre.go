package domain

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // time zones of places, on machines that have none
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"example.org/kabinet/internal/calendar"
	"example.org/kabinet/internal/ident"
)

// CentreKind is whose place a service centre is.
type CentreKind string

// The kinds of service centre.
const (
	// CentreMFC is a multifunctional centre for public services (МФЦ).
	CentreMFC CentreKind = "mfc"
	// CentreFundOffice is a client office of the fund (клиентская служба).
	CentreFundOffice CentreKind = "fund_office"
)

// CentreKinds lists every kind of service centre.
func CentreKinds() []CentreKind { return []CentreKind{CentreMFC, CentreFundOffice} }

// CentreMethod is a way of confirming one's identity in person that a place
// offers.
type CentreMethod string

// The ways. Each kind of place can offer the one of its own.
const (
	MethodServiceCentre CentreMethod = "service_centre"
	MethodFundOffice    CentreMethod = "fund_office"
)

// Method is the way that places of a kind can offer.
func (k CentreKind) Method() CentreMethod {
	if k == CentreFundOffice {
		return MethodFundOffice
	}
	return MethodServiceCentre
}

// CentreOffer is a way that a place offers, from a day on.
type CentreOffer struct {
	Method CentreMethod
	From   ident.Date
}

// CentreAddress is a postal address of a place that is open to the public.
type CentreAddress struct {
	// PostalIndex has six digits.
	PostalIndex string
	Region      string
	// Area is the district, empty for towns that belong to none.
	Area string
	City string
	// Street is empty where houses are numbered without one.
	Street   string
	House    string
	Building string
	Room     string
}

// Text is the address in one line, as it stands on a letter.
func (a CentreAddress) Text() string {
	parts := []string{a.PostalIndex, a.Region, a.Area, a.City, a.Street, a.House, a.Building, a.Room}
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), ", ")
}

// ServiceCentre is a place where identities are confirmed in person: a centre
// for public services or an office of the fund.
type ServiceCentre struct {
	ID uuid.UUID
	// Code is how whoever keeps the list names the place. It stays the same
	// from list to list, and so does the ID.
	Code string
	Kind CentreKind
	// Region is the two digits of the constituent entity.
	Region string
	// Office is the code of the office of the fund; zero for other places.
	Office  ident.OfficeCode
	Name    string
	Address CentreAddress
	At      Point
	Zone    *time.Location
	Hours   OpeningHours
	// Phones are numbers as people write them, mobile or not.
	Phones []string
	Offers []CentreOffer
	// Synthetic marks places that do not exist.
	Synthetic bool
}

// OpenAt tells whether the place is open at a moment. The error is
// calendar_year_unknown where that depends on a year that the calendar lacks.
func (c ServiceCentre) OpenAt(t time.Time, days Days) (bool, error) {
	return c.Hours.OpenAt(t, c.Zone, days)
}

// Today is the day that it is at the place at a moment.
func (c ServiceCentre) Today(now time.Time) ident.Date { return calendar.DateIn(now, c.Zone) }

// OffersFrom is the day from which the place offers a way of confirmation, and
// whether it does at all.
func (c ServiceCentre) OffersFrom(m CentreMethod) (from ident.Date, ok bool) {
	for _, offer := range c.Offers {
		if offer.Method == m {
			return offer.From, true
		}
	}
	return ident.Date{}, false
}

// Offering tells whether one can confirm one's identity there in this way on a
// day.
func (c ServiceCentre) Offering(m CentreMethod, on ident.Date) bool {
	from, ok := c.OffersFrom(m)
	return ok && !on.Before(from)
}

// SearchText is what a search looks for words in: name and address.
func (c ServiceCentre) SearchText() string { return SearchText(c.Name + " " + c.Address.Text()) }

// SearchText is a text as searches see it: words of letters and digits, a space
// between them, without differences of case and of Ё and Е.
func SearchText(text string) string {
	plain := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r):
			return r
		case unicode.Is(unicode.Mn, r): // such as a mark of stress
			return -1
		default:
			return ' '
		}
	}, ident.Fold(text))
	return strings.Join(strings.Fields(plain), " ")
}

// The bounds of what a list says of a place.
const (
	MaxCentreText       = 200
	MaxCentreCode       = 64
	maxCentrePhones     = 10
	maxCentreExceptions = 100
	regionDigits        = 2
)

// Check returns everything that makes no sense in what a list says of a place,
// named as in the list, and brings the exceptions of its hours into order.
func (c ServiceCentre) Check() []error {
	f := faults{}
	f.text("code", c.Code, MaxCentreCode)
	f.add(!slices.Contains(CentreKinds(), c.Kind), "kind: must be mfc or fund_office")
	f.add(len(c.Region) != regionDigits || strings.Trim(c.Region, "0123456789") != "", "region: must be two digits")
	f.add(!c.Office.IsZero() && c.Kind != CentreFundOffice, "office_code: only a fund_office has one")
	f.text("name", c.Name, MaxCentreText)
	_, err := ident.ParsePostalIndex(c.Address.PostalIndex)
	f.add(err != nil, "postal_index: must be six digits, the first from 1 to 6")
	f.text("address_region", c.Address.Region, MaxCentreText)
	f.text("city", c.Address.City, MaxCentreText)
	f.text("house", c.Address.House, MaxCentreText)
	for name, text := range map[string]string{
		"area": c.Address.Area, "street": c.Address.Street, "building": c.Address.Building, "room": c.Address.Room,
	} {
		if text != "" {
			f.text(name, text, MaxCentreText)
		}
	}
	f.phones(c.Phones)
	f.add(len(c.Hours.Exceptions) > maxCentreExceptions, "exceptions: at most 100")
	twice := sortExceptions(c.Hours.Exceptions)
	f.add(!twice.IsZero(), "exceptions: %s stands twice", twice.ISO())
	f.offers(c)
	slices.SortFunc(f.found, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return f.found
}

// faults gathers what is wrong.
type faults struct{ found []error }

func (f *faults) add(wrong bool, format string, args ...any) {
	if wrong {
		f.found = append(f.found, fmt.Errorf(format, args...))
	}
}

// text demands some printable text of a bounded length.
func (f *faults) text(name, text string, most int) {
	printable := utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
	f.add(strings.TrimSpace(text) == "", "%s: is missing", name)
	f.add(!printable, "%s: has characters that cannot be printed", name)
	f.add(utf8.RuneCountInString(text) > most, "%s: has more than %d characters", name, most)
}

func (f *faults) phones(all []string) {
	f.add(len(all) > maxCentrePhones, "phones: at most %d", maxCentrePhones)
	for _, phone := range all {
		digits, ok := strings.CutPrefix(phone, "+7")
		f.add(!ok || len(digits) != 10 || strings.Trim(digits, "0123456789") != "", "phones: must be +7 and ten digits")
	}
}

func (f *faults) offers(c ServiceCentre) {
	for i, offer := range c.Offers {
		f.add(offer.Method != c.Kind.Method(), "methods: a place of this kind can only offer %s", c.Kind.Method())
		f.add(offer.From.IsZero(), "methods: the day from which it is offered is missing")
		f.add(i > 0, "methods: one at most")
	}
}

// ErrZone is the error of a name that no time zone has.
var ErrZone = errors.New("not a time zone such as Europe/Kaliningrad")

// Zones remembers the time zones that were asked for: loading one takes longer
// than all else that is done with a place. It is safe for concurrent use, and
// its zero value is ready.
type Zones struct{ known sync.Map }

// Load finds a time zone by its name in the IANA database, or returns [ErrZone].
func (z *Zones) Load(name string) (*time.Location, error) {
	if zone, ok := z.known.Load(name); ok {
		return zone.(*time.Location), nil
	}
	// Names without a slash are abbreviations, or the machine's own zone.
	if !strings.Contains(name, "/") {
		return nil, ErrZone
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, ErrZone
	}
	kept, _ := z.known.LoadOrStore(name, zone)
	return kept.(*time.Location), nil
}

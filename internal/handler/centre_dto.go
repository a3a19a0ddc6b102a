package handler

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/domain"
)

// ServiceCentreResponse is a place where an identity is confirmed in person.
type ServiceCentreResponse struct {
	ID   uuid.UUID `json:"id" binding:"required" format:"uuid" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	Kind string    `json:"kind" binding:"required" enums:"mfc,fund_office" example:"mfc"`
	// Region is the two digits of the region.
	Region string `json:"region" binding:"required" minLength:"2" maxLength:"2" example:"39"`
	// OfficeCode is the first six digits of the registration numbers that an office
	// of the fund gives out; null for other places.
	OfficeCode *string               `json:"office_code" binding:"required" extensions:"x-nullable" minLength:"7" maxLength:"7" example:"049-001"`
	Name       string                `json:"name" binding:"required" maxLength:"200" example:"МФЦ «Пример», Балтийск"`
	Address    CentreAddressResponse `json:"address" binding:"required"`
	Lat        float64               `json:"lat" binding:"required" minimum:"-90" maximum:"90" example:"54.6514"`
	Lon        float64               `json:"lon" binding:"required" minimum:"-180" maximum:"180" example:"19.9142"`
	// DistanceM is how far it is as the crow flies, in metres; null where
	// lat and lon were not given.
	DistanceM *int `json:"distance_m" binding:"required" extensions:"x-nullable" maximum:"20100000" example:"1250"`
	// TimeZone is whose clocks the hours go by (IANA).
	TimeZone string `json:"time_zone" binding:"required" maxLength:"64" example:"Europe/Kaliningrad"`
	// OpeningHours is every day of a usual week, from Monday on.
	OpeningHours []WeekdayHoursResponse `json:"opening_hours" binding:"required"`
	// Exceptions are days with other hours. Without one, places are closed
	// on public holidays.
	Exceptions []HoursExceptionResponse `json:"exceptions" binding:"required"`
	// OpenNow tells whether it is open; null where the holidays of this year
	// are not known.
	OpenNow *bool                  `json:"open_now" binding:"required" extensions:"x-nullable" example:"true"`
	Phones  []string               `json:"phones" binding:"required" example:"+74012000001"`
	Methods []CentreMethodResponse `json:"methods" binding:"required"`
	// Synthetic marks a place that does not exist, for trying.
	Synthetic bool `json:"synthetic" binding:"required" example:"true"`
} // @name ServiceCentreResponse

// CentreAddressResponse is a postal address. Parts that it lacks are null.
type CentreAddressResponse struct {
	PostalIndex string  `json:"postal_index" binding:"required" minLength:"6" maxLength:"6" example:"238520"`
	Region      string  `json:"region" binding:"required" maxLength:"200" example:"Калининградская область"`
	Area        *string `json:"area" binding:"required" extensions:"x-nullable" maxLength:"200" example:"Балтийский район"`
	City        string  `json:"city" binding:"required" maxLength:"200" example:"Балтийск"`
	Street      *string `json:"street" binding:"required" extensions:"x-nullable" maxLength:"200" example:"ул. Примерная"`
	House       string  `json:"house" binding:"required" maxLength:"200" example:"7"`
	Building    *string `json:"building" binding:"required" extensions:"x-nullable" maxLength:"200" example:"2"`
	Room        *string `json:"room" binding:"required" extensions:"x-nullable" maxLength:"200" example:"15"`
	// Text is the whole address in one line.
	Text string `json:"text" binding:"required" maxLength:"1600" example:"238520, Калининградская область, Балтийск, ул. Примерная, 7"`
} // @name CentreAddressResponse

// WeekdayHoursResponse is the hours of a day of the week.
type WeekdayHoursResponse struct {
	Weekday string `json:"weekday" binding:"required" enums:"monday,tuesday,wednesday,thursday,friday,saturday,sunday" example:"monday"`
	HoursResponse
} // @name WeekdayHoursResponse

// HoursExceptionResponse is the hours of one day.
type HoursExceptionResponse struct {
	Date string `json:"date" binding:"required" format:"date" example:"2026-12-31"`
	HoursResponse
} // @name HoursExceptionResponse

// HoursResponse is when a place is open on a day, as HH:MM by the clocks there;
// 24:00 is the end of the day.
type HoursResponse struct {
	// Opens and Closes are null where it is closed all day.
	Opens  *string         `json:"opens" binding:"required" extensions:"x-nullable" format:"hhmm" example:"09:00"`
	Closes *string         `json:"closes" binding:"required" extensions:"x-nullable" format:"hhmm" example:"18:00"`
	Breaks []BreakResponse `json:"breaks" binding:"required"`
} // @name HoursResponse

// BreakResponse is a pause in which a place is closed.
type BreakResponse struct {
	From string `json:"from" binding:"required" format:"hhmm" example:"13:00"`
	To   string `json:"to" binding:"required" format:"hhmm" example:"13:45"`
} // @name BreakResponse

// CentreMethodResponse is a way of confirming one's identity that a place offers.
type CentreMethodResponse struct {
	Method string `json:"method" binding:"required" enums:"service_centre,fund_office" example:"service_centre"`
	// From is the day from which it is offered.
	From string `json:"from" binding:"required" format:"date" example:"2016-07-01"`
	// Available tells whether that day has come.
	Available bool `json:"available" binding:"required" example:"true"`
} // @name CentreMethodResponse

// ServiceCentreListResponse is a page of service centres.
type ServiceCentreListResponse struct {
	Items []ServiceCentreResponse `json:"items" binding:"required"`
	// NextCursor is where the next page begins; null on the last one.
	NextCursor *string `json:"next_cursor" binding:"required" extensions:"x-nullable" maxLength:"1200" example:"bmVhci4wMTk5"`
} // @name ServiceCentreListResponse

func newCentreList(found []domain.FoundCentre, q domain.CentreQuery) ServiceCentreListResponse {
	out := ServiceCentreListResponse{Items: make([]ServiceCentreResponse, 0, len(found))}
	for _, f := range found {
		out.Items = append(out.Items, newCentreResponse(f))
	}
	if len(found) == q.Limit {
		out.NextCursor = centreCursor(found[len(found)-1].Position(), q.Near != nil)
	}
	return out
}

func newCentreResponse(f domain.FoundCentre) ServiceCentreResponse {
	out := ServiceCentreResponse{
		ID:           f.ID,
		Kind:         string(f.Kind),
		Region:       f.Region,
		OfficeCode:   orNull(f.Office.String()),
		Name:         f.Name,
		Address:      newCentreAddress(f.Address),
		Lat:          f.At.Lat,
		Lon:          f.At.Lon,
		TimeZone:     f.Zone.String(),
		OpeningHours: newWeek(f.Hours.Week),
		Exceptions:   []HoursExceptionResponse{},
		OpenNow:      f.OpenNow,
		Phones:       append([]string{}, f.Phones...),
		Methods:      []CentreMethodResponse{},
		Synthetic:    f.Synthetic,
	}
	if f.Distance != nil {
		metres := int(math.Round(*f.Distance))
		out.DistanceM = &metres
	}
	for _, e := range f.Hours.Exceptions {
		out.Exceptions = append(out.Exceptions, HoursExceptionResponse{e.Date.ISO(), newHours(e.Hours)})
	}
	for _, offer := range f.Offers {
		out.Methods = append(out.Methods, CentreMethodResponse{
			Method:    string(offer.Method),
			From:      offer.From.ISO(),
			Available: slices.Contains(f.Offered, offer.Method),
		})
	}
	return out
}

func newCentreAddress(a domain.CentreAddress) CentreAddressResponse {
	return CentreAddressResponse{
		PostalIndex: a.PostalIndex,
		Region:      a.Region,
		Area:        orNull(a.Area),
		City:        a.City,
		Street:      orNull(a.Street),
		House:       a.House,
		Building:    orNull(a.Building),
		Room:        orNull(a.Room),
		Text:        a.Text(),
	}
}

// orNull is null for no text.
func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func newWeek(week domain.Week) []WeekdayHoursResponse {
	out := make([]WeekdayHoursResponse, 0, len(week))
	for i := range week {
		day := time.Weekday((i + 1) % len(week))
		out = append(out, WeekdayHoursResponse{strings.ToLower(day.String()), newHours(week[day])})
	}
	return out
}

func newHours(hours domain.DayHours) HoursResponse {
	out := HoursResponse{Breaks: []BreakResponse{}}
	if len(hours) == 0 {
		return out
	}
	span := hours.Span()
	opens, closes := span.From.String(), span.To.String()
	out.Opens, out.Closes = &opens, &closes
	for _, pause := range hours.Breaks() {
		out.Breaks = append(out.Breaks, BreakResponse{pause.From.String(), pause.To.String()})
	}
	return out
}

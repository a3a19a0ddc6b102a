package repository

import (
	"encoding/json"
	"fmt"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// centreDetails is what is stored of a service centre and never searched for,
// as JSON.
type centreDetails struct {
	Address    domain.CentreAddress `json:"address"`
	Week       [7]string            `json:"week"` // from Sunday on
	Exceptions []centreException    `json:"exceptions,omitempty"`
	Phones     []string             `json:"phones,omitempty"`
	Offers     []centreOffer        `json:"offers,omitempty"`
}

type centreException struct {
	Date  string `json:"date"`
	Hours string `json:"hours"`
}

type centreOffer struct {
	Method domain.CentreMethod `json:"method"`
	From   string              `json:"from"`
}

func newCentreRow(c domain.ServiceCentre) (centreRow, error) {
	details := centreDetails{Address: c.Address, Phones: c.Phones}
	for day, hours := range c.Hours.Week {
		details.Week[day] = hours.String()
	}
	for _, e := range c.Hours.Exceptions {
		details.Exceptions = append(details.Exceptions, centreException{e.Date.ISO(), e.Hours.String()})
	}
	for _, o := range c.Offers {
		details.Offers = append(details.Offers, centreOffer{o.Method, o.From.ISO()})
	}
	text, err := json.Marshal(details)
	row := centreRow{
		ID:         c.ID,
		Code:       c.Code,
		Kind:       c.Kind,
		Region:     c.Region,
		RegionKey:  domain.SearchText(c.Address.Region),
		Name:       c.Name,
		NameKey:    domain.SearchText(c.Name),
		SearchText: c.SearchText(),
		Cell:       cellOf(c.At),
		Lat:        c.At.Lat,
		Lon:        c.At.Lon,
		TimeZone:   c.Zone.String(),
		Details:    string(text),
		Synthetic:  c.Synthetic,
	}
	if !c.Office.IsZero() {
		digits := c.Office.Digits()
		row.OfficeCode = &digits
	}
	return row, err
}

// centre reads a row. What was checked before it was stored can only be wrong
// if somebody else has changed it.
func (r *Centres) centre(row centreRow) (c domain.ServiceCentre, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("repository: service centre %s: %w", row.ID, err)
		}
	}()
	var details centreDetails
	if err := json.Unmarshal([]byte(row.Details), &details); err != nil {
		return c, err
	}
	c = domain.ServiceCentre{
		ID:        row.ID,
		Code:      row.Code,
		Kind:      row.Kind,
		Region:    row.Region,
		Name:      row.Name,
		Address:   details.Address,
		At:        domain.Point{Lat: row.Lat, Lon: row.Lon},
		Phones:    details.Phones,
		Synthetic: row.Synthetic,
	}
	if row.OfficeCode != nil {
		if c.Office, err = ident.ParseOfficeCode(*row.OfficeCode); err != nil {
			return c, err
		}
	}
	if c.Zone, err = r.zones.Load(row.TimeZone); err != nil {
		return c, err
	}
	if c.Hours, err = details.hours(); err != nil {
		return c, err
	}
	c.Offers, err = details.offers()
	return c, err
}

func (d centreDetails) hours() (out domain.OpeningHours, err error) {
	for day, text := range d.Week {
		if out.Week[day], err = domain.ParseDayHours(text); err != nil {
			return out, err
		}
	}
	for _, e := range d.Exceptions {
		date, err := ident.ParseDate(e.Date)
		if err != nil {
			return out, err
		}
		hours, err := domain.ParseDayHours(e.Hours)
		if err != nil {
			return out, err
		}
		out.Exceptions = append(out.Exceptions, domain.HoursException{Date: date, Hours: hours})
	}
	return out, nil
}

func (d centreDetails) offers() (out []domain.CentreOffer, err error) {
	for _, o := range d.Offers {
		from, err := ident.ParseDate(o.From)
		if err != nil {
			return nil, err
		}
		out = append(out, domain.CentreOffer{Method: o.Method, From: from})
	}
	return out, nil
}

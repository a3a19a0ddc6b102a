package domain

import (
	"slices"
	"strings"
	"time"

	"example.org/kabinet/internal/ident"
)

// Lines are the address as it stands on an envelope, each line as long as it
// may be: the house, the town, the region, the index (rules of postal services,
// order of the Ministry of Digital Development No 382 of 17.04.2023).
func (a Address) Lines() []string {
	house := joined(a.Street.Text(), numbered("д. ", a.House), numbered("корп. ", a.Building), numbered("кв. ", a.Flat))
	lines := []string{house, joined(a.City.Text(), a.Area.Text()), a.Region.Text(), a.PostalIndex.Digits()}
	return slices.DeleteFunc(lines, func(line string) bool { return line == "" })
}

// Text is the address in one line, as lists of the post have it.
func (a Address) Text() string {
	return joined(a.PostalIndex.Digits(), a.Region.Text(), a.Area.Text(), a.City.Text(), a.Street.Text(),
		numbered("д. ", a.House), numbered("корп. ", a.Building), numbered("кв. ", a.Flat))
}

// numbered puts the word for what a number counts before it, unless the person
// has typed one.
func numbered(word string, number ident.AddressLine) string {
	text := number.Text()
	if text == "" || text[0] < '0' || text[0] > '9' {
		return text
	}
	return word + text
}

func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), ", ")
}

// Zone is the time zone in which terms of a person at the address are counted:
// that of the Kaliningrad region, or Moscow's.
func (a Address) Zone(zones *Zones) (*time.Location, error) {
	if index := a.PostalIndex.Digits(); index >= "236" && index < "239" {
		return zones.Load("Europe/Kaliningrad")
	}
	return zones.Load("Europe/Moscow")
}

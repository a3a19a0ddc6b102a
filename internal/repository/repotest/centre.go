package repotest

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

func centreTests() map[string]func(*testing.T, *world) {
	return map[string]func(*testing.T, *world){
		"centre/comes back as it was":              centreComesBack,
		"centre/unknown":                           centreUnknown,
		"centre/a new list replaces the old":       centreReplace,
		"centre/readers see one list":              centreReaders,
		"centre/lists at once":                     centreListsAtOnce,
		"centre/a list that fails changes nothing": centreRollback,
		"centre/seed":                              centreSeed,
		"centre/offices":                           centreOffices,
		"centre/filters":                           centreFilters,
		"centre/text":                              centreText,
		"centre/by name in pages":                  centreNamePages,
		"centre/nearest equals brute force":        centreNearest,
		"centre/refused ones are passed over":      centreKeep,
		"centre/refusing fails":                    centreKeepFails,
	}
}

func (w *world) centre(t *testing.T, code string) domain.ServiceCentre {
	t.Helper()
	hours, err := domain.ParseDayHours("09:00-13:00 13:45-18:00")
	require.NoError(t, err)
	zone, err := new(domain.Zones).Load("Europe/Kaliningrad")
	require.NoError(t, err)
	return domain.ServiceCentre{
		ID:     domain.NewID(),
		Code:   code,
		Kind:   domain.CentreFundOffice,
		Region: "39",
		Name:   "Клиентская служба " + code,
		Address: domain.CentreAddress{
			PostalIndex: "236000", Region: "Калининградская область", Area: "Зелёный район", City: "Калининград",
			Street: "ул. Берёзовая", House: "7", Building: "2", Room: "15",
		},
		At:   domain.Point{Lat: 54.7104, Lon: 20.4522},
		Zone: zone,
		Hours: domain.OpeningHours{
			Week:       domain.Week{time.Monday: hours, time.Friday: hours[:1]},
			Exceptions: []domain.HoursException{{Date: dateOf(t, "2026-12-31"), Hours: hours[:1]}, {Date: dateOf(t, "2027-01-11")}},
		},
		Phones:    []string{"+74012000001", "+79000000001"},
		Offers:    []domain.CentreOffer{{Method: domain.MethodFundOffice, From: dateOf(t, "2016-07-01")}},
		Synthetic: true,
	}
}

func dateOf(t *testing.T, text string) ident.Date {
	t.Helper()
	d, err := ident.ParseDate(text)
	require.NoError(t, err)
	return d
}

func (w *world) replace(t *testing.T, centres ...domain.ServiceCentre) domain.CentreChanges {
	t.Helper()
	changes, err := w.centres.Replace(t.Context(), domain.CentreReplacement{Centres: centres}, w.now)
	require.NoError(t, err)
	require.NotZero(t, changes.ListID)
	changes.ListID = uuid.Nil
	return changes
}

// codes lists what a search finds.
func (w *world) codes(t *testing.T, q domain.CentreQuery) []string {
	t.Helper()
	if q.Limit == 0 {
		q.Limit = 1000
	}
	found, err := w.centres.Search(t.Context(), q)
	require.NoError(t, err)
	codes := []string{}
	for _, f := range found {
		codes = append(codes, f.Code)
	}
	return codes
}

func centreComesBack(t *testing.T, w *world) {
	t.Helper()
	want := w.centre(t, "a")
	bare := domain.ServiceCentre{
		ID: domain.NewID(), Code: "b", Kind: domain.CentreMFC, Region: "67", Name: "МФЦ", Zone: want.Zone,
		At: domain.Point{Lat: -90, Lon: 180},
	}
	require.Equal(t, domain.CentreChanges{Stored: 2}, w.replace(t, want, bare))
	for _, c := range []domain.ServiceCentre{want, bare} {
		got, err := w.centres.Get(t.Context(), c.ID)
		require.NoError(t, err)
		require.Equal(t, c, got)
	}
	found, err := w.centres.Search(t.Context(), domain.CentreQuery{Near: &want.At, Limit: 1})
	require.NoError(t, err)
	require.Equal(t, []domain.FoundCentre{{ServiceCentre: want, Distance: new(float64)}}, found)
	found, err = w.centres.Search(t.Context(), domain.CentreQuery{Limit: 2})
	require.NoError(t, err)
	require.Equal(t, []domain.FoundCentre{{ServiceCentre: want}, {ServiceCentre: bare}}, found)
}

// centreOffices finds an office by its code, which may pass from one place to
// another from list to list.
func centreOffices(t *testing.T, w *world) {
	t.Helper()
	here, there := parsed(t, ident.ParseOfficeCode, "049-001"), parsed(t, ident.ParseOfficeCode, "087-214")
	a, b, c := w.centre(t, "a"), w.centre(t, "b"), w.centre(t, "c")
	a.Office, b.Office = here, there
	w.replace(t, a, b, c)
	got, err := w.centres.FindByOffice(t.Context(), here)
	require.NoError(t, err)
	require.Equal(t, a, got)
	a.Office, b.Office = there, here
	w.replace(t, a, b, c)
	got, err = w.centres.FindByOffice(t.Context(), here)
	require.NoError(t, err)
	require.Equal(t, b, got)
	c.Office = here
	w.replace(t, c)
	got, err = w.centres.FindByOffice(t.Context(), here)
	require.NoError(t, err)
	require.Equal(t, c, got)
	_, err = w.centres.FindByOffice(t.Context(), there)
	requireCode(t, apperr.NotFound, err)
	_, err = w.centres.FindByOffice(t.Context(), ident.OfficeCode{})
	requireCode(t, apperr.NotFound, err)
}

func centreUnknown(t *testing.T, w *world) {
	t.Helper()
	_, err := w.centres.Get(t.Context(), domain.NewID())
	requireCode(t, apperr.NotFound, err)
	require.Empty(t, w.codes(t, domain.CentreQuery{}))
	require.Empty(t, w.codes(t, domain.CentreQuery{Near: &domain.Point{}}))
}

// centreReplace makes lists one after the other: who stays keeps the id, who
// goes is not found any more, and who comes back has the old id again.
func centreReplace(t *testing.T, w *world) {
	t.Helper()
	a, b := w.centre(t, "a"), w.centre(t, "b")
	w.replace(t, a, b)
	renamed, c := w.centre(t, "a"), w.centre(t, "c")
	renamed.Name, renamed.Kind, renamed.At = "Другое имя", domain.CentreMFC, domain.Point{Lat: 55, Lon: 32}
	require.Equal(t, domain.CentreChanges{Stored: 2, Removed: 1}, w.replace(t, renamed, c))
	require.ElementsMatch(t, []string{"a", "c"}, w.codes(t, domain.CentreQuery{}))
	require.ElementsMatch(t, []string{"a", "c"}, w.codes(t, domain.CentreQuery{Near: &a.At}))
	got, err := w.centres.Get(t.Context(), a.ID)
	require.NoError(t, err)
	renamed.ID = a.ID
	require.Equal(t, renamed, got)
	_, err = w.centres.Get(t.Context(), b.ID)
	requireCode(t, apperr.NotFound, err)

	require.Equal(t, domain.CentreChanges{Stored: 1, Removed: 2}, w.replace(t, w.centre(t, "b")))
	got, err = w.centres.Get(t.Context(), b.ID)
	require.NoError(t, err)
	require.Equal(t, b, got)
}

// many is so many centres that a list takes several statements.
func (w *world) many(t *testing.T, prefix string) []domain.ServiceCentre {
	t.Helper()
	var all []domain.ServiceCentre
	for i := range 1201 {
		c := w.centre(t, fmt.Sprint(prefix, i))
		c.At.Lat += float64(i) / 1000
		all = append(all, c)
	}
	return all
}

// centreReaders reads while a list is half stored, and sees the one before.
func centreReaders(t *testing.T, w *world) {
	t.Helper()
	old := w.centre(t, "old")
	w.replace(t, old)
	var progress []int
	list := domain.CentreReplacement{Centres: w.many(t, "new"), Progress: func(stored int) {
		progress = append(progress, stored)
		require.Equal(t, []string{"old"}, w.codes(t, domain.CentreQuery{}))
		require.Equal(t, []string{"old"}, w.codes(t, domain.CentreQuery{Near: &old.At}))
	}}
	changes, err := w.centres.Replace(t.Context(), list, w.now)
	require.NoError(t, err)
	require.Equal(t, domain.CentreChanges{ListID: changes.ListID, Stored: 1201, Removed: 1}, changes)
	require.Equal(t, []int{500, 1000, 1201}, progress)
	require.Len(t, w.codes(t, domain.CentreQuery{Limit: 2000}), 1201)
}

// centreListsAtOnce leaves one list whole, never a mixture.
func centreListsAtOnce(t *testing.T, w *world) {
	t.Helper()
	lists := [4][]domain.ServiceCentre{}
	for i := range lists {
		for j := range 20 {
			c := w.centre(t, fmt.Sprint("code ", j+i))
			c.Name = fmt.Sprint("list ", i)
			lists[i] = append(lists[i], c)
		}
	}
	codes := atOnce(len(lists), func(i int) error {
		_, err := w.centres.Replace(t.Context(), domain.CentreReplacement{Centres: lists[i]}, w.now)
		return err
	})
	require.Equal(t, map[apperr.Code]int{"": len(lists)}, codes)
	found, err := w.centres.Search(t.Context(), domain.CentreQuery{Limit: 1000})
	require.NoError(t, err)
	require.Len(t, found, 20)
	for _, f := range found {
		require.Equal(t, found[0].Name, f.Name)
	}
}

func centreRollback(t *testing.T, w *world) {
	t.Helper()
	w.replace(t, w.centre(t, "old"))
	bad := w.many(t, "new")
	bad[1100].Kind = "castle"
	_, err := w.centres.Replace(t.Context(), domain.CentreReplacement{Centres: bad}, w.now)
	require.Error(t, err)
	require.Equal(t, []string{"old"}, w.codes(t, domain.CentreQuery{}))
}

// centreSeed fills an empty table once, whoever does it at once, and never one
// that had a list.
func centreSeed(t *testing.T, w *world) {
	t.Helper()
	codes := atOnce(8, func(i int) error {
		c := w.centre(t, fmt.Sprint("seed ", i))
		return w.centres.Seed(t.Context(), domain.CentreReplacement{Centres: []domain.ServiceCentre{c}}, w.now)
	})
	require.Equal(t, map[apperr.Code]int{"": 8}, codes)
	require.Len(t, w.codes(t, domain.CentreQuery{}), 1)
	w.replace(t)
	require.Empty(t, w.codes(t, domain.CentreQuery{}))
	list := domain.CentreReplacement{Centres: []domain.ServiceCentre{w.centre(t, "again")}}
	require.NoError(t, w.centres.Seed(t.Context(), list, w.now))
	require.Empty(t, w.codes(t, domain.CentreQuery{}))
}

func centreFilters(t *testing.T, w *world) {
	t.Helper()
	office, mfc, far := w.centre(t, "office"), w.centre(t, "mfc"), w.centre(t, "far")
	mfc.Kind = domain.CentreMFC
	far.Region, far.Address.Region, far.At = "67", "Смоленская область", domain.Point{Lat: 54.78, Lon: 32.05}
	w.replace(t, office, mfc, far)
	tests := []struct {
		query domain.CentreQuery
		want  []string
	}{
		{domain.CentreQuery{}, []string{"far", "mfc", "office"}},
		{domain.CentreQuery{Kind: domain.CentreMFC}, []string{"mfc"}},
		{domain.CentreQuery{Kind: domain.CentreFundOffice}, []string{"far", "office"}},
		{domain.CentreQuery{Region: "39"}, []string{"mfc", "office"}},
		{domain.CentreQuery{Region: "смоленская ОБЛАСТЬ"}, []string{"far"}},
		{domain.CentreQuery{Region: "область"}, []string{}},
		{domain.CentreQuery{Region: "39", Kind: domain.CentreFundOffice, Text: "служба"}, []string{"office"}},
		{domain.CentreQuery{Region: "77"}, []string{}},
	}
	for _, test := range tests {
		require.ElementsMatch(t, test.want, w.codes(t, test.query))
		test.query.Near = &office.At
		require.ElementsMatch(t, test.want, w.codes(t, test.query))
	}
}

func centreText(t *testing.T, w *world) {
	t.Helper()
	c := w.centre(t, "a")
	c.Name = "МФЦ «Зелёный Гай» № 100_%"
	w.replace(t, c)
	for text, found := range map[string]bool{
		"": true, " \t—!": true, "зеленый": true, "ЗЕЛЁНЫЙ гай": true, "гай зел": true, "берез": true,
		"Оре\u0308л": false, "Бере\u0308зовая": true, "236000": true, "ул.Березовая,7": true, "100": true,
		"зелёный лес": false, "_": true, "%": true, "8_9": false, "калининград'; --": true, "ъъ": false,
	} {
		for _, near := range []*domain.Point{nil, {Lat: 10, Lon: 10}} {
			require.Len(t, w.codes(t, domain.CentreQuery{Text: text, Near: near}), map[bool]int{true: 1}[found], "%q", text)
		}
	}
}

// centreNamePages reads by name page by page, over equal names too, and gets
// each one once.
func centreNamePages(t *testing.T, w *world) {
	t.Helper()
	var all []domain.ServiceCentre
	for i, name := range strings.Fields("ёлка Ель Абрикос Яблоня яблоня ЯБЛОНЯ Zebra ива Йод елка") {
		c := w.centre(t, strconv.Itoa(i))
		c.Name = name
		all = append(all, c)
	}
	w.replace(t, all...)
	slices.SortFunc(all, func(a, b domain.ServiceCentre) int {
		return cmp.Or(strings.Compare(domain.SearchText(a.Name), domain.SearchText(b.Name)), slices.Compare(a.ID[:], b.ID[:]))
	})
	require.Equal(t, []string{"Zebra", "Абрикос"}, []string{all[0].Name, all[1].Name})
	var want []uuid.UUID
	for _, c := range all {
		want = append(want, c.ID)
	}
	require.Equal(t, want, w.pages(t.Context(), t, domain.CentreQuery{Limit: 2}))
	require.Equal(t, want, w.pages(t.Context(), t, domain.CentreQuery{Limit: 3, Keep: keepAll}))
}

func keepAll(domain.ServiceCentre) (bool, error) { return true, nil }

// pages reads a list to its end.
func (w *world) pages(ctx context.Context, t require.TestingT, q domain.CentreQuery) []uuid.UUID {
	var ids []uuid.UUID
	for {
		part, err := w.centres.Search(ctx, q)
		require.NoError(t, err)
		for _, f := range part {
			ids = append(ids, f.ID)
		}
		if len(part) < q.Limit {
			return ids
		}
		last := part[len(part)-1].Position()
		q.After = &last
	}
}

// corners are places that geometry finds hard.
func corners() []domain.Point {
	return []domain.Point{
		{Lat: 90, Lon: 0},
		{Lat: 90, Lon: 135},
		{Lat: -90, Lon: -20},
		{Lat: 0, Lon: 180},
		{Lat: 0, Lon: -180},
		{Lat: 66, Lon: 179.999},
		{Lat: 66, Lon: -179.999},
		{Lat: 0, Lon: 0},
		{Lat: 35.264389, Lon: 45},
		{Lat: 54.7104, Lon: 20.4522},
		{Lat: 54.7104, Lon: 20.4522},
		{Lat: 54.7105, Lon: 20.4523},
		{Lat: -54.7, Lon: -159.5},
	}
}

func pointIn(t *rapid.T, label string) domain.Point {
	if rapid.Bool().Draw(t, label+" at a corner") {
		p := rapid.SampledFrom(corners()).Draw(t, label)
		p.Lat += rapid.Float64Range(-0.02, 0.02).Draw(t, label+" north")
		p.Lon += rapid.Float64Range(-0.02, 0.02).Draw(t, label+" east")
		return domain.Point{Lat: max(-90, min(90, p.Lat)), Lon: max(-180, min(180, p.Lon))}
	}
	// The sine of the latitude spreads evenly over a sphere.
	lat := math.Asin(rapid.Float64Range(-1, 1).Draw(t, label+" lat")) * 180 / math.Pi
	return domain.Point{Lat: lat, Lon: rapid.Float64Range(-180, 180).Draw(t, label+" lon")}
}

// centreNearest compares searches from anywhere with sorting all centres, over
// the antimeridian and at the poles too (M08).
func centreNearest(t *testing.T, w *world) {
	t.Helper()
	base := w.centre(t, "base")
	rapid.Check(t, func(t *rapid.T) {
		var all []domain.ServiceCentre
		for range rapid.IntRange(0, 40).Draw(t, "centres") {
			c := base
			c.ID, c.At = domain.NewID(), pointIn(t, "centre")
			c.Code = c.ID.String()
			all = append(all, c)
		}
		_, err := w.centres.Replace(t.Context(), domain.CentreReplacement{Centres: all}, w.now)
		require.NoError(t, err)
		for range 3 {
			near := pointIn(t, "near")
			q := domain.CentreQuery{Near: &near, Limit: rapid.IntRange(1, 45).Draw(t, "limit")}
			require.Equal(t, bruteForce(near, all), w.pages(t.Context(), t, q), "from %v", near)
		}
	})
}

// bruteForce sorts all centres by their distance.
func bruteForce(near domain.Point, all []domain.ServiceCentre) []uuid.UUID {
	sorted := slices.Clone(all)
	slices.SortFunc(sorted, func(a, b domain.ServiceCentre) int {
		return cmp.Or(cmp.Compare(near.DistanceTo(a.At), near.DistanceTo(b.At)), slices.Compare(a.ID[:], b.ID[:]))
	})
	var ids []uuid.UUID
	for _, c := range sorted {
		ids = append(ids, c.ID)
	}
	return ids
}

// centreKeep finds the few that are wanted among many that are not, page by
// page, in both orders.
func centreKeep(t *testing.T, w *world) {
	t.Helper()
	all := w.many(t, "")
	w.replace(t, all...)
	wanted := func(c domain.ServiceCentre) (bool, error) { return strings.HasSuffix(c.Code, "99"), nil }
	var want []uuid.UUID
	for _, c := range all {
		if keep, _ := wanted(c); keep {
			want = append(want, c.ID)
		}
	}
	require.Len(t, want, 12)
	require.Equal(t, want, w.pages(t.Context(), t, domain.CentreQuery{Near: &all[0].At, Keep: wanted, Limit: 5}))
	require.ElementsMatch(t, want, w.pages(t.Context(), t, domain.CentreQuery{Keep: wanted, Limit: 5}))
}

func centreKeepFails(t *testing.T, w *world) {
	t.Helper()
	c := w.centre(t, "a")
	w.replace(t, c)
	refuse := func(domain.ServiceCentre) (bool, error) { return false, apperr.New(apperr.CalendarYearUnknown) }
	for _, near := range []*domain.Point{nil, &c.At} {
		_, err := w.centres.Search(t.Context(), domain.CentreQuery{Near: near, Keep: refuse, Limit: 1})
		requireCode(t, apperr.CalendarYearUnknown, err)
	}
}

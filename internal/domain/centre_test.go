package domain_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"example.org/kabinet/internal/calendar"
	"example.org/kabinet/internal/domain"
)

func centre(t *testing.T) domain.ServiceCentre {
	t.Helper()
	return domain.ServiceCentre{
		ID: domain.NewID(), Code: "FO-39-001", Kind: domain.CentreFundOffice, Region: "39", Name: "Клиентская служба «Пример»",
		Address: domain.CentreAddress{
			PostalIndex: "236000", Region: "Калининградская область", City: "Калининград", Street: "ул. Берёзовая", House: "7",
		},
		At: domain.Point{Lat: 54.7, Lon: 20.5}, Zone: zone(t, "Europe/Kaliningrad"), Hours: hours(t),
		Phones: []string{"+74012000001"},
		Offers: []domain.CentreOffer{{Method: domain.MethodFundOffice, From: day(t, "2016-07-01")}},
	}
}

func TestCentreCheck(t *testing.T) {
	t.Parallel()
	right := centre(t)
	require.Empty(t, right.Check())
	long := strings.Repeat("ж", domain.MaxCentreText+1)
	tests := map[string]func(*domain.ServiceCentre){
		"code: is missing":                       func(c *domain.ServiceCentre) { c.Code = "" },
		"code: has more than 64 characters":      func(c *domain.ServiceCentre) { c.Code = long[:130] },
		"kind: must be mfc or fund_office":       func(c *domain.ServiceCentre) { c.Kind, c.Offers = "bank", nil },
		"region: must be two digits":             func(c *domain.ServiceCentre) { c.Region = "3x" },
		"name: is missing":                       func(c *domain.ServiceCentre) { c.Name = " " },
		"name: has more than 200 characters":     func(c *domain.ServiceCentre) { c.Name = long },
		"name: has characters that cannot be pr": func(c *domain.ServiceCentre) { c.Name = "a\x00b" },
		"postal_index: must be six digits, the":  func(c *domain.ServiceCentre) { c.Address.PostalIndex = "736000" },
		"address_region: is missing":             func(c *domain.ServiceCentre) { c.Address.Region = "" },
		"city: is missing":                       func(c *domain.ServiceCentre) { c.Address.City = "" },
		"house: is missing":                      func(c *domain.ServiceCentre) { c.Address.House = "" },
		"street: has more than 200 characters":   func(c *domain.ServiceCentre) { c.Address.Street = long },
		"phones: must be +7 and ten digits":      func(c *domain.ServiceCentre) { c.Phones = []string{"84012000001"} },
		"phones: at most 10": func(c *domain.ServiceCentre) {
			c.Phones = strings.Fields(strings.Repeat("+74012000001 ", 11))
		},
		"exceptions: at most 100": func(c *domain.ServiceCentre) {
			c.Hours.Exceptions = nil
			for i := range 101 {
				c.Hours.Exceptions = append(c.Hours.Exceptions, domain.HoursException{Date: day(t, "2026-01-01").AddDays(i)})
			}
		},
		"exceptions: 2026-12-31 stands twice": func(c *domain.ServiceCentre) {
			c.Hours.Exceptions = append(c.Hours.Exceptions, domain.HoursException{Date: day(t, "2026-12-31")})
		},
		"methods: a place of this kind can only offer fund_office": func(c *domain.ServiceCentre) {
			c.Offers[0].Method = domain.MethodServiceCentre
		},
		"methods: the day from which": func(c *domain.ServiceCentre) {
			c.Offers[0].From = day(t, "2016-07-01").AddDays(0)
			c.Offers[0] = domain.CentreOffer{Method: domain.MethodFundOffice}
		},
		"methods: one at most": func(c *domain.ServiceCentre) { c.Offers = append(c.Offers, c.Offers[0]) },
	}
	for want, spoil := range tests {
		c := centre(t)
		spoil(&c)
		wrong := c.Check()
		require.Len(t, wrong, 1, "%s: %v", want, wrong)
		require.ErrorContains(t, wrong[0], want)
	}
	var none domain.ServiceCentre
	require.Len(t, none.Check(), 8, "everything at once: %v", none.Check())
}

func TestCheckSortsExceptions(t *testing.T) {
	t.Parallel()
	c := centre(t)
	e := c.Hours.Exceptions
	e[0], e[2] = e[2], e[0]
	require.Empty(t, c.Check())
	require.Equal(t, hours(t).Exceptions, c.Hours.Exceptions)
}

// M10: an office of the Kaliningrad region confirms from July 2016 on, by its
// own calendar.
func TestOffering(t *testing.T) {
	t.Parallel()
	c := centre(t)
	require.False(t, c.Offering(domain.MethodFundOffice, day(t, "2016-06-30")))
	require.True(t, c.Offering(domain.MethodFundOffice, day(t, "2016-07-01")))
	require.False(t, c.Offering(domain.MethodServiceCentre, day(t, "2026-07-01")))
	evening := time.Date(2016, 6, 30, 21, 59, 59, 0, time.UTC)
	require.False(t, c.Offering(domain.MethodFundOffice, c.Today(evening)))
	require.True(t, c.Offering(domain.MethodFundOffice, c.Today(evening.Add(time.Second))))
	for _, kind := range domain.CentreKinds() {
		require.NotEmpty(t, kind.Method())
	}
}

func TestCentreOpenAtIsThatOfItsZone(t *testing.T) {
	t.Parallel()
	days, err := calendar.Default()
	require.NoError(t, err)
	open, err := centre(t).OpenAt(time.Date(2026, 3, 4, 7, 0, 0, 0, time.UTC), days)
	require.NoError(t, err)
	require.True(t, open)
}

func TestAddressText(t *testing.T) {
	t.Parallel()
	a := centre(t).Address
	require.Equal(t, "236000, Калининградская область, Калининград, ул. Берёзовая, 7", a.Text())
	a.Area, a.Building, a.Room = "район", "2", "15"
	require.Equal(t, "236000, Калининградская область, район, Калининград, ул. Берёзовая, 7, 2, 15", a.Text())
}

func TestSearchText(t *testing.T) {
	t.Parallel()
	require.Equal(t, "клиентская служба пример 236000 калининградская область калининград ул березовая 7", centre(t).SearchText())
	for text, want := range map[string]string{
		"": "", "«—»\x00%_": "", "ЁЛКА-ёлка": "елка елка", "Бере\u0308за за\u0301мок": "береза замок", "\xff№ 5\xff": "5",
	} {
		require.Equal(t, want, domain.SearchText(text), "%q", text)
	}
	rapid.Check(t, func(t *rapid.T) {
		once := domain.SearchText(rapid.String().Draw(t, "text"))
		require.NotContains(t, once, "%")
		require.NotContains(t, once, "_")
	})
}

func TestPoint(t *testing.T) {
	t.Parallel()
	for _, p := range [][2]float64{{90.001, 0}, {-91, 0}, {0, 180.01}, {0, -181}, {math.NaN(), 0}, {0, math.NaN()}, {math.Inf(1), 0}} {
		_, err := domain.NewPoint(p[0], p[1])
		require.ErrorIs(t, err, domain.ErrPoint, p)
	}
	for _, p := range [][2]float64{{90, 180}, {-90, -180}, {0, 0}} {
		_, err := domain.NewPoint(p[0], p[1])
		require.NoError(t, err)
	}
}

func TestDistance(t *testing.T) {
	t.Parallel()
	kaliningrad, smolensk := domain.Point{Lat: 54.7104, Lon: 20.4522}, domain.Point{Lat: 54.7826, Lon: 32.0453}
	tests := []struct {
		from, to domain.Point
		want     float64
	}{
		{kaliningrad, kaliningrad, 0},
		{kaliningrad, smolensk, 743_200},
		{domain.Point{Lat: 0, Lon: 179.5}, domain.Point{Lat: 0, Lon: -179.5}, 111_195},
		{domain.Point{Lat: 90, Lon: 10}, domain.Point{Lat: 90, Lon: -170}, 0},
		{domain.Point{Lat: 89, Lon: 0}, domain.Point{Lat: 89, Lon: 180}, 2 * 111_195},
		{domain.Point{Lat: 90}, domain.Point{Lat: -90}, domain.MaxDistance},
		{domain.Point{Lat: 0, Lon: 0}, domain.Point{Lat: 0, Lon: 180}, domain.MaxDistance},
	}
	for _, test := range tests {
		require.InDelta(t, test.want, test.from.DistanceTo(test.to), 500)
		require.InDelta(t, test.from.DistanceTo(test.to), test.to.DistanceTo(test.from), 1e-6)
	}
}

package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit"
)

type centre struct {
	ID, Kind, Region, Name string
	OfficeCode             *string `json:"office_code"`
	Address                struct {
		PostalIndex string  `json:"postal_index"`
		Region      string  `json:"region"`
		City        string  `json:"city"`
		Building    *string `json:"building"`
		Text        string  `json:"text"`
	}
	Lat, Lon     float64
	DistanceM    *int   `json:"distance_m"`
	TimeZone     string `json:"time_zone"`
	OpeningHours []struct {
		Weekday       string
		Opens, Closes *string
		Breaks        []struct{ From, To string }
	} `json:"opening_hours"`
	Exceptions []struct {
		Date          string
		Opens, Closes *string
	}
	OpenNow *bool `json:"open_now"`
	Phones  []string
	Methods []struct {
		Method, From string
		Available    bool
	}
	Synthetic bool
}

type centreList struct {
	Items      []centre
	NextCursor *string `json:"next_cursor"`
}

// centres is one page.
func (c *client) centres(t *testing.T, query string) centreList {
	t.Helper()
	return as[centreList](t, c.get(t, "/v1/service-centres?"+query), http.StatusOK)
}

// allCentres reads a list to its end.
func (c *client) allCentres(t *testing.T, query string) (all []centre) {
	t.Helper()
	list := c.centres(t, query)
	for {
		all = append(all, list.Items...)
		if list.NextCursor == nil {
			return all
		}
		list = c.centres(t, query+"&cursor="+url.QueryEscape(*list.NextCursor))
	}
}

func centreIDs(all []centre) (ids []string) {
	for _, c := range all {
		ids = append(ids, c.ID)
	}
	return ids
}

// M08: a person sees all centres, the nearest first, with hours and address.
func TestCentresNearestFirst(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		_, c := newServer(t, e)
		all := c.allCentres(t, "lat=54.7104&lon=20.4522&limit=7")
		require.GreaterOrEqual(t, len(all), 30)
		seen := map[string]bool{}
		for i, one := range all {
			require.False(t, seen[one.ID], "twice in the pages")
			seen[one.ID] = true
			require.NotNil(t, one.DistanceM)
			if i > 0 {
				require.GreaterOrEqual(t, *one.DistanceM, *all[i-1].DistanceM)
			}
			require.True(t, one.Synthetic)
			require.Contains(t, []string{"39", "67"}, one.Region)
			require.Contains(t, one.Address.Text, one.Address.PostalIndex+", "+one.Address.Region)
			require.Len(t, one.OpeningHours, 7)
			require.Equal(t, "monday", one.OpeningHours[0].Weekday)
			require.NotNil(t, one.OpenNow)
			require.NotEmpty(t, one.Phones)
			require.Equal(t, one.Kind == "fund_office", one.OfficeCode != nil)
			if one.OfficeCode != nil {
				require.Regexp(t, map[string]string{"39": `^049-00\d$`, "67": `^087-21\d$`}[one.Region], *one.OfficeCode)
			}
		}
		require.Zero(t, *all[0].DistanceM)
		require.Equal(t, "Калининград", all[0].Address.City)
		require.Equal(t, centreIDs(all), centreIDs(c.allCentres(t, "lat=54.7104&lon=20.4522&limit=100")))

		one := as[centre](t, c.get(t, "/v1/service-centres/"+all[5].ID+"?lat=54.7104&lon=20.4522"), http.StatusOK)
		require.Equal(t, all[5], one)
		one = as[centre](t, c.get(t, "/v1/service-centres/"+all[5].ID), http.StatusOK)
		require.Nil(t, one.DistanceM)
	})
}

func TestCentresByName(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		_, c := newServer(t, e)
		all := c.allCentres(t, "limit=4")
		require.GreaterOrEqual(t, len(all), 30)
		require.True(t, slices.IsSortedFunc(all, func(a, b centre) int { return strings.Compare(plain(a.Name), plain(b.Name)) }))
		require.Nil(t, all[0].DistanceM)
		require.Equal(t, centreIDs(all), centreIDs(c.allCentres(t, "limit=100")))
	})
}

// plain is a name without what makes no difference.
func plain(name string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("ё", "е", "«", " ", "»", " ", ",", " ", "№", " ").Replace(strings.ToLower(name))), " ")
}

func TestCentreFilters(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		_, c := newServer(t, e)
		all := c.allCentres(t, "limit=100")
		for query, fits := range map[string]func(centre) bool{
			"kind=mfc":         func(c centre) bool { return c.Kind == "mfc" },
			"kind=fund_office": func(c centre) bool { return c.Kind == "fund_office" },
			"region=39":        func(c centre) bool { return c.Region == "39" },
			"region=" + "смоленская+область": func(c centre) bool { return c.Region == "67" },
			"kind=mfc&region=67":             func(c centre) bool { return c.Kind == "mfc" && c.Region == "67" },
			"q=ОЗЕРСК":                       func(c centre) bool { return c.Address.City == "Озёрск" },
			"q=озёрск":                       func(c centre) bool { return c.Address.City == "Озёрск" },
			"q=служба+балтийск":              func(c centre) bool { return c.Kind == "fund_office" && c.Address.City == "Балтийск" },
			"q=238750":                       func(c centre) bool { return c.Address.PostalIndex == "238750" },
			"q=%25":                          func(centre) bool { return true },
			"region=77":                      func(centre) bool { return false },
			"q=такого+нет":                   func(centre) bool { return false },
		} {
			var want []string
			for _, one := range all {
				if fits(one) {
					want = append(want, one.ID)
				}
			}
			query = escapeValues(query)
			require.Equal(t, want, centreIDs(c.allCentres(t, query)), query)
			require.ElementsMatch(t, want, centreIDs(c.allCentres(t, query+"&lat=-33.4&lon=-179.9&limit=9")), query)
		}
	})
}

// escapeValues escapes what is not ASCII.
func escapeValues(query string) string {
	var out strings.Builder
	for _, r := range query {
		if r < 0x80 {
			out.WriteRune(r)
			continue
		}
		out.WriteString(url.QueryEscape(string(r)))
	}
	return out.String()
}

// M08: whether a place is open is decided by its own clocks, breaks, exceptions
// and the public holidays.
func TestCentresOpen(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		offices := func(region string) string { return "kind=fund_office&limit=100&region=" + region }
		count := len(c.centres(t, offices("39")).Items)
		for _, test := range []struct {
			at                 string
			inKaliningrad, inS bool
		}{
			{"2026-03-04T06:30:00Z", false, true}, // 8:30 and 9:30
			{"2026-03-04T07:00:00Z", true, true},
			{"2026-03-04T10:30:00Z", true, false}, // 12:30 and 13:30: a break
			{"2026-03-04T11:30:00Z", false, true}, // 13:30 and 14:30
			{"2026-03-04T15:59:59Z", true, false}, // 17:59:59 and 18:59:59
			{"2026-03-07T09:00:00Z", false, false},
			{"2026-06-12T09:00:00Z", false, false}, // a public holiday
			{"2026-12-31T10:30:00Z", true, false},  // a short day by exception
		} {
			at, err := time.Parse(time.RFC3339, test.at)
			require.NoError(t, err)
			s.Clock.Set(at)
			for region, want := range map[string]bool{"39": test.inKaliningrad, "67": test.inS} {
				for _, one := range c.centres(t, offices(region)).Items {
					require.Equal(t, want, *one.OpenNow, "%s in %s", test.at, one.Name)
				}
				for _, query := range []string{test.at, url.QueryEscape(at.In(time.FixedZone("", 11*3600)).Format(time.RFC3339))} {
					found := c.centres(t, offices(region)+"&open_at="+query).Items
					require.Equal(t, want, len(found) > 0, "%s in %s", query, region)
					require.True(t, !want || region == "67" || len(found) == count)
				}
			}
		}
		// People forget that a plus sign is a space in a query.
		a := c.do(t, call{
			method: http.MethodGet, path: "/v1/service-centres?" + offices("39") + "&open_at=2026-03-04T09:00:00+02:00", wrong: true,
		})
		require.Len(t, as[centreList](t, a, http.StatusOK).Items, count)
		// Pages are full although most places are closed.
		near := "lat=54.7&lon=20.5&open_at=2026-03-08T12:00:00Z"
		require.Empty(t, c.allCentres(t, near), "a holiday")
		near = "lat=54.7&lon=20.5&open_at=2026-03-15T12:00:00Z"
		sunday := c.allCentres(t, near+"&limit=1")
		require.NotEmpty(t, sunday)
		require.Equal(t, centreIDs(c.allCentres(t, near)), centreIDs(sunday))
	})
}

// A year without a working calendar is no year of which it can be told.
func TestCentresBeyondTheCalendar(t *testing.T) {
	t.Parallel()
	s, c := newServer(t, testkit.SQLite)
	const query = "/v1/service-centres?open_at=2046-03-06T09:00:00Z"
	p := c.get(t, query).fails(t, http.StatusUnprocessableEntity, "validation_failed")
	require.Equal(t, "/query/open_at", p.Errors[0].Pointer)
	s.Clock.Set(time.Date(2046, 3, 6, 9, 0, 0, 0, time.UTC))
	list := c.centres(t, "limit=100")
	require.NotEmpty(t, list.Items)
	for _, one := range list.Items {
		require.Nil(t, one.OpenNow)
	}
}

// M10: the offices of the Kaliningrad region confirm from July 2016 on, those
// of the Smolensk region not yet.
func TestCentreMethods(t *testing.T) {
	t.Parallel()
	s, c := newServer(t, testkit.SQLite)
	for at, available := range map[string]bool{"2016-06-30T21:59:59Z": false, "2016-06-30T22:00:00Z": true} {
		moment, err := time.Parse(time.RFC3339, at)
		require.NoError(t, err)
		s.Clock.Set(moment)
		offices := c.centres(t, "kind=fund_office&region=39").Items
		require.NotEmpty(t, offices)
		for _, office := range offices {
			require.Len(t, office.Methods, 1)
			require.Equal(t, "fund_office", office.Methods[0].Method)
			require.Equal(t, "2016-07-01", office.Methods[0].From)
			require.Equal(t, available, office.Methods[0].Available, at)
		}
	}
	for _, office := range c.centres(t, "kind=fund_office&region=67").Items {
		require.Empty(t, office.Methods)
	}
	for _, mfc := range c.centres(t, "kind=mfc&limit=100").Items {
		require.Equal(t, "service_centre", mfc.Methods[0].Method)
		require.True(t, mfc.Methods[0].Available)
	}
}

// All that is wrong with a query is told at once.
func TestWrongCentreQueries(t *testing.T) {
	t.Parallel()
	_, c := newServer(t, testkit.SQLite)
	byName := *c.centres(t, "limit=1").NextCursor
	near := *c.centres(t, "limit=1&lat=1&lon=1").NextCursor
	const unsupported = "unsupported_value"
	tests := map[string]map[string]string{
		"lat=1":                         {"/query/lon": "required"},
		"lon=1":                         {"/query/lat": "required"},
		"lat=91&lon=181":                {"/query/lat": unsupported, "/query/lon": unsupported},
		"lat=NaN&lon=Inf":               {"/query/lat": unsupported, "/query/lon": unsupported},
		"lat=0x1p1&lon=1e1":             {"/query/lat": unsupported, "/query/lon": unsupported},
		"lat=1,5&lon=--1":               {"/query/lat": unsupported, "/query/lon": unsupported},
		"kind=bank":                     {"/query/kind": unsupported},
		"kind=MFC&limit=0":              {"/query/kind": unsupported, "/query/limit": unsupported},
		"limit=101":                     {"/query/limit": unsupported},
		"open_at=now":                   {"/query/open_at": unsupported},
		"open_at=2026-03-04":            {"/query/open_at": unsupported},
		"open_at=2026-03-04T09:00:00":   {"/query/open_at": unsupported},
		"q=a%00b&region=%ff":            {"/query/q": unsupported, "/query/region": unsupported},
		"q=" + strings.Repeat("a", 201): {"/query/q": "too_long"},
		"region=" + strings.Repeat("%D0%B0", 201): {"/query/region": "too_long"},
		"cursor=x":                       {"/query/cursor": "cursor_invalid"},
		"cursor=" + near:                 {"/query/cursor": "cursor_invalid"},
		"lat=1&lon=1&cursor=" + byName:   {"/query/cursor": "cursor_invalid"},
		"cursor=" + byName + "AAAA":      nil,
		"lat=x&kind=y&cursor=z&limit=-1": {"/query/lat": unsupported, "/query/lon": "required", "/query/kind": unsupported, "/query/cursor": "cursor_invalid", "/query/limit": unsupported},
	}
	for query, want := range tests {
		a := c.do(t, call{method: http.MethodGet, path: "/v1/service-centres?" + query, wrong: true})
		if want == nil {
			require.Contains(t, []int{http.StatusOK, http.StatusUnprocessableEntity}, a.status, query)
			continue
		}
		got := map[string]string{}
		for _, field := range a.fails(t, http.StatusUnprocessableEntity, "validation_failed").Errors {
			got[field.Pointer] = field.Code
		}
		require.Equal(t, want, got, query)
	}
	id := c.centres(t, "limit=1").Items[0].ID
	c.do(t, call{method: http.MethodGet, path: "/v1/service-centres/" + id + "?lat=91", wrong: true}).
		fails(t, http.StatusUnprocessableEntity, "validation_failed")
	c.get(t, "/v1/service-centres/0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55").fails(t, http.StatusNotFound, "not_found")
	c.do(t, call{method: http.MethodGet, path: "/v1/service-centres/nowhere", wrong: true}).
		fails(t, http.StatusNotFound, "not_found")
}

// A sandbox gets its centres once, whoever starts first.
func TestCentresOfTheSandbox(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		ids := centreIDs(c.allCentres(t, "limit=100"))
		other := newClient(testkit.NewServer(t, e, testkit.Beside(s)))
		require.Equal(t, ids, centreIDs(other.allCentres(t, "limit=100")))
		s.Exec(t, fmt.Sprintf("UPDATE service_centres SET removed_at = '2026-03-04 12:00:00+00:00' WHERE id <> '%s'", ids[0]))
		require.Len(t, c.allCentres(t, ""), 1)
		third := newClient(testkit.NewServer(t, e, testkit.Beside(s)))
		require.Equal(t, ids[:1], centreIDs(third.allCentres(t, "")))
		c.get(t, "/v1/service-centres/"+ids[1]).fails(t, http.StatusNotFound, "not_found")
	})
}

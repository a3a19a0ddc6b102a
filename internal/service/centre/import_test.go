package centre_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/calendar"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/service/centre"
)

// fake keeps the last list.
type fake struct {
	list domain.CentreReplacement
	at   time.Time
	err  error
	// events is what stands in the audit log.
	events []domain.AuditEvent
}

func (f *fake) InTx(ctx context.Context, fn func(ctx context.Context) error) error { return fn(ctx) }

func (f *fake) Record(_ context.Context, e domain.AuditEvent) error {
	f.events = append(f.events, e)
	return nil
}

func (f *fake) Get(context.Context, uuid.UUID) (domain.ServiceCentre, error) {
	if f.err != nil {
		return domain.ServiceCentre{}, f.err
	}
	return f.list.Centres[0], nil
}

func (f *fake) Search(_ context.Context, q domain.CentreQuery) (found []domain.FoundCentre, err error) {
	for _, c := range f.list.Centres {
		if q.Keep != nil {
			keep, err := q.Keep(c)
			if err != nil {
				return nil, err
			}
			if !keep {
				continue
			}
		}
		found = append(found, domain.FoundCentre{ServiceCentre: c})
	}
	return found, f.err
}

func (f *fake) Replace(_ context.Context, list domain.CentreReplacement, now time.Time) (domain.CentreChanges, error) {
	f.list, f.at = list, now
	for i := range list.Centres {
		list.Progress(i + 1)
	}
	return domain.CentreChanges{ListID: listID(), Stored: len(list.Centres), Removed: 7}, f.err
}

func (f *fake) Seed(_ context.Context, list domain.CentreReplacement, now time.Time) error {
	f.list, f.at = list, now
	return f.err
}

func listID() uuid.UUID { return uuid.MustParse("0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55") }

type stopped time.Time

func (s stopped) Now() time.Time { return time.Time(s) }

// noon is a Wednesday in winter time, 14:00 in Kaliningrad.
func noon() time.Time { return time.Date(2026, time.March, 4, 12, 0, 0, 0, time.UTC) }

func newService(t *testing.T, now time.Time) (*centre.Service, *fake) {
	t.Helper()
	days, err := calendar.Default()
	require.NoError(t, err)
	f := &fake{}
	return centre.New(centre.Parts{Tx: f, Journal: f, Centres: f, Clock: stopped(now), Calendar: days}), f
}

// testdata is a list of the two places that docs/service-centres.md shows.
func testdata(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	return string(content)
}

func run(t *testing.T, format centre.Format, content string) ([]domain.ServiceCentre, []string, error) {
	t.Helper()
	s, f := newService(t, noon())
	var progress []string
	_, err := s.Import(t.Context(), centre.File{Format: format, Content: strings.NewReader(content), Synthetic: true},
		func(p centre.Progress) { progress = append(progress, fmt.Sprint(p.Stored, "/", p.Total)) })
	return f.list.Centres, progress, err
}

func TestFormatOf(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]centre.Format{
		"a.csv": centre.FormatCSV, "/x/y.z/A.CSV": centre.FormatCSV, "b.json": centre.FormatJSON,
	} {
		got, err := centre.FormatOf(name)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for _, name := range []string{"", "csv", "a.csv.gz", "a.xlsx", "json."} {
		_, err := centre.FormatOf(name)
		require.ErrorIs(t, err, centre.ErrFormat, name)
	}
}

// Both forms of file say the same.
func TestBothForms(t *testing.T) {
	t.Parallel()
	fromCSV, progress, err := run(t, centre.FormatCSV, testdata(t, "centres.csv"))
	require.NoError(t, err)
	require.Equal(t, []string{"1/2", "2/2"}, progress)
	fromJSON, _, err := run(t, centre.FormatJSON, testdata(t, "centres.json"))
	require.NoError(t, err)
	require.Len(t, fromCSV, 2)
	for i := range fromCSV {
		require.NotEqual(t, fromCSV[i].ID, fromJSON[i].ID)
		fromJSON[i].ID = fromCSV[i].ID
	}
	require.Equal(t, fromCSV, fromJSON)
	office := fromCSV[0]
	require.Equal(t, domain.CentreFundOffice, office.Kind)
	require.Equal(t, "049-001", office.Office.String())
	require.Equal(t, "09:00-13:00 13:45-18:00", office.Hours.Week[time.Monday].String())
	require.Equal(t, "09:00-13:00 13:45-16:45", office.Hours.Week[time.Friday].String())
	require.Equal(t, "closed", office.Hours.Week[time.Sunday].String())
	require.Equal(t, "2026-12-31", office.Hours.Exceptions[0].Date.ISO())
	require.Equal(t, "09:00-13:00", office.Hours.Exceptions[0].Hours.String())
	require.Empty(t, office.Hours.Exceptions[1].Hours)
	require.Equal(t, []string{"+74012000001", "+74012000002"}, office.Phones)
	require.Equal(t, "2016-07-01", office.Offers[0].From.ISO())
	require.Equal(t, "Europe/Kaliningrad", office.Zone.String())
	require.Equal(t, domain.Point{Lat: 54.7104, Lon: 20.4522}, office.At)
	require.Empty(t, fromCSV[1].Offers)
}

// Spreadsheets write other spellings of the same.
func TestSpellingsOfCSV(t *testing.T) {
	t.Parallel()
	plain := testdata(t, "centres.csv")
	want, _, err := run(t, centre.FormatCSV, plain)
	require.NoError(t, err)
	for name, content := range map[string]string{
		"byte order mark": "\ufeff" + plain,
		"CRLF":            strings.ReplaceAll(plain, "\n", "\r\n"),
		"semicolons":      strings.ReplaceAll(plain, ",", ";"),
		"empty lines":     strings.ReplaceAll(plain, "\n", "\n\n"),
	} {
		got, _, err := run(t, centre.FormatCSV, content)
		require.NoError(t, err, name)
		for i := range got {
			got[i].ID = want[i].ID
		}
		require.Equal(t, want, got, name)
	}
}

// wrong runs an import that must fail, and returns what it says.
func wrong(t *testing.T, format centre.Format, content string) []string {
	t.Helper()
	stored, _, err := run(t, format, content)
	require.Empty(t, stored, "nothing is stored")
	var bad *centre.FileError
	require.ErrorAs(t, err, &bad)
	lines := strings.Split(err.Error(), "\n")
	require.Equal(t, fmt.Sprintf("nothing was imported, wrong rows: %d", len(bad.Rows)), lines[0])
	require.Len(t, lines, len(bad.Rows)+1)
	return lines[1:]
}

// Every wrong row is told, with its line and all that is wrong in it.
func TestWrongRowsOfCSV(t *testing.T) {
	t.Parallel()
	lines := strings.Split(strings.TrimSpace(testdata(t, "centres.csv")), "\n")
	header, office := lines[0], lines[1]
	plain := strings.Replace(office, "049-001", "", 1)
	replace := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(plain) }
	require.Equal(t, []string{
		"line 3: kind: must be mfc or fund_office; methods: a place of this kind can only offer service_centre",
		"line 4: lat, lon: latitude must be from -90 to 90, longitude from -180 to 180 degrees",
		"line 5: lat, lon: must be numbers of degrees such as 54.7104; time_zone: not a time zone such as Europe/Kaliningrad",
		"line 6: has 2 cells, the header has 27",
		`line 7: monday: hours end after they begin, on the same day: none go past midnight`,
		`line 8: exceptions: "2026-02-30" is not YYYY-MM-DD`,
		`line 9: synthetic: must be true or false`,
		"line 10: exceptions: 2027-01-11 stands twice",
		`line 11: methods: fund_office: "soon" is not YYYY-MM-DD`,
		`line 12: friday: hours are "closed" or "HH:MM-HH:MM", several with the breaks between them`,
		"line 13: code: stands in line 2 already; office_code: stands in line 2 already",
		"line 14: office_code: must be six digits such as 049-001",
		"line 15: methods: a place of this kind can only offer service_centre; office_code: only a fund_office has one",
	}, wrong(t, centre.FormatCSV, strings.Join([]string{
		header,
		office,
		replace("fund_office,", "bank,", "FO-39-001", "b"),
		replace("54.7104", "154.7", "FO-39-001", "c"),
		replace("54.7104", "north", "Europe/Kaliningrad", "MSK+1", "FO-39-001", "d"),
		"FO-39-002,mfc",
		replace("FO-39-001", "f", "fund_office,39", "fund_office,39", "09:00-13:00 13:45-18:00,09:00-13:00 13:45-18:00,09", "22:00-02:00,09:00-13:00 13:45-18:00,09"),
		replace("FO-39-001", "g", "2026-12-31", "2026-02-30"),
		replace("FO-39-001", "h", ",true", ",yes"),
		replace("FO-39-001", "i", "2026-12-31 09:00-13:00", "2027-01-11 09:00-13:00"),
		replace("FO-39-001", "j", "2016-07-01", "soon"),
		replace("FO-39-001", "k", "09:00-13:00 13:45-16:45", ""),
		office,
		replace("FO-39-001", "l", "fund_office,39,", "fund_office,39,49-001"),
		replace("FO-39-001", "m", "fund_office,39,", "mfc,39,049-002"),
	}, "\n")))
}

func TestWrongFiles(t *testing.T) {
	t.Parallel()
	header, _, _ := strings.Cut(testdata(t, "centres.csv"), "\n")
	for content, want := range map[string]string{
		"":                                  "line 1: the file has no rows",
		header:                              "line 1: the file has no rows",
		header + ",code":                    "line 1: column code stands twice",
		header + ",colour":                  `line 1: there is no column "colour"`,
		strings.TrimPrefix(header, "code,"): "line 1: column code is missing",
		header + "\n\"":                     `line 2: cannot be read from here on: extraneous or missing " in quoted-field`,
		"\"":                                "line 1: ",
	} {
		require.Contains(t, wrong(t, centre.FormatCSV, content)[0], want, content)
	}
	for content, want := range map[string]string{
		"":                           "line 1: must be an array of objects",
		"{}":                         "line 1: must be an array of objects",
		"[]":                         "line 1: the file has no rows",
		"\n[\n\n{]":                  "line 4: cannot be read from here on: not JSON",
		"[\n{}":                      "line 2: ",
		"[\n7]":                      "line 2: ",
		"[\n{\"colour\": 1}]":        "line 2: /colour: has the wrong type or is unknown",
		"[\n{},\n{\"lat\": \"54\"}]": "line 2: ",
	} {
		require.Contains(t, wrong(t, centre.FormatJSON, content)[0], want, content)
	}
	two := wrong(t, centre.FormatJSON, "[\n{},\n\n {\"lat\": \"54\"}] []")
	require.Len(t, two, 3)
	require.Equal(t, "line 4: /lat: has the wrong type or is unknown", two[1])
	require.Equal(t, "line 4: has data after the array", two[2])
	odd := strings.Replace(testdata(t, "centres.json"), `"monday"`, `"montag"`, 1)
	require.Contains(t, wrong(t, centre.FormatJSON, odd)[0], `hours: "montag" is no weekday`)
}

func TestUnreadableFile(t *testing.T) {
	t.Parallel()
	s, f := newService(t, noon())
	cause := errors.New("disk on fire")
	file := centre.File{Format: centre.FormatCSV, Content: iotest.ErrReader(cause)}
	_, err := s.Import(t.Context(), file, nil)
	require.ErrorIs(t, err, cause)
	require.ErrorIs(t, s.Seed(t.Context(), file), cause)
	require.Empty(t, f.list.Centres)
}

// Production takes no places that do not exist.
func TestSyntheticInProduction(t *testing.T) {
	t.Parallel()
	s, f := newService(t, noon())
	_, err := s.Import(t.Context(), centre.File{
		Format: centre.FormatCSV, Content: strings.NewReader(testdata(t, "centres.csv")),
	}, nil)
	require.ErrorContains(t, err, "line 2: synthetic: only a sandbox takes places that do not exist")
	require.Empty(t, f.list.Centres)
}

func TestImportAndSeed(t *testing.T) {
	t.Parallel()
	file := func() centre.File {
		return centre.File{Format: centre.FormatCSV, Content: strings.NewReader(testdata(t, "centres.csv")), Synthetic: true}
	}
	s, f := newService(t, noon())
	changes, err := s.Import(t.Context(), file(), func(centre.Progress) {})
	require.NoError(t, err)
	require.Equal(t, domain.CentreChanges{ListID: listID(), Stored: 2, Removed: 7}, changes)
	require.Len(t, f.events, 1)
	require.Equal(t, "centre.import", f.events[0].Action)
	require.Equal(t, listID(), f.events[0].SubjectID)
	require.Equal(t, noon(), f.at)
	s, f = newService(t, noon())
	require.NoError(t, s.Seed(t.Context(), file()))
	require.Len(t, f.list.Centres, 2)
	f.err = errors.New("no")
	require.ErrorIs(t, s.Seed(t.Context(), file()), f.err)
}

// What depends on the time is that of the place.
func TestWhatDependsOnTheTime(t *testing.T) {
	t.Parallel()
	open := func(now time.Time) domain.FoundCentre {
		s, f := newService(t, now)
		f.list.Centres, _, _ = run(t, centre.FormatCSV, testdata(t, "centres.csv"))
		found, err := s.Search(t.Context(), domain.CentreQuery{}, nil)
		require.NoError(t, err)
		got, err := s.Get(t.Context(), uuid.Nil, nil)
		require.NoError(t, err)
		require.Equal(t, got, found[0])
		return got
	}
	office := open(noon())
	require.True(t, *office.OpenNow)
	require.Equal(t, []domain.CentreMethod{domain.MethodFundOffice}, office.Offered)
	require.Nil(t, office.Distance)
	require.False(t, *open(noon().Add(-time.Hour)).OpenNow, "a break")
	unknown := open(noon().AddDate(20, 0, 1))
	require.Nil(t, unknown.OpenNow, "the calendar does not reach that far")
	before := open(time.Date(2016, 6, 30, 12, 0, 0, 0, time.UTC))
	require.Empty(t, before.Offered)
}

func TestSearchOpenAt(t *testing.T) {
	t.Parallel()
	s, f := newService(t, noon())
	f.list.Centres, _, _ = run(t, centre.FormatCSV, testdata(t, "centres.csv"))
	count := func(at time.Time) int {
		found, err := s.Search(t.Context(), domain.CentreQuery{}, &at)
		require.NoError(t, err)
		return len(found)
	}
	require.Equal(t, 2, count(noon()))
	require.Equal(t, 1, count(noon().Add(-time.Hour)))
	require.Zero(t, count(noon().Add(12*time.Hour)))
	at := noon().AddDate(20, 0, 1)
	_, err := s.Search(t.Context(), domain.CentreQuery{}, &at)
	require.Equal(t, apperr.CalendarYearUnknown, apperr.CodeOf(err))
}

func TestGetDistance(t *testing.T) {
	t.Parallel()
	s, f := newService(t, noon())
	f.list.Centres, _, _ = run(t, centre.FormatCSV, testdata(t, "centres.csv"))
	got, err := s.Get(t.Context(), uuid.Nil, &domain.Point{Lat: 54.7104, Lon: 20.4522})
	require.NoError(t, err)
	require.Zero(t, *got.Distance)
	f.err = apperr.New(apperr.NotFound)
	_, err = s.Get(t.Context(), uuid.Nil, nil)
	require.ErrorIs(t, err, f.err)
}

package calendar_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/calendar"
)

// small is a file of one year, 2028, that an operator could have written.
const small = `{
  "public_holidays": {"source": "article 112", "days": ["01-01", "02-29"]},
  "years": [{
    "year": 2028,
    "source": "a decree",
    "working_days": 259,
    "days_off": ["2028-01-03"],
    "working_weekends": ["2028-01-08"],
    "shortened": ["2028-01-08", "2028-12-29"]
  }]
}`

func TestLoad(t *testing.T) {
	t.Parallel()
	c, err := calendar.Load(strings.NewReader(small))
	require.NoError(t, err)
	for text, want := range map[string]bool{
		"2028-01-01": false, "2028-01-02": false, "2028-01-03": false, "2028-01-04": true,
		"2028-01-08": true, "2028-01-09": false, "2028-02-28": true, "2028-02-29": false,
	} {
		got, err := c.IsWorking(date(t, text))
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	_, err = c.IsWorking(date(t, "2027-01-04"))
	require.ErrorContains(t, err, "2027")
}

// The built-in file is one that an operator can take as a pattern, and names
// the decree of each year.
func TestTheBuiltInFileLoads(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("data/working-calendar.json")
	require.NoError(t, err)
	loaded, err := calendar.Load(strings.NewReader(string(raw)))
	require.NoError(t, err)
	require.Equal(t, standard(t), loaded)
	for _, decree := range []string{
		"No 1335 of 04.10.2024", "No 1466 of 24.09.2025", "No 1187 of 17.09.2026", "article 112",
	} {
		require.Contains(t, string(raw), decree)
	}
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ old, new, want string }{
		"not JSON":              {`{`, ``, "working calendar"},
		"data after the end":    {"]\n}", "]\n} {}", "after top-level value"},
		"unknown field":         {`"shortened"`, `"shorter"`, "unknown object member"},
		"a field twice":         {`"year": 2028,`, `"year": 2028, "year": 2028,`, "duplicate"},
		"wrong type":            {`"year": 2028`, `"year": "2028"`, "working calendar"},
		"no holidays":           {`["01-01", "02-29"]`, `[]`, "no public holidays"},
		"holidays unsourced":    {`"article 112"`, `""`, "the public holidays have no source"},
		"no such holiday":       {`"02-29"`, `"02-30"`, `"02-30" is not MM-DD`},
		"holiday with a year":   {`"02-29"`, `"2028-02-29"`, "is not MM-DD"},
		"a holiday twice":       {`"02-29"`, `"01-01"`, `"01-01" stands twice`},
		"year unsourced":        {`"a decree"`, `""`, "2028 has no source"},
		"not a year":            {`"year": 2028`, `"year": 0`, "0 is not a year"},
		"year too long":         {`"year": 2028`, `"year": 20280`, "20280 is not a year"},
		"not a date":            {`"2028-01-03"`, `"2028-02-30"`, `"2028-02-30" is not YYYY-MM-DD`},
		"date of another year":  {`"2028-01-03"`, `"2029-01-03"`, "2029-01-03 belongs to another year"},
		"a date twice":          {`["2028-01-03"]`, `["2028-01-03", "2028-01-03"]`, "2028-01-03 stands twice"},
		"a Sunday off":          {`"2028-01-03"`, `"2028-01-02"`, "2028-01-02 is off without being listed"},
		"a holiday off":         {`"2028-01-03"`, `"2028-02-29"`, "2028-02-29 is off without being listed"},
		"working Monday":        {`"working_weekends": ["2028-01-08"]`, `"working_weekends": ["2028-01-10"]`, "2028-01-10 is no weekend"},
		"working holiday":       {`"working_weekends": ["2028-01-08"]`, `"working_weekends": ["2028-01-01"]`, "2028-01-01 is no weekend, or a public holiday"},
		"shortened Saturday":    {`"2028-12-29"`, `"2028-12-30"`, "2028-12-30 is shortened but no working day"},
		"shortened day off":     {`"2028-12-29"`, `"2028-01-03"`, "2028-01-03 is shortened but no working day"},
		"shortened holiday":     {`"2028-12-29"`, `"2028-02-29"`, "2028-02-29 is shortened but no working day"},
		"days that do not sum":  {`259`, `258`, "2028 has 259 working days, not 258"},
		"a day that is missing": {`["2028-01-03"]`, `[]`, "2028 has 260 working days, not 259"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := strings.Replace(small, test.old, test.new, 1)
			require.NotEqual(t, small, text)
			c, err := calendar.Load(strings.NewReader(text))
			require.ErrorContains(t, err, test.want)
			require.Nil(t, c)
		})
	}
}

func TestLoadTellsAllMistakesAtOnce(t *testing.T) {
	t.Parallel()
	_, err := calendar.Load(strings.NewReader(`{"years": [
		{"year": 2028, "source": "a decree", "days_off": ["x", "2027-01-01"]},
		{"year": 2028, "source": "another decree"}
	]}`))
	for _, want := range []string{
		"the public holidays have no source", "no public holidays",
		`"x" is not YYYY-MM-DD`, "2027-01-01 belongs to another year", "2028 stands twice",
	} {
		require.ErrorContains(t, err, want)
	}
	_, err = calendar.Load(strings.NewReader(`{}`))
	require.ErrorContains(t, err, "it has no year")
}

func TestLoadTellsWhatTheReaderSays(t *testing.T) {
	t.Parallel()
	broken := errors.New("the disk is broken")
	_, err := calendar.Load(iotest.ErrReader(broken))
	require.ErrorIs(t, err, broken)
}

func FuzzLoad(f *testing.F) {
	f.Add(small)
	f.Add(`{}`)
	f.Add(`{"years":[{"year":9999,"shortened":["9999-12-31"]}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		c, err := calendar.Load(strings.NewReader(text))
		require.Equal(t, err != nil, c == nil)
	})
}

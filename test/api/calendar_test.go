package api_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit"
)

// newYear is a file with the working calendar of 2028, as it could be written
// when the decree is out.
const newYear = `{
  "public_holidays": {"source": "article 112", "days": [
    "01-01", "01-02", "01-03", "01-04", "01-05", "01-06", "01-07", "01-08", "02-23", "03-08", "05-01", "05-09", "06-12", "11-04"
  ]},
  "years": [{
    "year": 2028, "source": "synthetic example: no decree", "working_days": 250,
    "days_off": [], "working_weekends": [], "shortened": ["2028-11-03"]
  }]
}`

// A term that ends in a year without a calendar is refused with the year's name
// in both languages, and never guessed. Once the year is imported, the program
// that runs goes by it. // M09
func TestATermBeyondTheCalendar(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		s.Clock.Set(time.Date(2027, time.December, 29, 9, 0, 0, 0, time.UTC))
		anna := newCitizen(t, c, phone, "600", "passed")
		for language, want := range map[string]string{
			"ru": "Срок нельзя рассчитать: нет производственного календаря на 2028 год. Повторите запрос позже.",
			"en": "The term cannot be computed: there is no working calendar for 2028. Repeat the request later.",
		} {
			a := anna.with("Accept-Language", language).post(t, confirmationsPath, anna.byLetter())
			require.Equal(t, want, a.fails(t, http.StatusServiceUnavailable, "calendar_year_unknown").Detail)
		}
		require.Zero(t, s.Count(t, "SELECT count(*) FROM letters"))

		path := filepath.Join(t.TempDir(), "calendar.json")
		require.NoError(t, os.WriteFile(path, []byte(newYear), 0o600))
		done, err := s.App.ImportCalendar(t.Context(), path)
		require.NoError(t, err)
		require.Equal(t, []int{2028}, done.Changed)
		require.Eventually(t, func() bool {
			return anna.post(t, confirmationsPath, anna.byLetter()).status == http.StatusCreated
		}, 5*time.Second, 50*time.Millisecond)
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM letters WHERE due_on = '2028-01-13'"))

		// Another process has it from its start.
		beside := newClient(testkit.NewServer(t, e, testkit.Beside(s)))
		beside.get(t, "/v1/service-centres?limit=1&open_at=2028-01-11T09:00:00Z").ok(t, http.StatusOK)
	})
}

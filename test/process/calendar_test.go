package process_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit"
)

// openAt asks which centres are open at noon of a day; the status is 422 where
// the working calendar lacks its year.
func openAt(day string) request {
	return request{method: http.MethodGet, path: "/v1/service-centres?limit=1&open_at=" + day + "T09:00:00Z"}
}

// Processes that run take an imported calendar over without a restart, all of
// them, and those that start later have it from the start.
func TestImportedCalendarIsTakenOver(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		h := newHouse(t, e)
		count := map[testkit.Engine]int{testkit.SQLite: 1, testkit.PostgreSQL: 2}[e]
		running := h.replicas(count)
		for _, p := range running {
			p.must(http.StatusOK, openAt("2027-12-30"))
			p.must(http.StatusUnprocessableEntity, openAt("2028-01-11"))
		}
		for _, want := range []string{"new or replaced years: 1", "nothing has changed"} {
			code, out, complaint := h.run(nil, "import", "calendar", "../../cmd/api/testdata/calendar-2028.json")
			require.Zero(t, code, complaint)
			require.Contains(t, out, want)
		}
		for _, p := range running {
			require.Eventually(t, func() bool {
				a, err := p.ask(openAt("2028-01-11"))
				return err == nil && a.status == http.StatusOK
			}, patience, 50*time.Millisecond)
			var found struct {
				Items []json.RawMessage `json:"items"`
			}
			require.NoError(t, json.Unmarshal(p.must(http.StatusOK, openAt("2028-01-11")).body, &found))
			require.NotEmpty(t, found.Items, "a Tuesday")
			require.NoError(t, json.Unmarshal(p.must(http.StatusOK, openAt("2028-01-04")).body, &found))
			require.Empty(t, found.Items, "a public holiday")
			p.must(http.StatusUnprocessableEntity, openAt("2029-01-11"))
		}
		for _, p := range running {
			p.stop()
		}
		h.serve().must(http.StatusOK, openAt("2028-01-11"))
		require.Equal(t, 1, h.count(t, "SELECT count(*) FROM audit_events WHERE action = 'working_calendar.import'"))
	})
}

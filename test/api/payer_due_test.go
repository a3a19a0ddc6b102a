package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit"
)

// kaliningradPayer is one whose day begins an hour later than in Moscow.
func kaliningradPayer() payer {
	return payer{"049-001-000001", "1000000007", "3900000070", "payer7@example.org"}
}

// The day that an application is due is the fifth working day after that of its
// filing, as it is in the payer's region: past the holidays of May and November,
// and with the day that has not ended in Kaliningrad yet. // M16 M17
func TestPayersDueDate(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, payerLimits())
		utc := func(month time.Month, day, hour, minute int) time.Time {
			return time.Date(2026, month, day, hour, minute, 0, 0, time.UTC)
		}
		nowhere := payer{"111-111-000001", "", "6700000014", ""}
		for name, row := range map[string]struct {
			payer        payer
			at           time.Time
			filedOn, due string
		}{
			"before the holidays of May":       {firstPayer(), utc(time.April, 30, 9, 0), "2026-04-30", "2026-05-08"},
			"before the holiday of November":   {firstPayer(), utc(time.October, 30, 9, 0), "2026-10-30", "2026-11-09"},
			"half past eleven in Kaliningrad":  {kaliningradPayer(), utc(time.March, 4, 21, 30), "2026-03-04", "2026-03-12"},
			"half past midnight in Smolensk":   {firstPayer(), utc(time.March, 4, 21, 30), "2026-03-05", "2026-03-13"},
			"half past midnight in Moscow":     {nowhere, utc(time.March, 4, 21, 30), "2026-03-05", "2026-03-13"},
			"half past midnight, unified":      {payer{"1000000007", "", "3900000070", ""}, utc(time.March, 4, 21, 30), "2026-03-05", "2026-03-13"},
			"half past midnight, May":          {kaliningradPayer(), utc(time.April, 30, 22, 30), "2026-05-01", "2026-05-08"},
			"a Saturday":                       {firstPayer(), utc(time.March, 7, 9, 0), "2026-03-07", "2026-03-16"},
			"the last working day of December": {firstPayer(), utc(time.December, 31, 9, 0), "2026-12-31", "2027-01-15"},
		} {
			s.Clock.Set(row.at)
			a := c.apply(t, row.payer, "in_person")
			require.Equal(t, []string{row.filedOn, row.due}, []string{a.Delivery.FiledOn, a.Delivery.DueOn}, name)
			require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM payer_applications WHERE id = '"+a.ID+"' AND due_on = '"+row.due+"'"), name)
		}
	})
}

// Where the term would end in a year whose working days nobody knows, nothing is
// promised, and nothing is filed; the answer names the year.
func TestPayersDueDateIsUnknown(t *testing.T) {
	t.Parallel()
	s, c := newServer(t, testkit.SQLite)
	s.Clock.Set(time.Date(2027, time.December, 22, 9, 0, 0, 0, time.UTC))
	c.apply(t, firstPayer(), "edo")
	s.Clock.Set(time.Date(2027, time.December, 29, 9, 0, 0, 0, time.UTC))
	for _, p := range []payer{firstPayer(), unknownPayer(), connectedPayer()} {
		refused := c.post(t, applicationsPath, applicationOf(p, "edo"))
		require.Contains(t, refused.fails(t, http.StatusServiceUnavailable, "calendar_year_unknown").Detail, "2028")
	}
	desk := payersOffice(t, s, domain.RoleOperator)
	refused := desk.issueCard(t, firstPayer(), "connection")
	require.Contains(t, refused.fails(t, http.StatusServiceUnavailable, "calendar_year_unknown").Detail, "2028")
	require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM payer_applications"))
}

package verification_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit"
)

// Whoever gives another person's SNILS again and again has its holder told once a
// day, and operators called once a day for each who does. // M12
func TestHolderIsWarnedOnceADay(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		h := newHouse(t, e)
		_, err := h.claimsOf.Claim(t.Context(), h.data.Subject.SNILS, h.neighbour.ID, h.bad.clock.Now())
		require.NoError(t, err)
		contested := func() {
			t.Helper()
			before := h.count(t, "verification_cases WHERE status = 'on_hold' OR status = 'superseded'")
			name := "Проба" + string(rune('а'+before))
			require.NoError(t, h.submit(t, name))
			require.NoError(t, h.run(t, 0))
			require.NoError(t, h.run(t, 1))
			c, err := h.cases.Current(t.Context(), h.account.ID)
			require.NoError(t, err)
			require.Equal(t, domain.VerificationOnHold, c.Status)
		}
		told := func() [2]int {
			return [2]int{h.count(t, "messages WHERE kind = 'snils_contested'"), h.count(t, "alarms WHERE kind = 'snils_conflict'")}
		}
		for range 3 {
			contested()
			require.Equal(t, [2]int{1, 1}, told())
		}
		h.account = h.person(t, "+79005550000")
		contested()
		require.Equal(t, [2]int{1, 2}, told(), "another stranger is another alarm")
		contested()
		require.Equal(t, [2]int{1, 2}, told())
		h.bad.clock.Advance(24*time.Hour - time.Microsecond)
		contested()
		require.Equal(t, [2]int{1, 2}, told())
		h.bad.clock.Advance(time.Microsecond)
		contested()
		require.Equal(t, [2]int{2, 3}, told())
		require.Equal(t, 1, h.count(t, "accounts WHERE id = '"+h.neighbour.ID.String()+"' AND status = 'active'"))
	})
}

// count is how many rows there are of a table under a condition.
func (h *house) count(t *testing.T, of string) (n int) {
	t.Helper()
	db := testkit.SQL(t, h.engine, h.url)
	defer func() { require.NoError(t, db.Close()) }()
	require.NoError(t, db.QueryRowContext(t.Context(), "SELECT count(*) FROM "+of).Scan(&n), strconv.Quote(of))
	return n
}

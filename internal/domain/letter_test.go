package domain_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

const aDay = 24 * time.Hour

func playLetter(status, event string) (string, error) {
	l := domain.Letter{Status: domain.LetterStatus(status), ExpiresAt: at().Add(time.Hour)}
	if on := domain.LetterEvent(event); on != domain.LetterExpire {
		err := l.Move(on, at())
		return string(l.Status), err
	}
	return played(&l, l.Status, func() { l.Refresh(l.ExpiresAt) }, &l.Status)
}

func TestALetterKeepsItsTimes(t *testing.T) {
	t.Parallel()
	l := domain.Letter{Status: domain.LetterRequested}
	for i, on := range []domain.LetterEvent{domain.LetterPrint, domain.LetterPost, domain.LetterDeliver, domain.LetterEnterCode} {
		require.NoError(t, l.Move(on, at().Add(time.Duration(i)*time.Hour)))
		l.ExpiresAt = at().Add(30 * aDay)
	}
	require.Equal(t, []time.Time{at(), at().Add(time.Hour), at().Add(2 * time.Hour), at().Add(3 * time.Hour)},
		[]time.Time{l.PrintedAt, l.PostedAt, l.DeliveredAt, l.SettledAt})
}

// A code that is too late is not entered, to the moment.
func TestALetterExpiresToTheMoment(t *testing.T) {
	t.Parallel()
	for late, fine := range map[time.Duration]bool{-time.Microsecond: true, 0: false} {
		l := domain.Letter{Status: domain.LetterDelivered, ExpiresAt: at()}
		err := l.Move(domain.LetterEnterCode, at().Add(late))
		require.Equal(t, fine, err == nil)
		if !fine {
			require.Equal(t, apperr.InvalidTransition, apperr.CodeOf(err))
			require.Equal(t, domain.LetterExpired, l.Status)
			require.Equal(t, at(), l.SettledAt)
		}
	}
}

func TestEveryLetterHasADesksNextAction(t *testing.T) {
	t.Parallel()
	for _, status := range domain.LetterStatuses() {
		require.NotEmpty(t, status.DeskActions(), status)
	}
	require.Equal(t, []string{"print_letters", "mark_printed"}, domain.LetterBatchOpen.NextActions())
	require.Equal(t, []string{"print_dispatch_list", "post_letters"}, domain.LetterBatchPrinted.NextActions())
}

func TestABatchIsPrintedOnce(t *testing.T) {
	t.Parallel()
	b := domain.LetterBatch{Status: domain.LetterBatchOpen}
	require.NoError(t, b.Print(at()))
	require.Equal(t, at(), b.PrintedAt)
	require.ErrorIs(t, b.Print(at()), apperr.New(apperr.InvalidTransition))
}

// M09: a day apart, at most four in 30 days; what the post returned or lost
// does not count.
func TestNextLetter(t *testing.T) {
	t.Parallel()
	now := at()
	asked := func(ago time.Duration, status domain.LetterStatus) domain.Letter {
		return domain.Letter{Status: status, RequestedAt: now.Add(-ago)}
	}
	live, gone := domain.LetterRequested, domain.LetterReturned
	for name, tc := range map[string]struct {
		before []domain.Letter
		want   time.Duration
	}{
		"the first":                 {nil, 0},
		"just asked for":            {[]domain.Letter{asked(0, domain.LetterCancelled)}, aDay},
		"a day, almost":             {[]domain.Letter{asked(aDay-time.Microsecond, live)}, time.Microsecond},
		"a day":                     {[]domain.Letter{asked(aDay, live)}, 0},
		"returned":                  {[]domain.Letter{asked(time.Hour, gone)}, 0},
		"lost":                      {[]domain.Letter{asked(time.Hour, domain.LetterLost)}, 0},
		"before a returned one":     {[]domain.Letter{asked(2*time.Hour, live), asked(time.Hour, gone)}, 22 * time.Hour},
		"three":                     {[]domain.Letter{asked(9*aDay, live), asked(5*aDay, live), asked(2*aDay, live)}, 0},
		"four":                      {[]domain.Letter{asked(2*aDay, live), asked(20*aDay, live), asked(9*aDay, live), asked(5*aDay, live)}, 10 * aDay},
		"four, one of them lost":    {[]domain.Letter{asked(20*aDay, live), asked(9*aDay, gone), asked(5*aDay, live), asked(2*aDay, live)}, 0},
		"four, and the last is new": {[]domain.Letter{asked(30*aDay-time.Hour, live), asked(9*aDay, live), asked(5*aDay, live), asked(time.Hour, live)}, 23 * time.Hour},
		"five":                      {[]domain.Letter{asked(29*aDay, live), asked(20*aDay, live), asked(9*aDay, live), asked(5*aDay, live), asked(2*aDay, live)}, 10 * aDay},
	} {
		next := domain.NextLetter(tc.before, domain.DefaultPolicies(), now)
		if tc.want == 0 {
			require.Zero(t, next, name)
			continue
		}
		require.Equal(t, now.Add(tc.want), next, name)
	}
}

// Two weeks and three days before the end, and never twice for the same.
func TestRemind(t *testing.T) {
	t.Parallel()
	l := domain.Letter{Status: domain.LetterPosted, ExpiresAt: at()}
	for _, step := range []struct {
		before time.Duration
		want   bool
	}{
		{30 * aDay, false},
		{14*aDay + 1, false},
		{14 * aDay, true},
		{14 * aDay, false},
		{4 * aDay, false},
		{3 * aDay, true},
		{3 * aDay, false},
		{time.Hour, false},
		{0, false},
	} {
		require.Equal(t, step.want, l.Remind(at().Add(-step.before)), step.before)
	}
	missed := domain.Letter{Status: domain.LetterDelivered, ExpiresAt: at()}
	require.True(t, missed.Remind(at().Add(-aDay)), "both at once are one")
	require.False(t, missed.Remind(at().Add(-time.Hour)))
	for _, status := range domain.LetterStatuses() {
		other := domain.Letter{Status: status, ExpiresAt: at()}
		require.Equal(t, status.TakesCode(), other.Remind(at().Add(-aDay)), status)
	}
}

func TestOverdue(t *testing.T) {
	t.Parallel()
	due, err := ident.ParseDate("2026-11-10")
	require.NoError(t, err)
	for _, status := range domain.LetterStatuses() {
		l := domain.Letter{Status: status, DueOn: due}
		require.False(t, l.Overdue(due), status)
		require.Equal(t, status == domain.LetterRequested || status == domain.LetterPrinted, l.Overdue(due.AddDays(1)), status)
	}
}

func TestDispatched(t *testing.T) {
	t.Parallel()
	var b domain.LetterBatch
	for _, status := range domain.LetterStatuses() {
		b.Letters = append(b.Letters, domain.Letter{ID: uuid.New(), Status: status})
	}
	require.Len(t, b.Dispatched(), 4, "never posted, and ended")
	for i := range b.Letters {
		b.Letters[i].PostedAt = at()
	}
	require.Len(t, b.Dispatched(), len(domain.LetterStatuses()))
	b.Number = 7
	require.Equal(t, "7/3", b.NameIn(b.Letters[2].ID))
}

func TestOutcomesAreEvents(t *testing.T) {
	t.Parallel()
	for _, outcome := range domain.LetterOutcomes() {
		require.Contains(t, domain.LetterEvents(), outcome.Event())
	}
	require.Empty(t, domain.LetterOutcome("eaten").Event())
}

func addressOf(t *testing.T, parts ...string) (a domain.Address) {
	t.Helper()
	var err error
	a.PostalIndex, err = ident.ParsePostalIndex(parts[0])
	require.NoError(t, err)
	into := []*ident.AddressLine{&a.Region, &a.Area, &a.City, &a.Street, &a.House, &a.Building, &a.Flat}
	for i, text := range parts[1:] {
		if text == "" {
			continue
		}
		*into[i], err = ident.ParseAddressLine(text)
		require.NoError(t, err)
	}
	return a
}

func TestAddressLines(t *testing.T) {
	t.Parallel()
	full := addressOf(t, "238520", "Калининградская область", "Балтийский район", "г. Балтийск", "ул. Примерная", "7", "2", "15")
	require.Equal(t, []string{
		"ул. Примерная, д. 7, корп. 2, кв. 15", "г. Балтийск, Балтийский район", "Калининградская область", "238520",
	}, full.Lines())
	require.Equal(t, "238520, Калининградская область, Балтийский район, г. Балтийск, ул. Примерная, д. 7, корп. 2, кв. 15", full.Text())
	// Who has typed the words needs no second ones.
	typed := addressOf(t, "101000", "Москва", "", "Москва", "Примерный пр-т", "дом 7А", "стр. 1", "")
	require.Equal(t, []string{"Примерный пр-т, дом 7А, стр. 1", "Москва", "Москва", "101000"}, typed.Lines())
}

func TestAddressZone(t *testing.T) {
	t.Parallel()
	var zones domain.Zones
	for index, want := range map[string]string{
		"236000": "Europe/Kaliningrad", "237999": "Europe/Kaliningrad", "238759": "Europe/Kaliningrad",
		"235999": "Europe/Moscow", "239000": "Europe/Moscow", "101000": "Europe/Moscow", "694923": "Europe/Moscow",
	} {
		zone, err := addressOf(t, index, "область", "", "город", "", "1").Zone(&zones)
		require.NoError(t, err)
		require.Equal(t, want, zone.String(), index)
	}
	zone, err := domain.Address{}.Zone(&zones)
	require.NoError(t, err)
	require.Equal(t, "Europe/Moscow", zone.String())
}

package repotest

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/repository"
)

func letterTests() map[string]func(*testing.T, *world) {
	return map[string]func(*testing.T, *world){
		"letter/handover comes back":            letterHandover,
		"letter/attempts at a handover":         letterHandoverAttempts,
		"letter/orders at the post":             letterOrders,
		"letter/where the post has them":        letterTracking,
		"letter/comes back as it was":           letterComesBack,
		"letter/one is alive":                   letterOneAlive,
		"letter/codes are erased":               letterCodesErased,
		"letter/update that fails":              letterUpdateFails,
		"letter/attempts at once":               letterSpendAtOnce,
		"letter/attempts of other states":       letterSpendStates,
		"letter/attempts of a payer at once":    letterSpendAll,
		"letter/attempts of other letters":      letterSpendNone,
		"letter/of a payer":                     letterOfPayer,
		"letter/what an account has asked for":  letterSince,
		"letter/batches have numbers":           letterBatches,
		"letter/batches at once":                letterBatchesAtOnce,
		"letter/batch that is undone":           letterBatchUndone,
		"letter/batch changes":                  letterBatchChanges,
		"letter/batch takes so many":            letterBatchMost,
		"letter/batch leaves out what is ended": letterBatchLeavesOut,
		"letter/batch without some accounts":    letterBatchExcept,
		"letter/list of a place":                letterList,
		"letter/track numbers are unique":       letterTracks,
		"letter/late ones":                      letterLate,
		"letter/ended ones and reminders":       letterSweep,
		"alarm/open ones":                       alarmsOpen,
	}
}

func (w *world) letters() *repository.Letters { return repository.NewLetters(w.store) }

// desk is a stored place with a stored operator.
func (w *world) desk(t *testing.T, code string) domain.Desk {
	t.Helper()
	place := w.centre(t, code)
	w.replace(t, append(w.places(t), place)...)
	return domain.Desk{Operator: w.hired(t, "op-"+code, activeAs(domain.RoleOperator)), Place: place}
}

// places are those on the list now.
func (w *world) places(t *testing.T) (all []domain.ServiceCentre) {
	t.Helper()
	found, err := w.centres.Search(t.Context(), domain.CentreQuery{Limit: 100, Keep: keepAll})
	require.NoError(t, err)
	for _, f := range found {
		all = append(all, f.ServiceCentre)
	}
	return all
}

// order is a letter that is not stored yet, of a stored account.
func (w *world) order(t *testing.T) domain.PrintedLetter {
	t.Helper()
	return domain.PrintedLetter{Code: "7K2MZ0Q9XW", Letter: domain.Letter{
		ID: domain.NewID(), AccountID: w.person(t).ID, Purpose: domain.LetterIdentity, Status: domain.LetterRequested,
		Recipient: "Синтетическая Анна Игоревна", Address: Papers(t, uuid.Nil, uuid.Nil, w.now).Registration,
		Locale: domain.LocaleEnglish, MAC: []byte{0, 1, 255}, AttemptsLeft: 20, RequestedAt: w.now,
		DueOn: dateOf(t, "2026-03-12"),
	}}
}

// asked is a letter that is stored, some time after the world began.
func (w *world) asked(t *testing.T, after time.Duration) domain.Letter {
	t.Helper()
	p := w.order(t)
	p.Letter.RequestedAt = w.now.Add(after)
	require.NoError(t, w.letters().Create(t.Context(), p))
	return p.Letter
}

// sent is a letter that was posted and is good for a time.
func (w *world) sent(t *testing.T, track string, lifetime time.Duration) domain.Letter {
	t.Helper()
	id, err := ident.ParsePostalItemID(track)
	require.NoError(t, err)
	return w.changed(t, w.asked(t, 0), func(l *domain.Letter) {
		l.Status, l.Track, l.PrintedAt, l.PostedAt, l.ExpiresAt = domain.LetterPosted, id, w.now, w.now, w.now.Add(lifetime)
	})
}

func (w *world) changed(t *testing.T, l domain.Letter, change func(*domain.Letter)) domain.Letter {
	t.Helper()
	l, err := w.letters().Update(t.Context(), l.ID, func(l *domain.Letter) error {
		change(l)
		return nil
	})
	require.NoError(t, err)
	return l
}

func (w *world) batch(t *testing.T, d domain.Desk, after time.Duration) domain.LetterBatch {
	t.Helper()
	b, err := w.letters().CreateBatch(t.Context(), newBatch(d, w.now.Add(after)), domain.MaxBatch, nil)
	require.NoError(t, err)
	return b
}

func newBatch(d domain.Desk, at time.Time) domain.LetterBatch {
	return domain.LetterBatch{
		ID: domain.NewID(), PlaceID: d.Place.ID, OperatorID: d.Operator.ID, Status: domain.LetterBatchOpen, CreatedAt: at,
	}
}

func letterComesBack(t *testing.T, w *world) {
	t.Helper()
	p, all := w.order(t), w.letters()
	require.NoError(t, all.Create(t.Context(), p))
	got, err := all.Get(t.Context(), p.Letter.ID)
	require.NoError(t, err)
	require.Equal(t, p.Letter, got)
	job, err := all.PrintJob(t.Context(), p.Letter.ID)
	require.NoError(t, err)
	require.Equal(t, p, job)

	want := w.changed(t, got, func(l *domain.Letter) {
		l.Status = domain.LetterDelivered
		l.Track, err = ident.ParsePostalItemID("23600016000011")
		require.NoError(t, err)
		l.PrintedAt, l.PostedAt, l.DeliveredAt = w.now.Add(1e6), w.now.Add(2e6), w.now.Add(3e6)
		l.ExpiresAt, l.SettledAt, l.Reminders, l.AttemptsLeft = w.now.Add(4e6), w.now.Add(5e6), 2, 7
	})
	got, err = all.Get(t.Context(), p.Letter.ID)
	require.NoError(t, err)
	require.Equal(t, want, got)

	_, err = all.Get(t.Context(), domain.NewID())
	requireCode(t, apperr.NotFound, err)
	_, err = all.PrintJob(t.Context(), domain.NewID())
	requireCode(t, apperr.NotFound, err)
	_, err = all.Batch(t.Context(), domain.NewID())
	requireCode(t, apperr.NotFound, err)
}

func letterOneAlive(t *testing.T, w *world) {
	t.Helper()
	p, all := w.order(t), w.letters()
	account := p.Letter.AccountID
	codes := atOnce(8, func(int) error {
		other := p
		other.Letter.ID = domain.NewID()
		return all.Create(t.Context(), other)
	})
	require.Equal(t, map[apperr.Code]int{"": 1, apperr.ConfirmationOpen: 7}, codes)
	first, err := all.Since(t.Context(), account, w.now.Add(-time.Hour))
	require.NoError(t, err)
	w.changed(t, first[0], func(l *domain.Letter) { l.Status = domain.LetterLost })
	require.NoError(t, all.Create(t.Context(), p))
}

// The code leaves the database with the state requested, wherever that leads.
func letterCodesErased(t *testing.T, w *world) {
	t.Helper()
	for _, status := range domain.LetterStatuses() {
		l := w.asked(t, 0)
		w.changed(t, l, func(l *domain.Letter) { l.Reminders = 1 })
		_, err := w.letters().PrintJob(t.Context(), l.ID)
		require.NoError(t, err, "other changes leave it")
		w.changed(t, l, func(l *domain.Letter) { l.Status = status })
		_, err = w.letters().PrintJob(t.Context(), l.ID)
		if status == domain.LetterRequested {
			require.NoError(t, err)
			continue
		}
		requireCode(t, apperr.NotFound, err)
	}
}

func letterUpdateFails(t *testing.T, w *world) {
	t.Helper()
	l, no := w.asked(t, 0), errors.New("no")
	_, err := w.letters().Update(t.Context(), l.ID, func(l *domain.Letter) error {
		l.Status = domain.LetterLost
		return no
	})
	require.ErrorIs(t, err, no)
	got, err := w.letters().Get(t.Context(), l.ID)
	require.NoError(t, err)
	require.Equal(t, l, got)
	_, err = w.letters().Update(t.Context(), domain.NewID(), func(*domain.Letter) error { return nil })
	requireCode(t, apperr.NotFound, err)
}

func letterSpendAtOnce(t *testing.T, w *world) {
	t.Helper()
	l := w.sent(t, "23600016000011", time.Hour)
	var mu sync.Mutex
	left := map[int]int{}
	spent := 0
	codes := atOnce(50, func(int) error {
		got, ok, err := w.letters().Spend(t.Context(), l.ID, w.now)
		mu.Lock()
		defer mu.Unlock()
		if ok {
			spent++
			left[got.AttemptsLeft]++
		}
		return err
	})
	require.Equal(t, map[apperr.Code]int{"": 50}, codes)
	require.Equal(t, 20, spent)
	require.Len(t, left, 20, "each attempt is another one")
}

func letterSpendStates(t *testing.T, w *world) {
	t.Helper()
	for _, status := range domain.LetterStatuses() {
		l := w.changed(t, w.asked(t, 0), func(l *domain.Letter) { l.Status, l.ExpiresAt = status, w.now.Add(time.Hour) })
		got, ok, err := w.letters().Spend(t.Context(), l.ID, w.now)
		require.NoError(t, err)
		require.Equal(t, status.TakesCode(), ok, status)
		require.Equal(t, status, got.Status)
		_, ok, err = w.letters().Spend(t.Context(), l.ID, w.now.Add(time.Hour))
		require.NoError(t, err)
		require.False(t, ok, "its time is over")
	}
	_, _, err := w.letters().Spend(t.Context(), domain.NewID(), w.now)
	requireCode(t, apperr.NotFound, err)
}

// toPayer is a letter to a payer that was posted and is good for an hour.
func (w *world) toPayer(t *testing.T, account uuid.UUID, attempts int) domain.Letter {
	t.Helper()
	p := w.order(t)
	p.Letter.AccountID, p.Letter.Purpose, p.Letter.Reference = account, domain.LetterPayerActivation, "087-214-000001"
	p.Letter.AttemptsLeft = attempts
	require.NoError(t, w.letters().Create(t.Context(), p))
	return w.changed(t, p.Letter, func(l *domain.Letter) {
		l.Status, l.PrintedAt, l.PostedAt, l.ExpiresAt = domain.LetterPosted, w.now, w.now, w.now.Add(time.Hour)
	})
}

// letterSpendAll guesses at all letters of a payer at once: each compares as many
// codes as it has attempts.
func letterSpendAll(t *testing.T, w *world) {
	t.Helper()
	account := w.person(t).ID
	first, second := w.toPayer(t, account, 20), w.toPayer(t, account, 3)
	var mu sync.Mutex
	spent := map[uuid.UUID]map[int]int{first.ID: {}, second.ID: {}}
	codes := atOnce(50, func(int) error {
		got, err := w.letters().SpendAll(t.Context(), account, w.now)
		mu.Lock()
		defer mu.Unlock()
		for _, l := range got {
			spent[l.ID][l.AttemptsLeft]++
		}
		return err
	})
	require.Equal(t, map[apperr.Code]int{"": 50}, codes)
	require.Len(t, spent[first.ID], 20, "each attempt is another one")
	require.Len(t, spent[second.ID], 3)
	for _, each := range spent {
		for left, times := range each {
			require.Equal(t, 1, times, "%d left", left)
		}
	}
	require.Zero(t, w.mustGet(t, first.ID).AttemptsLeft)
}

// letterSpendNone leaves letters alone that are no activation codes of this payer
// on their way.
func letterSpendNone(t *testing.T, w *world) {
	t.Helper()
	account := w.person(t).ID
	for _, status := range domain.LetterStatuses() {
		l := w.changed(t, w.toPayer(t, account, 20), func(l *domain.Letter) { l.Status = status })
		got, err := w.letters().SpendAll(t.Context(), account, w.now)
		require.NoError(t, err)
		require.Equal(t, status.TakesCode(), len(got) == 1, status)
		got, err = w.letters().SpendAll(t.Context(), account, w.now.Add(time.Hour))
		require.NoError(t, err)
		require.Empty(t, got, "its time is over")
		w.changed(t, l, func(l *domain.Letter) { l.Status = domain.LetterLost })
	}
	identity := w.changed(t, w.toPayer(t, account, 20), func(l *domain.Letter) { l.Purpose = domain.LetterIdentity })
	got, err := w.letters().SpendAll(t.Context(), account, w.now)
	require.NoError(t, err)
	require.Empty(t, got, "a letter about something else")
	require.Equal(t, 20, w.mustGet(t, identity.ID).AttemptsLeft)
	notice := w.changed(t, w.toPayer(t, account, 20), func(l *domain.Letter) { l.Purpose = domain.LetterPayerNotice })
	got, err = w.letters().SpendAll(t.Context(), account, w.now)
	require.NoError(t, err)
	require.Len(t, got, 1, "a notice counts like a code")
	require.Equal(t, notice.ID, got[0].ID)
	w.changed(t, notice, func(l *domain.Letter) { l.Status = domain.LetterLost })
	w.toPayer(t, w.person(t).ID, 20)
	got, err = w.letters().SpendAll(t.Context(), account, w.now)
	require.NoError(t, err)
	require.Empty(t, got, "another payer's")
}

// letterOfPayer keeps what a letter is about, and any number of them at once.
func letterOfPayer(t *testing.T, w *world) {
	t.Helper()
	account := w.person(t).ID
	for range 2 {
		want := w.toPayer(t, account, 20)
		require.Equal(t, want, w.mustGet(t, want.ID))
		require.Equal(t, "087-214-000001", want.Reference)
	}
}

func letterSince(t *testing.T, w *world) {
	t.Helper()
	l := w.asked(t, 0)
	w.asked(t, time.Hour)
	w.changed(t, l, func(l *domain.Letter) { l.Status = domain.LetterReturned })
	p := w.order(t)
	p.Letter.AccountID, p.Letter.RequestedAt = l.AccountID, w.now.Add(time.Minute)
	require.NoError(t, w.letters().Create(t.Context(), p))
	ids := func(after time.Duration) (all []uuid.UUID) {
		found, err := w.letters().Since(t.Context(), l.AccountID, w.now.Add(after))
		require.NoError(t, err)
		for _, l := range found {
			all = append(all, l.ID)
		}
		return all
	}
	require.Equal(t, []uuid.UUID{l.ID, p.Letter.ID}, ids(-time.Second))
	require.Equal(t, []uuid.UUID{p.Letter.ID}, ids(0))
	require.Empty(t, ids(time.Minute))
}

func letterList(t *testing.T, w *world) {
	t.Helper()
	here, there := w.desk(t, "A-1"), w.desk(t, "B-1")
	first, second := w.asked(t, 0), w.asked(t, time.Minute)
	w.batch(t, here, 0)
	w.changed(t, second, func(l *domain.Letter) {
		l.Status, l.BatchID, l.DueOn = domain.LetterPrinted, w.mustGet(t, second.ID).BatchID, dateOf(t, "2026-03-20")
	})
	w.asked(t, time.Hour)
	w.batch(t, there, 0)
	w.asked(t, 2*time.Hour)
	ids := func(q domain.LetterQuery) (all []uuid.UUID) {
		q.PlaceID = here.Place.ID
		if q.Page.Limit == 0 {
			q.Page.Limit = 10
		}
		found, err := w.letters().List(t.Context(), q)
		require.NoError(t, err)
		for _, l := range found {
			all = append(all, l.ID)
		}
		return all
	}
	require.Equal(t, []uuid.UUID{second.ID, first.ID}, ids(domain.LetterQuery{}))
	require.Equal(t, []uuid.UUID{second.ID}, ids(domain.LetterQuery{Page: domain.Page{Limit: 1}}))
	after := &domain.Position{CreatedAt: second.RequestedAt, ID: second.ID}
	require.Equal(t, []uuid.UUID{first.ID}, ids(domain.LetterQuery{Page: domain.Page{Limit: 5, After: after}}))
	require.Equal(t, []uuid.UUID{second.ID}, ids(domain.LetterQuery{Status: domain.LetterPrinted}))
	require.Empty(t, ids(domain.LetterQuery{Status: domain.LetterLost}))
	require.Empty(t, ids(domain.LetterQuery{NotPostedBefore: dateOf(t, "2026-03-12")}))
	require.Equal(t, []uuid.UUID{first.ID}, ids(domain.LetterQuery{NotPostedBefore: dateOf(t, "2026-03-13")}))
	w.changed(t, first, func(l *domain.Letter) { l.Status = domain.LetterLost })
	require.Empty(t, ids(domain.LetterQuery{NotPostedBefore: dateOf(t, "2026-03-13")}))
}

func (w *world) mustGet(t *testing.T, id uuid.UUID) domain.Letter {
	t.Helper()
	l, err := w.letters().Get(t.Context(), id)
	require.NoError(t, err)
	return l
}

func letterTracks(t *testing.T, w *world) {
	t.Helper()
	l, other := w.sent(t, "23600016000011", time.Hour), w.asked(t, 0)
	_, err := w.letters().Update(t.Context(), other.ID, func(o *domain.Letter) error {
		o.Track = l.Track
		return nil
	})
	requireCode(t, apperr.ServiceUnavailable, err)
	free, err := ident.ParsePostalItemID("21400016000019")
	require.NoError(t, err)
	taken, err := w.letters().Taken(t.Context(), []ident.PostalItemID{free, l.Track})
	require.NoError(t, err)
	require.Equal(t, []ident.PostalItemID{l.Track}, taken)
}

func letterLate(t *testing.T, w *world) {
	t.Helper()
	due := func(status domain.LetterStatus, on string) domain.Letter {
		return w.changed(t, w.asked(t, 0), func(l *domain.Letter) { l.Status, l.DueOn = status, dateOf(t, on) })
	}
	first, second := due(domain.LetterRequested, "2026-03-11"), due(domain.LetterPrinted, "2026-03-11")
	due(domain.LetterPosted, "2026-03-11")
	due(domain.LetterCancelled, "2026-03-11")
	due(domain.LetterRequested, "2026-03-12")
	late := func(after uuid.UUID) []uuid.UUID {
		ids, err := w.letters().Late(t.Context(), dateOf(t, "2026-03-12"), after)
		require.NoError(t, err)
		return ids
	}
	require.Equal(t, []uuid.UUID{first.ID, second.ID}, late(uuid.Nil))
	require.Equal(t, []uuid.UUID{second.ID}, late(first.ID))
	require.NoError(t, repository.NewAlarms(w.store).Raise(t.Context(),
		domain.NewAlarm(domain.AlarmLetterNotPosted, first.ID, first.AccountID, w.now)))
	require.Equal(t, []uuid.UUID{second.ID}, late(uuid.Nil), "the other has its alarm")
}

func letterSweep(t *testing.T, w *world) {
	t.Helper()
	const day = 24 * time.Hour
	gone := w.sent(t, "23600016000011", 0)
	soon := w.sent(t, "21400016000019", 3*day)
	later := w.sent(t, "80082710646101", 14*day)
	w.changed(t, w.asked(t, 0), func(l *domain.Letter) { l.Status, l.ExpiresAt = domain.LetterReturned, w.now })
	w.changed(t, w.asked(t, 0), func(l *domain.Letter) { l.Status, l.ExpiresAt = domain.LetterDelivered, w.now.Add(15*day) })

	ids, err := w.letters().Ended(t.Context(), w.now, uuid.Nil)
	require.NoError(t, err)
	require.Equal(t, []uuid.UUID{gone.ID}, ids)
	ids, err = w.letters().Ended(t.Context(), w.now, gone.ID)
	require.NoError(t, err)
	require.Empty(t, ids)

	remind := func() []uuid.UUID {
		ids, err := w.letters().ToRemind(t.Context(), w.now, uuid.Nil)
		require.NoError(t, err)
		return ids
	}
	require.Equal(t, []uuid.UUID{soon.ID, later.ID}, remind())
	w.changed(t, later, func(l *domain.Letter) { l.Reminders = 1 })
	w.changed(t, soon, func(l *domain.Letter) { l.Reminders = 1 })
	require.Equal(t, []uuid.UUID{soon.ID}, remind(), "its second time has come")
	w.changed(t, soon, func(l *domain.Letter) { l.Reminders = 2 })
	require.Empty(t, remind())
}

func alarmsOpen(t *testing.T, w *world) {
	t.Helper()
	alarms := repository.NewAlarms(w.store)
	for range 2 {
		require.NoError(t, alarms.Raise(t.Context(), domain.NewAlarm(domain.AlarmRegisterDown, domain.NewID(), uuid.Nil, w.now)))
	}
	settled := domain.NewAlarm(domain.AlarmLetterNotPosted, domain.NewID(), uuid.Nil, w.now)
	settled.SettledAt = w.now
	require.NoError(t, alarms.Raise(t.Context(), settled))
	open, err := alarms.Open(t.Context())
	require.NoError(t, err)
	require.Equal(t, map[domain.AlarmKind]int{domain.AlarmRegisterDown: 2}, open)
}

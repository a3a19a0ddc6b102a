package repotest

import (
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/repository"
)

func leftoverTests() map[string]func(*testing.T, *world) {
	return map[string]func(*testing.T, *world){
		"leftover/every kind in time":                leftoversInTime,
		"leftover/of every state":                    leftoversOfStates,
		"leftover/the oldest first":                  leftoversOldest,
		"leftover/at once":                           leftoversAtOnce,
		"leftover/with what belongs to it":           leftoversWhole,
		"leftover/applications whose code is alive":  leftoverApplications,
		"leftover/throttles without a failure":       leftoverThrottles,
		"leftover/throttles in use at the same time": leftoverThrottlesInUse,
		"leftover/limits that begin anew":            leftoverLimits,
	}
}

// destroyed is how many rows of the kind's own table are destroyed that ended so
// long after the world began, or before.
func (w *world) destroyed(t *testing.T, kind domain.Leftover, after time.Duration) map[string]int {
	t.Helper()
	gone, err := repository.NewLeftovers(w.store).Destroy(t.Context(), kind, w.now.Add(after), 100)
	require.NoError(t, err)
	return gone
}

// registered is a stored registration that ends some time after the world began.
func (w *world) registered(t *testing.T, after time.Duration) domain.Registration {
	t.Helper()
	r := w.registration(t, w.contact(t))
	r.ExpiresAt = w.now.Add(after)
	require.NoError(t, w.registrations.Create(t.Context(), r))
	return r
}

// signedIn is a stored session that idles out some time after the world began.
func (w *world) signedIn(t *testing.T, after time.Duration) domain.Session {
	t.Helper()
	s := w.session(t)
	s.IdleAt, s.ExpiresAt = w.now.Add(after), w.now.Add(after+12*time.Hour)
	require.NoError(t, w.sessions.Create(t.Context(), s))
	return s
}

// issued is a stored code that is good for some time.
func (w *world) issued(t *testing.T, purpose domain.ChallengePurpose, subject uuid.UUID, after time.Duration) domain.Challenge {
	t.Helper()
	c := w.challenge(subject)
	c.Purpose, c.ExpiresAt = purpose, w.now.Add(after)
	require.NoError(t, w.challenges.Issue(t.Context(), c))
	return c
}

// leave stores a leftover of a kind that came to its end some time after the world
// began.
func (w *world) leave(t *testing.T, kind domain.Leftover, after time.Duration) {
	t.Helper()
	name := fmt.Sprint(after)
	switch kind {
	case domain.LeftoverRegistrations:
		w.registered(t, after)
	case domain.LeftoverApplications:
		w.applied(t, func(a *domain.PayerApplication) { a.ExpiresAt = w.now.Add(after) })
	case domain.LeftoverChallenges:
		w.issued(t, domain.PurposeFirstSignIn, domain.NewID(), after)
	case domain.LeftoverSessions:
		w.signedIn(t, after)
	case domain.LeftoverThrottles:
		require.NoError(t, w.throttles.Update(t.Context(), name, "", func(v *domain.Throttle) error {
			return v.Attempt(w.now.Add(after), domain.DefaultPolicies())
		}))
	case domain.LeftoverLimits:
		_, err := w.limits.Take(t.Context(), someLimit(), name, w.now.Add(after-someLimit().Window))
		require.NoError(t, err)
	case domain.LeftoverAnswers:
		w.begin(t, later(w.request(name), after-24*time.Hour))
	case domain.LeftoverAttempts:
		w.attempt(t, domain.Message{ID: domain.NewID()}, w.now.Add(after))
	case domain.LeftoverMessages:
		m := w.message(t, domain.MessageSessionRevoked)
		m.CreatedAt = w.now.Add(after)
		require.NoError(t, w.messages.Enqueue(t.Context(), m))
		_, err := w.messages.Update(t.Context(), m.ID, func(m *domain.Message) error { return m.Move(domain.MessageSend, w.now) })
		require.NoError(t, err)
	}
}

// leftoversInTime destroys what ended at a moment or before, and not what ended a
// moment after.
func leftoversInTime(t *testing.T, w *world) {
	t.Helper()
	const day = 24 * time.Hour
	for _, kind := range domain.Leftovers() {
		for _, after := range []time.Duration{-day, 0, time.Microsecond, day} {
			w.leave(t, kind, after)
		}
	}
	for _, kind := range domain.Leftovers() {
		for _, step := range []struct {
			after time.Duration
			want  int
		}{{-2 * day, 0}, {-day, 1}, {-day, 0}, {0, 1}, {time.Microsecond, 1}, {day - time.Microsecond, 0}, {2 * day, 1}, {2 * day, 0}} {
			require.Equal(t, step.want, w.destroyed(t, kind, step.after)[string(kind)], "%s until %s", kind, step.after)
		}
	}
}

// leftoversOfStates looks at the end alone, but for messages in the queue and
// applications that led to a connection.
func leftoversOfStates(t *testing.T, w *world) {
	t.Helper()
	session := w.session(t)
	for _, status := range domain.RegistrationStatuses() {
		r := w.registration(t, w.contact(t))
		r.Status, r.ExpiresAt = status, w.now
		require.NoError(t, w.registrations.Create(t.Context(), r))
	}
	for _, status := range domain.SessionStatuses() {
		s := w.sessionOf(session.AccountID)
		s.Status, s.IdleAt = status, w.now
		require.NoError(t, w.sessions.Create(t.Context(), s))
	}
	for _, status := range domain.PayerApplicationStatuses() {
		// One whose end came before its time was over, and one of the others.
		w.applied(t, func(a *domain.PayerApplication) { a.Status, a.SettledAt = status, w.now })
		w.applied(t, func(a *domain.PayerApplication) { a.Status, a.ExpiresAt = status, w.now })
	}
	w.leave(t, domain.LeftoverMessages, 0)
	require.NoError(t, w.messages.Enqueue(t.Context(), w.message(t, domain.MessageSessionRevoked)))
	for kind, want := range map[domain.Leftover]int{
		domain.LeftoverRegistrations: len(domain.RegistrationStatuses()),
		domain.LeftoverSessions:      len(domain.SessionStatuses()),
		domain.LeftoverApplications:  2 * (len(domain.PayerApplicationStatuses()) - 1),
		domain.LeftoverMessages:      1,
	} {
		require.Equal(t, want, w.destroyed(t, kind, 0)[string(kind)], kind)
	}
}

func leftoversOldest(t *testing.T, w *world) {
	t.Helper()
	var all []domain.Registration
	for i := range 5 {
		all = append([]domain.Registration{w.registered(t, -time.Duration(i)*time.Minute)}, all...)
	}
	leftovers := repository.NewLeftovers(w.store)
	for i, want := range []int{2, 2, 1, 0} {
		gone, err := leftovers.Destroy(t.Context(), domain.LeftoverRegistrations, w.now, 2)
		require.NoError(t, err)
		require.Equal(t, want, gone["registrations"])
		for j, r := range all {
			_, err := w.registrations.Get(t.Context(), r.ID)
			require.Equal(t, j < 2*(i+1), err != nil, "%d after %d times", j, i+1)
		}
	}
}

// leftoversAtOnce destroys each of them once, however many do it.
func leftoversAtOnce(t *testing.T, w *world) {
	t.Helper()
	const sessions = 60
	for range sessions {
		s := w.signedIn(t, 0)
		require.NoError(t, w.sessions.AddRefresh(t.Context(), domain.RefreshToken{Hash: s.ID[:], SessionID: s.ID, CreatedAt: w.now}))
	}
	var mu sync.Mutex
	total := map[string]int{}
	codes := atOnce(8, func(int) error {
		for range sessions {
			gone, err := repository.NewLeftovers(w.store).Destroy(t.Context(), domain.LeftoverSessions, w.now, 7)
			if err != nil {
				return err
			}
			mu.Lock()
			for table, rows := range gone {
				total[table] += rows
			}
			mu.Unlock()
		}
		return nil
	})
	require.Equal(t, map[apperr.Code]int{"": 8}, codes)
	require.Equal(t, map[string]int{"sessions": sessions, "refresh_tokens": sessions}, total)
}

// leftoversWhole destroys what belongs to a leftover, and nothing of others.
func leftoversWhole(t *testing.T, w *world) {
	t.Helper()
	const later = time.Hour
	over, open := w.registered(t, 0), w.registered(t, later)
	for range 3 {
		w.issued(t, domain.PurposeRegistration, over.ID, 0)
		w.issued(t, domain.PurposeRegistration, open.ID, 0)
	}
	walkIn := w.issued(t, domain.PurposeFirstSignIn, domain.NewID(), later)
	require.Equal(t, map[string]int{"registrations": 1, "challenges": 3}, w.destroyed(t, domain.LeftoverRegistrations, 0))
	_, err := w.challenges.Current(t.Context(), domain.PurposeRegistration, over.ID)
	requireCode(t, apperr.NotFound, err)

	account := w.payerAccount(t, Payer(t, payerNumber(1))).AccountID
	rejected := w.document(t, account, func(d *domain.EDODocument) { d.Status, d.SettledAt = domain.EDORejected, w.now })
	other := w.document(t, account, func(d *domain.EDODocument) { d.Status, d.SettledAt = domain.EDORejected, w.now })
	_, err = w.applications().Update(t.Context(), rejected.ApplicationID, w.closed)
	require.NoError(t, err)
	for _, application := range []uuid.UUID{rejected.ApplicationID, other.ApplicationID} {
		w.issued(t, domain.PurposePayerEmail, application, 0)
	}
	require.Equal(t, map[string]int{"payer_applications": 1, "edo_documents": 1, "challenges": 1},
		w.destroyed(t, domain.LeftoverApplications, 0))
	require.Equal(t, map[string]int{"challenges": 0}, w.destroyed(t, domain.LeftoverChallenges, 0), "the others belong to flows")

	// What is left is as it was.
	for _, c := range []struct {
		purpose domain.ChallengePurpose
		of      uuid.UUID
	}{
		{domain.PurposeRegistration, open.ID}, {domain.PurposePayerEmail, other.ApplicationID}, {walkIn.Purpose, walkIn.SubjectID},
	} {
		_, err := w.challenges.Current(t.Context(), c.purpose, c.of)
		require.NoError(t, err, c.purpose)
	}
	_, err = w.documents().Get(t.Context(), other.ID)
	require.NoError(t, err)
	_, err = w.payerAccounts().FindByNumber(t.Context(), domain.PayerNumber{PFR: rejected.Message.Number})
	require.NoError(t, err)
}

// closed is an application that has come to its end.
func (w *world) closed(a *domain.PayerApplication) error {
	return a.Move(domain.ApplicationClose, w.now)
}

// onlyIf is a moment where something holds, and none elsewhere.
func onlyIf(holds bool, at time.Time) time.Time {
	if holds {
		return at
	}
	return time.Time{}
}

// leftoverApplications keeps an application until its documents and its letter are
// over, too.
func leftoverApplications(t *testing.T, w *world) {
	t.Helper()
	account, end := w.payerAccount(t, Payer(t, payerNumber(1))).AccountID, w.now.Add(time.Hour)
	gone := func(after time.Duration) int {
		return w.destroyed(t, domain.LeftoverApplications, after)["payer_applications"]
	}
	for _, status := range domain.EDOStatuses() {
		d := w.document(t, account, func(d *domain.EDODocument) {
			d.Status, d.SettledAt, d.ExpiresAt = status, onlyIf(!status.Live(), end), end
		})
		_, err := w.applications().Update(t.Context(), d.ApplicationID, w.closed)
		require.NoError(t, err)
		require.Zero(t, gone(time.Hour-time.Microsecond), status)
		require.Equal(t, 1, gone(time.Hour), status)
	}
	for _, status := range domain.LetterStatuses() {
		l := w.changed(t, w.toPayer(t, account, 1), func(l *domain.Letter) {
			l.Status, l.ExpiresAt = status, onlyIf(status.TakesCode(), end)
		})
		w.applied(t, func(a *domain.PayerApplication) {
			require.NoError(t, w.closed(a))
			a.CodeID = l.ID
		})
		require.Equal(t, !status.Live(), gone(time.Hour-time.Microsecond) == 1, status)
		require.Equal(t, status.TakesCode(), gone(time.Hour) == 1, status)
		w.changed(t, l, func(l *domain.Letter) { l.Status = domain.LetterLost })
		require.Equal(t, status.Live() && !status.TakesCode(), gone(0) == 1, status)
		_, err := w.letters().Get(t.Context(), l.ID)
		require.NoError(t, err, "the letter stays")
	}
}

// leftoverThrottles forgets right away what a right password has cleared.
func leftoverThrottles(t *testing.T, w *world) {
	t.Helper()
	w.leave(t, domain.LeftoverThrottles, 0)
	require.Zero(t, w.throttle(t, "nobody", "").Failures)
	require.Equal(t, 1, w.destroyed(t, domain.LeftoverThrottles, -time.Hour)["throttles"])
	require.Equal(t, 1, w.throttle(t, fmt.Sprint(time.Duration(0)), "").Failures)
}

// leftoverThrottlesInUse keeps throttles usable though those without a failure are
// destroyed all the time.
func leftoverThrottlesInUse(t *testing.T, w *world) {
	t.Helper()
	done := make(chan struct{})
	var tidying sync.WaitGroup
	var failed error
	tidying.Go(func() {
		for failed == nil {
			select {
			case <-done:
				return
			default:
				_, failed = repository.NewLeftovers(w.store).Destroy(t.Context(), domain.LeftoverThrottles, w.now, 100)
			}
		}
	})
	codes := atOnce(4, func(i int) error {
		for range 100 {
			err := w.throttles.Update(t.Context(), strconv.Itoa(i), "", func(v *domain.Throttle) error {
				v.Reset()
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	close(done)
	tidying.Wait()
	require.NoError(t, failed)
	require.Equal(t, map[apperr.Code]int{"": 4}, codes)
}

// leftoverLimits leaves a limit alone whose next window has begun.
func leftoverLimits(t *testing.T, w *world) {
	t.Helper()
	w.leave(t, domain.LeftoverLimits, 0)
	w.leave(t, domain.LeftoverLimits, time.Minute)
	_, err := w.limits.Take(t.Context(), someLimit(), fmt.Sprint(time.Minute), w.now.Add(time.Minute))
	require.NoError(t, err)
	require.Equal(t, map[string]int{"rate_limits": 1}, w.destroyed(t, domain.LeftoverLimits, time.Minute))
	q, err := w.limits.Peek(t.Context(), someLimit(), fmt.Sprint(time.Minute), w.now.Add(time.Minute))
	require.NoError(t, err)
	require.Equal(t, 4, q.Remaining)
}

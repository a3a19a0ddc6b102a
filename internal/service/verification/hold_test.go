package verification_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// runAll makes all checks of the desk.
func (d *desk) runAll(t *testing.T) {
	t.Helper()
	for _, run := range d.runs {
		_, err := d.Run(t.Context(), run)
		require.NoError(t, err)
	}
}

// withNeighbour is a desk where another account has confirmed the SNILS.
func withNeighbour(t *testing.T) *desk {
	t.Helper()
	d := newDesk(t)
	number, err := ident.ParseLogin("+79007654321")
	require.NoError(t, err)
	d.neighbour = domain.Account{ID: domain.NewID(), Contacts: []domain.Contact{{Value: number, ConfirmedAt: d.now}}}
	d.holder = d.neighbour.ID
	return d
}

func (w *world) kinds() (all []domain.MessageKind) {
	for _, m := range w.messages {
		all = append(all, m.Kind)
	}
	return all
}

// Both sides are told, neither learns who the other is, and the level stays. // M12
func TestChecksOfAContestedSNILS(t *testing.T) {
	t.Parallel()
	d := withNeighbour(t)
	d.submit(t, "Синтетическая")
	d.runAll(t)
	require.Equal(t, domain.VerificationOnHold, d.world.cases[0].Status)
	require.Equal(t, domain.LevelSimplified, d.account.Level)
	require.Equal(t, []domain.AlarmKind{domain.AlarmSNILSConflict}, d.alarms)
	require.Equal(t, []string{"verification.start", "personal_data.submit", "verification.hold"}, d.actions)
	require.Equal(t, []domain.MessageKind{
		domain.MessageSNILSContested, domain.MessageVerificationOnHold, domain.MessageVerificationOnHold,
	}, d.kinds())
	require.Equal(t, "+79007654321", d.messages[0].To.Value())

	// The same data sent again bother nobody.
	require.Equal(t, domain.VerificationOnHold, d.submit(t, "Синтетическая").Status)
	d.runAll(t)
	require.Len(t, d.messages, 3)
	require.Len(t, d.cases, 1)
}

// One's own SNILS is no conflict.
func TestChecksOfOnesOwnSNILS(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.holder = d.account.ID
	d.submit(t, "Синтетическая")
	d.runAll(t)
	require.Equal(t, domain.VerificationPassed, d.world.cases[0].Status)
	require.Empty(t, d.alarms)
}

// Whoever comes second with a SNILS that is being confirmed loses what the checks
// had given, once. // M12
func TestHold(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	require.NoError(t, d.Hold(t.Context(), d.account.ID), "nothing to hold yet")
	d.submit(t, "Синтетическая")
	require.NoError(t, d.Hold(t.Context(), d.account.ID))
	require.Equal(t, domain.VerificationChecking, d.world.cases[0].Status, "checks go on")
	d.runAll(t)
	d.actions, d.messages = nil, nil
	for range 3 {
		require.NoError(t, d.Hold(t.Context(), d.account.ID))
	}
	require.Equal(t, domain.VerificationOnHold, d.world.cases[0].Status)
	require.Equal(t, domain.LevelSimplified, d.account.Level)
	require.Equal(t, []string{"verification.hold", "account.lose_snils"}, d.actions)
	require.Equal(t, []domain.MessageKind{domain.MessageVerificationOnHold, domain.MessageVerificationOnHold}, d.kinds())
	require.Equal(t, []domain.AlarmKind{domain.AlarmSNILSConflict}, d.alarms)
	require.Equal(t, 1, d.voided, "visits and letters")
}

// A confirmation holds all others with its SNILS, unless it is worth nothing
// itself by then.
func TestSettle(t *testing.T) {
	t.Parallel()
	d := withNeighbour(t)
	d.holder = uuid.Nil
	d.submit(t, "Синтетическая")
	d.runAll(t)
	d.others = []uuid.UUID{d.account.ID}
	job := domain.SettleSNILS{AccountID: d.neighbour.ID}
	require.NoError(t, d.Settle(t.Context(), job))
	require.Equal(t, domain.VerificationPassed, d.world.cases[0].Status, "the SNILS was given up meanwhile")
	d.holder = d.neighbour.ID
	for range 2 {
		require.NoError(t, d.Settle(t.Context(), job))
	}
	require.Equal(t, domain.VerificationOnHold, d.world.cases[0].Status)
	require.NotContains(t, d.kinds(), domain.MessageSNILSContested, "the holder has just confirmed it")
}

// A death closes the account; the person is only told to visit an office.
func TestDeath(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.submit(t, "Синтетическая")
	d.document.outcome = done(domain.CheckDeceased)
	d.runAll(t)
	require.Equal(t, domain.AccountDeceased, d.account.Status)
	require.Equal(t, domain.VerificationRejected, d.world.cases[0].Status)
	require.Equal(t, []domain.AlarmKind{domain.AlarmDeathRecorded}, d.alarms)
	require.Contains(t, d.actions, "account.record_death")
	require.Equal(t, []domain.MessageKind{domain.MessageVerificationRejected, domain.MessageVerificationRejected}, d.kinds())
	_, err := d.Submit(t.Context(), domain.Submission{Account: d.account.ID, AuthTime: d.now})
	require.ErrorIs(t, err, apperr.New(apperr.AccountFrozen))
}

// Nothing happens to a suspended account; when it is back, so are its checks.
func TestChecksOfASuspendedAccount(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.submit(t, "Синтетическая")
	require.NoError(t, d.account.Move(domain.AccountSuspend))
	wait, err := d.Run(t.Context(), d.runs[0])
	require.NoError(t, err)
	require.Equal(t, time.Hour, wait)
	require.Empty(t, d.snils.keys)
	require.NoError(t, d.account.Move(domain.AccountReinstate))
	d.snils.before = func() { d.snils.before, d.account.Status = nil, domain.AccountSuspended }
	_, err = d.Run(t.Context(), d.runs[0])
	require.ErrorIs(t, err, apperr.New(apperr.InvalidTransition), "it was suspended while the register was asked")
	require.Equal(t, domain.CheckPending, d.world.cases[0].Checks[0].Result)
	d.account.Status = domain.AccountActive
	d.runAll(t)
	require.Equal(t, domain.VerificationPassed, d.world.cases[0].Status)
}

// downFor lets the SNILS register be down, and works on its check until a time
// has passed. It returns when something was done.
func (d *desk) downFor(t *testing.T, long time.Duration) (at []time.Duration) {
	t.Helper()
	d.snils.askErr = errors.New("connection refused")
	began := d.now
	for d.now.Sub(began) <= long {
		wait, err := d.Run(t.Context(), d.runs[0])
		if wait == 0 {
			require.NoError(t, err)
			return at
		}
		require.Error(t, err)
		at = append(at, d.now.Sub(began))
		d.now = d.now.Add(wait)
	}
	return at
}

// A register that is down for five days calls operators after an hour and a day,
// and then hands over to them; the person is told once, of the delay. // M05
func TestFiveDaysOfOutage(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.submit(t, "Синтетическая")
	_, err := d.Run(t.Context(), d.runs[1])
	require.NoError(t, err)
	at := d.downFor(t, 59*time.Minute)
	require.Empty(t, d.alarms)
	require.Less(t, at[len(at)-1], time.Hour)
	at = append(at, d.downFor(t, 20*time.Hour)...)
	require.Equal(t, []domain.AlarmKind{domain.AlarmRegisterDown}, d.alarms)
	d.downFor(t, 90*time.Hour)
	require.Equal(t, []domain.AlarmKind{domain.AlarmRegisterDown, domain.AlarmRegisterDownLong}, d.alarms)
	d.downFor(t, 48*time.Hour)
	require.Equal(t, domain.VerificationManualReview, d.world.cases[0].Status)
	require.Equal(t, []domain.AlarmKind{
		domain.AlarmRegisterDown, domain.AlarmRegisterDownLong, domain.AlarmManualReview,
	}, d.alarms)
	require.Equal(t, []domain.MessageKind{domain.MessageVerificationDelayed, domain.MessageVerificationDelayed}, d.kinds())
	require.Equal(t, []string{
		"verification.start", "personal_data.submit", "verification.wait", "verification.escalate",
	}, d.actions)
	require.NotEmpty(t, at)

	d.snils.askErr = nil
	d.runAll(t)
	require.Equal(t, domain.VerificationManualReview, d.world.cases[0].Status, "too late")
	require.Equal(t, domain.VerificationManualReview, d.submit(t, "Синтетическая").Status)
	require.Equal(t, domain.VerificationChecking, d.submit(t, "Другая").Status)
}

// The tries meet the alarms to the moment.
func TestTriesMeetTheAlarms(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.submit(t, "Синтетическая")
	at := d.downFor(t, 6*24*time.Hour)
	require.Contains(t, at, time.Hour)
	require.Contains(t, at, 24*time.Hour)
	require.Less(t, at[len(at)-1], 5*24*time.Hour)
	require.Equal(t, domain.VerificationManualReview, d.world.cases[0].Status)
}

// A register that takes a question and never answers is like one that is down.
func TestRegisterThatNeverAnswers(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.snils.outcome = domain.CheckOutcome{}
	d.submit(t, "Синтетическая")
	began := d.now
	for d.world.cases[0].Status != domain.VerificationManualReview {
		wait, _ := d.Run(t.Context(), d.runs[0])
		d.now = d.now.Add(wait)
		require.Less(t, d.now.Sub(began), 6*24*time.Hour)
	}
	require.Equal(t, []domain.AlarmKind{
		domain.AlarmRegisterDown, domain.AlarmRegisterDownLong, domain.AlarmManualReview,
	}, d.alarms)
	require.Len(t, d.messages, 2, "each contact once")
}

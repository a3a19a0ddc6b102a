package repotest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/repository"
)

func payerApplicationTests() map[string]func(*testing.T, *world) {
	return map[string]func(*testing.T, *world){
		"payer application/comes back as it was":  applicationComesBack,
		"payer application/every state is kept":   applicationStates,
		"payer application/changes":               applicationChanges,
		"payer application/has its job":           applicationJob,
		"payer application/open ones":             applicationsOpen,
		"payer application/found by its code":     applicationByCode,
		"payer application/late ones":             applicationsLate,
		"payer application/late ones with alarms": applicationsAlarmed,
	}
}

func (w *world) applications() *repository.PayerApplications {
	return repository.NewPayerApplications(w.store)
}

// Application is an application that nobody has looked at yet.
func Application(t *testing.T, number string, at time.Time) domain.PayerApplication {
	t.Helper()
	return domain.PayerApplication{
		ID: domain.NewID(), Status: domain.ApplicationSubmitted, Number: parsed(t, domain.ParsePayerNumber, number),
		INN: parsed(t, ident.ParseINN, "6700000014"), Email: contactOf(t, "Applicant@example.org"),
		Method: domain.DeliverByEDO, Locale: domain.LocaleEnglish, TokenHash: []byte("hash of a token"), CodesSent: 1,
		Term: domain.ApplicationTerm{
			FiledOn: dateOf(t, "2026-03-04"), DueOn: dateOf(t, "2026-03-12"),
			AlarmOn: dateOf(t, "2026-03-11"), BreachOn: dateOf(t, "2026-03-13"),
		},
		CreatedAt: at, ExpiresAt: at.Add(30 * 24 * time.Hour),
	}
}

// applied is a stored application, after a change.
func (w *world) applied(t *testing.T, change func(*domain.PayerApplication)) domain.PayerApplication {
	t.Helper()
	a := Application(t, payerNumber(1), w.now)
	change(&a)
	require.NoError(t, w.applications().Create(t.Context(), a))
	return a
}

func applicationComesBack(t *testing.T, w *world) {
	t.Helper()
	account := w.payerAccount(t, Payer(t, payerNumber(1))).AccountID
	for _, method := range domain.DeliveryMethods() {
		bare := w.applied(t, func(a *domain.PayerApplication) { a.Method = method })
		full := w.applied(t, func(a *domain.PayerApplication) {
			a.Method, a.Number = method, parsed(t, domain.ParsePayerNumber, payerNumber(1)[2:])
			a.AccountID, a.CodeID, a.Reason = account, domain.NewID(), domain.ReasonConnected
			a.EmailConfirmedAt, a.SentAt = w.now.Add(time.Second), w.now.Add(2*time.Second)
			a.SettledAt, a.BreachedAt = w.now.Add(3*time.Second), w.now.Add(4*time.Second)
		})
		for _, want := range []domain.PayerApplication{bare, full} {
			got, err := w.applications().Get(t.Context(), want.ID)
			require.NoError(t, err)
			require.Equal(t, want, got)
		}
	}
	_, err := w.applications().Get(t.Context(), domain.NewID())
	requireCode(t, apperr.NotFound, err)
}

func applicationStates(t *testing.T, w *world) {
	t.Helper()
	for _, status := range domain.PayerApplicationStatuses() {
		want := w.applied(t, func(a *domain.PayerApplication) { a.Status = status })
		got, err := w.applications().Get(t.Context(), want.ID)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

func applicationChanges(t *testing.T, w *world) {
	t.Helper()
	want := w.applied(t, func(*domain.PayerApplication) {})
	move := func(a *domain.PayerApplication) error { return a.Move(domain.ApplicationClose, w.now.Add(time.Second)) }
	require.NoError(t, move(&want))
	got, err := w.applications().Update(t.Context(), want.ID, move)
	require.NoError(t, err)
	require.Equal(t, want, got)
	_, err = w.applications().Update(t.Context(), want.ID, func(a *domain.PayerApplication) error {
		a.Reason = domain.ReasonINNDiffers
		return apperr.New(apperr.InvalidTransition)
	})
	requireCode(t, apperr.InvalidTransition, err)
	got, err = w.applications().Get(t.Context(), want.ID)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

// applicationJob rolls one application back and commits another: the worker
// meets the second one only, as often as it was asked for.
func applicationJob(t *testing.T, w *world) {
	t.Helper()
	undone := Application(t, payerNumber(1), w.now)
	require.Error(t, w.store.InTx(t.Context(), func(ctx context.Context) error {
		require.NoError(t, w.applications().Create(ctx, undone))
		return errors.New("no")
	}))
	done := w.applied(t, func(*domain.PayerApplication) {})
	w.in(t, func(ctx context.Context) { require.NoError(t, w.applications().Identify(ctx, done.ID)) })
	_, err := w.applications().Get(t.Context(), undone.ID)
	requireCode(t, apperr.NotFound, err)
	worked, workers := make(chan uuid.UUID, 100), river.NewWorkers()
	river.AddWorker(workers, river.WorkFunc(func(_ context.Context, j *river.Job[domain.IdentifyPayer]) error {
		worked <- j.Args.ApplicationID
		return nil
	}))
	w.run(t, domain.QueuePayers, workers)
	require.Equal(t, done.ID, receive(t, worked))
	require.Equal(t, done.ID, receive(t, worked))
}

// applicationsOpen lists what may still lead to a connection, newest first.
func applicationsOpen(t *testing.T, w *world) {
	t.Helper()
	account, other := w.payerAccount(t, Payer(t, payerNumber(1))).AccountID, w.payerAccount(t, Payer(t, payerNumber(2))).AccountID
	var want []domain.PayerApplication
	for i, status := range domain.PayerApplicationStatuses() {
		a := w.applied(t, func(a *domain.PayerApplication) {
			a.AccountID, a.Status, a.CreatedAt = account, status, w.now.Add(time.Duration(i)*time.Second)
		})
		if status.Open() {
			want = append([]domain.PayerApplication{a}, want...)
		}
	}
	w.applied(t, func(a *domain.PayerApplication) { a.AccountID, a.ExpiresAt = account, w.now })
	w.applied(t, func(a *domain.PayerApplication) { a.AccountID = other })
	w.applied(t, func(*domain.PayerApplication) {})
	got, err := w.applications().OpenOf(t.Context(), account, w.now)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func applicationByCode(t *testing.T, w *world) {
	t.Helper()
	want := w.applied(t, func(a *domain.PayerApplication) { a.CodeID = domain.NewID() })
	w.applied(t, func(a *domain.PayerApplication) { a.CodeID = domain.NewID() })
	got, err := w.applications().ByCode(t.Context(), want.CodeID)
	require.NoError(t, err)
	require.Equal(t, want, got)
	_, err = w.applications().ByCode(t.Context(), want.ID)
	requireCode(t, apperr.NotFound, err)
}

func (w *world) lateOnes(t *testing.T, today string, after uuid.UUID) []uuid.UUID {
	t.Helper()
	ids, err := w.applications().Late(t.Context(), dateOf(t, today), after)
	require.NoError(t, err)
	return ids
}

// applicationsLate finds those without a code on the day of the alarm.
func applicationsLate(t *testing.T, w *world) {
	t.Helper()
	var want []uuid.UUID
	for _, status := range domain.PayerApplicationStatuses() {
		a := w.applied(t, func(a *domain.PayerApplication) { a.Status = status })
		if status.AwaitsCode() {
			want = append(want, a.ID)
		}
	}
	w.applied(t, func(a *domain.PayerApplication) { a.Term.AlarmOn = dateOf(t, "2026-03-12") })
	require.Empty(t, w.lateOnes(t, "2026-03-10", uuid.Nil))
	require.Equal(t, want, w.lateOnes(t, "2026-03-11", uuid.Nil))
	require.Equal(t, want[1:], w.lateOnes(t, "2026-03-11", want[0]))
	require.Len(t, w.lateOnes(t, "2026-03-12", uuid.Nil), len(want)+1)
}

// applicationsAlarmed finds an application again only if it has an alarm less
// than it should have.
func applicationsAlarmed(t *testing.T, w *world) {
	t.Helper()
	a, other := w.applied(t, func(*domain.PayerApplication) {}), w.applied(t, func(*domain.PayerApplication) {})
	both, second := []uuid.UUID{a.ID, other.ID}, []uuid.UUID{other.ID}
	raise := func(kind domain.AlarmKind) {
		require.NoError(t, repository.NewAlarms(w.store).Raise(t.Context(), domain.NewAlarm(kind, a.ID, uuid.Nil, w.now)))
	}
	require.Equal(t, both, w.lateOnes(t, "2026-03-12", uuid.Nil))
	raise(domain.AlarmPayerCodeLate)
	require.Equal(t, second, w.lateOnes(t, "2026-03-12", uuid.Nil))
	require.Equal(t, both, w.lateOnes(t, "2026-03-13", uuid.Nil), "the term is over")
	raise(domain.AlarmPayerCodeOverdue)
	require.Equal(t, second, w.lateOnes(t, "2026-03-13", uuid.Nil))
}

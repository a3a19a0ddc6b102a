package repotest

import (
	"context"
	"errors"
	"sync"
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

func edoDocumentTests() map[string]func(*testing.T, *world) {
	return map[string]func(*testing.T, *world){
		"electronic document/comes back as it was":        documentComesBack,
		"electronic document/forgets its code":            documentForgets,
		"electronic document/has its job":                 documentJob,
		"electronic document/needs its application":       documentNeedsApplication,
		"electronic document/attempts at once":            documentSpendAtOnce,
		"electronic document/attempts of other documents": documentSpendNone,
	}
}

func (w *world) documents() *repository.EDODocuments { return repository.NewEDODocuments(w.store) }

// Document is an electronic document with a code, of an application and a payer.
func Document(t *testing.T, p domain.Payer, a domain.PayerApplication, code string) domain.EDODocument {
	t.Helper()
	until := a.CreatedAt.Add(30 * 24 * time.Hour)
	d := domain.EDODocument{
		ID: domain.NewID(), ApplicationID: a.ID, AccountID: a.AccountID, Status: domain.EDOQueued,
		MAC: []byte{0, 1, 255}, AttemptsLeft: 20, CreatedAt: a.CreatedAt, ExpiresAt: until,
	}
	d.Message = domain.EDOMessage{
		ID: d.ID, Kind: domain.EDOActivation, Number: p.Number, INN: p.INN, KPP: p.KPP, PayerName: p.Name,
		Agreement: p.Agreement.ID, Code: code, IssuedAt: a.CreatedAt, ValidUntil: until, Locale: domain.LocaleEnglish,
	}
	return d
}

// document is a stored document of a payer who has an account, after a change.
func (w *world) document(t *testing.T, account uuid.UUID, change func(*domain.EDODocument)) domain.EDODocument {
	t.Helper()
	a := w.applied(t, func(a *domain.PayerApplication) { a.AccountID = account })
	d := Document(t, Payer(t, payerNumber(1)), a, "27182818284590452350")
	change(&d)
	w.in(t, func(ctx context.Context) { require.NoError(t, w.documents().Create(ctx, d)) })
	return d
}

func documentComesBack(t *testing.T, w *world) {
	t.Helper()
	account := w.payerAccount(t, Payer(t, payerNumber(1))).AccountID
	for _, status := range domain.EDOStatuses() {
		bare := w.document(t, account, func(d *domain.EDODocument) {
			d.Status, d.Message.Kind, d.Message.KPP, d.Message.Code = status, domain.EDONotice, ident.KPP{}, ""
		})
		full := w.document(t, account, func(d *domain.EDODocument) {
			d.Status, d.Reason = status, "подпись не подошла"
			d.SentAt, d.DeliveredAt = w.now.Add(time.Second), w.now.Add(2*time.Second)
			d.ReadAt, d.SettledAt = w.now.Add(3*time.Second), w.now.Add(4*time.Second)
		})
		for _, want := range []domain.EDODocument{bare, full} {
			got, err := w.documents().Get(t.Context(), want.ID)
			require.NoError(t, err)
			require.Equal(t, want, got)
		}
	}
	_, err := w.documents().Get(t.Context(), domain.NewID())
	requireCode(t, apperr.NotFound, err)
}

// documentForgets has the code gone from the row as soon as the document left.
func documentForgets(t *testing.T, w *world) {
	t.Helper()
	account := w.payerAccount(t, Payer(t, payerNumber(1))).AccountID
	for _, on := range []domain.EDOEvent{domain.EDOSend, domain.EDOReject, domain.EDOSupersede, domain.EDOExpire} {
		want := w.document(t, account, func(*domain.EDODocument) {})
		_, err := w.documents().Update(t.Context(), want.ID, func(d *domain.EDODocument) error { return d.Move(on, w.now) })
		require.NoError(t, err)
		require.NoError(t, want.Move(on, w.now))
		got, err := w.documents().Get(t.Context(), want.ID)
		require.NoError(t, err)
		require.Empty(t, got.Message.Code, on)
		require.Equal(t, want, got)
	}
	d := w.document(t, account, func(*domain.EDODocument) {})
	_, err := w.documents().Update(t.Context(), d.ID, func(d *domain.EDODocument) error {
		return errors.Join(d.Move(domain.EDOSend, w.now), apperr.New(apperr.ServiceUnavailable))
	})
	requireCode(t, apperr.ServiceUnavailable, err)
	got, err := w.documents().Get(t.Context(), d.ID)
	require.NoError(t, err)
	require.Equal(t, d, got, "what came to nothing is done again")
}

func documentJob(t *testing.T, w *world) {
	t.Helper()
	d := w.document(t, w.payerAccount(t, Payer(t, payerNumber(1))).AccountID, func(*domain.EDODocument) {})
	worked, workers := make(chan uuid.UUID, 100), river.NewWorkers()
	river.AddWorker(workers, river.WorkFunc(func(_ context.Context, j *river.Job[domain.CarryEDO]) error {
		worked <- j.Args.DocumentID
		return nil
	}))
	river.AddWorker(workers, river.WorkFunc(func(context.Context, *river.Job[domain.IdentifyPayer]) error { return nil }))
	w.run(t, domain.QueuePayers, workers)
	require.Equal(t, d.ID, receive(t, worked))
}

func documentNeedsApplication(t *testing.T, w *world) {
	t.Helper()
	a := Application(t, payerNumber(1), w.now)
	a.AccountID = w.payerAccount(t, Payer(t, payerNumber(1))).AccountID
	d := Document(t, Payer(t, payerNumber(1)), a, "")
	require.Error(t, w.store.InTx(t.Context(), func(ctx context.Context) error { return w.documents().Create(ctx, d) }))
}

// documentSpendAtOnce guesses at all documents of a payer at once: each compares
// as many codes as it has attempts (M19).
func documentSpendAtOnce(t *testing.T, w *world) {
	t.Helper()
	account := w.payerAccount(t, Payer(t, payerNumber(1))).AccountID
	sent := func(attempts int) uuid.UUID {
		return w.document(t, account, func(d *domain.EDODocument) { d.Status, d.AttemptsLeft = domain.EDOSent, attempts }).ID
	}
	first, second := sent(20), sent(3)
	var mu sync.Mutex
	spent := map[uuid.UUID]map[int]int{first: {}, second: {}}
	codes := atOnce(50, func(int) error {
		got, err := w.documents().Spend(t.Context(), account, w.now)
		mu.Lock()
		defer mu.Unlock()
		for _, d := range got {
			spent[d.ID][d.AttemptsLeft]++
		}
		return err
	})
	require.Equal(t, map[apperr.Code]int{"": 50}, codes)
	require.Len(t, spent[first], 20, "each attempt is another one")
	require.Len(t, spent[second], 3)
	for _, each := range spent {
		for left, times := range each {
			require.Equal(t, 1, times, "%d left", left)
		}
	}
	got, err := w.documents().Get(t.Context(), first)
	require.NoError(t, err)
	require.Zero(t, got.AttemptsLeft)
}

// documentSpendNone leaves documents alone whose code cannot be typed in, those
// without one and those of others.
func documentSpendNone(t *testing.T, w *world) {
	t.Helper()
	for i, status := range domain.EDOStatuses() {
		account := w.payerAccount(t, Payer(t, payerNumber(10+i))).AccountID
		d := w.document(t, account, func(d *domain.EDODocument) { d.Status = status })
		got, err := w.documents().Spend(t.Context(), account, w.now)
		require.NoError(t, err)
		require.Equal(t, status.TakesCode(), len(got) == 1, status)
		require.NoError(t, w.attempts.Add(t.Context(), domain.NewAttempt(d.ID, "edo", w.now)))
		got, err = w.documents().Spend(t.Context(), account, w.now)
		require.NoError(t, err)
		require.Equal(t, status.TakesCode() || status == domain.EDOQueued, len(got) == 1, "it may have left: %s", status)
		got, err = w.documents().Spend(t.Context(), account, d.ExpiresAt)
		require.NoError(t, err)
		require.Empty(t, got, "its time is over")
	}
	mine, other := w.payerAccount(t, Payer(t, payerNumber(1))).AccountID, w.payerAccount(t, Payer(t, payerNumber(2))).AccountID
	notice := w.document(t, mine, func(d *domain.EDODocument) { d.Status, d.Message.Kind = domain.EDOSent, domain.EDONotice })
	w.document(t, other, func(d *domain.EDODocument) { d.Status = domain.EDOSent })
	got, err := w.documents().Spend(t.Context(), mine, w.now)
	require.NoError(t, err)
	require.Len(t, got, 1, "a notice counts like a code")
	require.Equal(t, notice.ID, got[0].ID)
	require.Equal(t, notice.AttemptsLeft-1, got[0].AttemptsLeft)
}

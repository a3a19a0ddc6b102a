package repotest

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// A handover is kept with its batch, whatever becomes of it; of several at once one
// begins.
func letterHandover(t *testing.T, w *world) {
	t.Helper()
	d, all := w.desk(t, "A-1"), w.letters()
	w.asked(t, 0)
	b := w.batch(t, d, 0)
	require.Nil(t, b.Handover)
	hand := func(context.Context, *domain.LetterBatch) error { return nil }
	_, err := all.UpdateBatch(t.Context(), b.ID, hand)
	require.NoError(t, err, "a batch that nobody hands over")
	codes := atOnce(6, func(int) error {
		_, err := all.UpdateBatch(t.Context(), b.ID, func(ctx context.Context, b *domain.LetterBatch) error {
			if err := b.HandOver(d.Operator.ID, w.now); err != nil {
				return err
			}
			return all.StartCarrying(ctx, domain.CarryLetters{BatchID: b.ID, Run: b.Handover.Run})
		})
		return err
	})
	require.Equal(t, map[apperr.Code]int{"": 1, apperr.InvalidTransition: 5}, codes)
	want := domain.LetterHandover{
		BatchID: b.ID, Run: 1, Status: domain.HandoverUnderWay, OperatorID: d.Operator.ID, RequestedAt: w.now,
	}
	same := func() {
		t.Helper()
		got, err := all.Batch(t.Context(), b.ID)
		require.NoError(t, err)
		require.Equal(t, want, *got.Handover)
		listed, err := all.Batches(t.Context(), d.Place.ID, domain.Page{Limit: 5})
		require.NoError(t, err)
		require.Equal(t, want, *listed[0].Handover)
	}
	same()
	for _, status := range []domain.HandoverStatus{domain.HandoverFailed, domain.HandoverDone} {
		want.Run++
		want.Status, want.BundledAt, want.SettledAt, want.Failures = status, w.now.Add(1e6), w.now.Add(2e6), want.Run
		_, err := all.UpdateBatch(t.Context(), b.ID, func(_ context.Context, b *domain.LetterBatch) error {
			changed := want
			b.Handover = &changed
			return nil
		})
		require.NoError(t, err)
		same()
	}
}

func letterHandoverAttempts(t *testing.T, w *world) {
	t.Helper()
	d, all := w.desk(t, "A-1"), w.letters()
	w.asked(t, 0)
	b := w.batch(t, d, 0)
	_, err := all.UpdateBatch(t.Context(), b.ID, func(_ context.Context, b *domain.LetterBatch) error {
		return b.HandOver(d.Operator.ID, w.now)
	})
	require.NoError(t, err)
	var want []domain.HandoverAttempt
	for i, step := range domain.HandoverSteps() {
		a := domain.HandoverAttempt{
			ID: domain.NewID(), BatchID: b.ID, Run: 1, At: w.now.Add(time.Duration(i) * time.Second), Step: step, Done: i%2 == 0,
		}
		if !a.Done {
			a.Reason = "status 503"
		}
		require.NoError(t, all.AddAttempt(t.Context(), a))
		want = append([]domain.HandoverAttempt{a}, want...)
	}
	got, err := all.Attempts(t.Context(), b.ID)
	require.NoError(t, err)
	require.Equal(t, want, got)
	for range 60 {
		a := want[0]
		a.ID = domain.NewID()
		require.NoError(t, all.AddAttempt(t.Context(), a))
	}
	got, err = all.Attempts(t.Context(), b.ID)
	require.NoError(t, err)
	require.Len(t, got, 50)
	none, err := all.Attempts(t.Context(), uuid.New())
	require.NoError(t, err)
	require.Empty(t, none)
}

func letterOrders(t *testing.T, w *world) {
	t.Helper()
	all := w.letters()
	track, err := ident.ParsePostalItemID("23600016000011")
	require.NoError(t, err)
	first, second := w.asked(t, 0), w.asked(t, time.Second)
	orders := []domain.PostOrder{{Letter: first, Name: "1/1"}, {Letter: second, Name: "1/2"}}
	require.NoError(t, all.Orders(t.Context(), orders))
	require.Equal(t, domain.OrderNone, orders[0].Stage, "none yet")
	require.NoError(t, all.SaveOrders(t.Context(), nil))
	for _, stage := range domain.OrderStages() {
		orders[0].Stage, orders[0].ID, orders[0].Batch, orders[0].Track = stage, 1<<40, "71", track
		orders[1].Stage = domain.OrderAsked
		require.NoError(t, all.SaveOrders(t.Context(), orders))
		got := []domain.PostOrder{{Letter: first, Name: "1/1"}, {Letter: second, Name: "1/2"}}
		require.NoError(t, all.Orders(t.Context(), got))
		require.Equal(t, orders, got)
	}
}

// The post is asked first about letters that have waited longest, be it from their
// posting on: however many new ones there are, the old ones have their turn.
func letterTracking(t *testing.T, w *world) {
	t.Helper()
	all := w.letters()
	w.asked(t, 0)
	old := w.sent(t, "23600016000011", time.Hour)
	fresh := w.sent(t, "21400016000019", time.Hour)
	never := w.sent(t, "80082710646101", time.Hour)
	gone := w.sent(t, "23600000010019", time.Hour)
	w.changed(t, gone, func(l *domain.Letter) { l.Status = domain.LetterDelivered })
	require.NoError(t, all.Tracked(t.Context(), old.ID, w.now.Add(-2*time.Hour)))
	require.NoError(t, all.Tracked(t.Context(), fresh.ID, w.now.Add(-time.Hour)))
	for since, want := range map[time.Duration][]uuid.UUID{
		0: {old.ID, fresh.ID, never.ID}, -90 * time.Minute: {old.ID, never.ID}, -3 * time.Hour: {never.ID},
	} {
		ids, err := all.ToTrack(t.Context(), w.now.Add(since), 10)
		require.NoError(t, err)
		require.Equal(t, want, ids)
	}
	ids, err := all.ToTrack(t.Context(), w.now, 1)
	require.NoError(t, err)
	require.Equal(t, []uuid.UUID{old.ID}, ids)
	w.changed(t, old, func(l *domain.Letter) { l.Reminders = 1 })
	ids, err = all.ToTrack(t.Context(), w.now.Add(-90*time.Minute), 10)
	require.NoError(t, err)
	require.Len(t, ids, 2, "other changes leave it")
}

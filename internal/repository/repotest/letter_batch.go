package repotest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

func letterBatches(t *testing.T, w *world) {
	t.Helper()
	d := w.desk(t, "A-1")
	second, first := w.asked(t, time.Minute), w.asked(t, 0)
	waiting, err := w.letters().Waiting(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2, waiting)
	b := w.batch(t, d, 0)
	require.Equal(t, []int{1, 2}, []int{b.Number, b.Count})
	require.Equal(t, []uuid.UUID{first.ID, second.ID}, []uuid.UUID{b.Letters[0].ID, b.Letters[1].ID})
	require.Equal(t, b.ID, b.Letters[0].BatchID)
	w.asked(t, time.Hour)
	other := w.batch(t, d, time.Hour)
	require.Equal(t, []int{2, 1}, []int{other.Number, other.Count})

	got, err := w.letters().Batch(t.Context(), b.ID)
	require.NoError(t, err)
	b.Letters = nil
	require.Equal(t, b, got)
	jobs, err := w.letters().PrintJobs(t.Context(), b.ID)
	require.NoError(t, err)
	require.Len(t, jobs, 2)
	require.Equal(t, []string{"7K2MZ0Q9XW", "7K2MZ0Q9XW"}, []string{jobs[0].Code, jobs[1].Code})

	page, err := w.letters().Batches(t.Context(), d.Place.ID, domain.Page{Limit: 1})
	require.NoError(t, err)
	require.Equal(t, []int{2, 1}, []int{page[0].Number, page[0].Count})
	after := &domain.Position{CreatedAt: page[0].CreatedAt, ID: page[0].ID}
	page, err = w.letters().Batches(t.Context(), d.Place.ID, domain.Page{Limit: 9, After: after})
	require.NoError(t, err)
	require.Equal(t, []domain.LetterBatch{got}, page)
	page, err = w.letters().Batches(t.Context(), domain.NewID(), domain.Page{Limit: 9})
	require.NoError(t, err)
	require.Empty(t, page)
}

// Whoever takes letters at the same moment, each is taken once and each batch
// has a number of its own.
func letterBatchesAtOnce(t *testing.T, w *world) {
	t.Helper()
	d := w.desk(t, "A-1")
	const letters, desks = 30, 8
	for range letters {
		w.asked(t, 0)
	}
	var mu sync.Mutex
	taken, numbers := map[uuid.UUID]int{}, map[int]bool{}
	codes := atOnce(desks, func(int) error {
		b, err := w.letters().CreateBatch(t.Context(), newBatch(d, w.now), 10, nil)
		mu.Lock()
		defer mu.Unlock()
		for _, l := range b.Letters {
			taken[l.ID]++
		}
		numbers[b.Number] = true
		return err
	})
	require.Equal(t, map[apperr.Code]int{"": desks}, codes)
	require.Len(t, numbers, desks)
	require.Len(t, taken, letters)
	for _, times := range taken {
		require.Equal(t, 1, times)
	}
}

func letterBatchUndone(t *testing.T, w *world) {
	t.Helper()
	d, no := w.desk(t, "A-1"), errors.New("no")
	w.asked(t, 0)
	err := w.store.InTx(t.Context(), func(ctx context.Context) error {
		_, err := w.letters().CreateBatch(ctx, newBatch(d, w.now), 10, nil)
		require.NoError(t, err)
		return no
	})
	require.ErrorIs(t, err, no)
	b := w.batch(t, d, 0)
	require.Equal(t, []int{1, 1}, []int{b.Number, b.Count}, "neither letter nor number is lost")
}

func letterBatchChanges(t *testing.T, w *world) {
	t.Helper()
	d, no := w.desk(t, "A-1"), errors.New("no")
	w.asked(t, 0)
	b := w.batch(t, d, 0)
	_, err := w.letters().UpdateBatch(t.Context(), b.ID, func(context.Context, *domain.LetterBatch) error { return no })
	require.ErrorIs(t, err, no)
	codes := atOnce(6, func(int) error {
		_, err := w.letters().UpdateBatch(t.Context(), b.ID, func(_ context.Context, b *domain.LetterBatch) error {
			return b.Print(w.now)
		})
		return err
	})
	require.Equal(t, map[apperr.Code]int{"": 1, apperr.InvalidTransition: 5}, codes)
	got, err := w.letters().Batch(t.Context(), b.ID)
	require.NoError(t, err)
	require.Equal(t, domain.LetterBatchPrinted, got.Status)
	require.Equal(t, w.now, got.PrintedAt)
}

func letterBatchMost(t *testing.T, w *world) {
	t.Helper()
	d := w.desk(t, "A-1")
	oldest := w.asked(t, -time.Hour)
	w.asked(t, 0)
	b, err := w.letters().CreateBatch(t.Context(), newBatch(d, w.now), 1, nil)
	require.NoError(t, err)
	require.Equal(t, oldest.ID, b.Letters[0].ID)
	require.Equal(t, 1, b.Count)
	waiting, err := w.letters().Waiting(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, waiting)
}

func letterBatchLeavesOut(t *testing.T, w *world) {
	t.Helper()
	d := w.desk(t, "A-1")
	for _, status := range domain.LetterStatuses() {
		w.changed(t, w.asked(t, 0), func(l *domain.Letter) { l.Status = status })
	}
	b := w.batch(t, d, 0)
	require.Equal(t, 1, b.Count)
	w.changed(t, b.Letters[0], func(l *domain.Letter) { l.Status = domain.LetterCancelled })
	jobs, err := w.letters().PrintJobs(t.Context(), b.ID)
	require.NoError(t, err)
	require.Empty(t, jobs)
	require.Zero(t, w.batch(t, d, 0).Count)
}

// Who makes a batch leaves letters to others, who find them where they were.
func letterBatchExcept(t *testing.T, w *world) {
	t.Helper()
	d := w.desk(t, "A-1")
	first, second, third := w.asked(t, 0), w.asked(t, time.Minute), w.asked(t, time.Hour)
	b, err := w.letters().CreateBatch(t.Context(), newBatch(d, w.now), 1, []uuid.UUID{first.AccountID, third.AccountID})
	require.NoError(t, err)
	require.Equal(t, 1, b.Count)
	require.Equal(t, second.ID, b.Letters[0].ID)
	b, err = w.letters().CreateBatch(t.Context(), newBatch(d, w.now), 9, []uuid.UUID{first.AccountID, third.AccountID})
	require.NoError(t, err)
	require.Zero(t, b.Count)
	b, err = w.letters().CreateBatch(t.Context(), newBatch(d, w.now), 9, []uuid.UUID{second.AccountID})
	require.NoError(t, err)
	require.Equal(t, []uuid.UUID{first.ID, third.ID}, []uuid.UUID{b.Letters[0].ID, b.Letters[1].ID})
}

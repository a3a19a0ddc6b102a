package repository

import (
	"context"
	"database/sql"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

type letterBatchRow struct {
	ID         uuid.UUID
	Number     int
	PlaceID    uuid.UUID
	OperatorID uuid.UUID
	Status     domain.LetterBatchStatus
	CreatedAt  time.Time
	PrintedAt  sql.NullTime
}

// TableName implements GORM's Tabler.
func (letterBatchRow) TableName() string { return "letter_batches" }

// CreateBatch adds a batch under the next free number and puts the oldest
// requested letters into it that are in none, as many as most at most, but for
// those of some accounts. No letter ever gets into two batches, whatever runs at
// once. The batch comes back with its number and its letters; without any, the
// caller has to undo it.
func (r *Letters) CreateBatch(
	ctx context.Context, b domain.LetterBatch, most int, except []uuid.UUID,
) (domain.LetterBatch, error) {
	err := r.store.InTx(ctx, func(ctx context.Context) (err error) {
		if b.Number, err = r.number(ctx, b); err != nil {
			return err
		}
		ids, err := r.oldest(ctx, most, except)
		if err != nil {
			return err
		}
		taken := r.store.db(ctx).Model(&letterRow{}).Where("id IN ?", ids).Update("batch_id", b.ID)
		if taken.Error != nil {
			return translate(ctx, taken.Error)
		}
		b.Count = len(ids)
		b.Letters, err = r.LettersOf(ctx, b.ID)
		return err
	})
	return b, err
}

// oldest locks the letters that have waited longest for a batch. Those that
// somebody else holds just now are left for the next one. (As a part of the
// UPDATE, PostgreSQL would be free to evaluate the limit again and again.)
func (r *Letters) oldest(ctx context.Context, most int, except []uuid.UUID) ([]uuid.UUID, error) {
	var ids []uuid.UUID
	waiting := r.store.db(ctx).Model(&letterRow{}).
		Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate, Options: clause.LockingOptionsSkipLocked}).
		Where("status = ? AND batch_id IS NULL", domain.LetterRequested)
	if len(except) > 0 {
		waiting = waiting.Where("account_id NOT IN ?", except)
	}
	err := waiting.Order("requested_at, id").Limit(most).Pluck("id", &ids).Error
	return ids, translate(ctx, err)
}

// number stores a batch under the next free number. Whoever is about to take the
// same number waits for the other, and then finds it taken.
func (r *Letters) number(ctx context.Context, b domain.LetterBatch) (int, error) {
	for {
		var last int
		err := r.store.db(ctx).Model(&letterBatchRow{}).Select("COALESCE(MAX(number), 0)").Scan(&last).Error
		if err != nil {
			return 0, translate(ctx, err)
		}
		b.Number = last + 1
		row := batchToRow(b)
		added := r.store.db(ctx).
			Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "number"}}, DoNothing: true}).Create(&row)
		if added.Error != nil || added.RowsAffected == 1 {
			return b.Number, translate(ctx, added.Error)
		}
	}
}

// Batch finds a batch, without its letters.
func (r *Letters) Batch(ctx context.Context, id uuid.UUID) (domain.LetterBatch, error) {
	return r.batch(ctx, r.store.db(ctx))(id)
}

// UpdateBatch changes a batch and its handover in a transaction, with the batch's row
// locked. An error of
// fn changes nothing and is returned as it is.
func (r *Letters) UpdateBatch(
	ctx context.Context, id uuid.UUID, fn func(context.Context, *domain.LetterBatch) error,
) (b domain.LetterBatch, err error) {
	err = r.store.InTx(ctx, func(ctx context.Context) error {
		b, err = r.batch(ctx, r.store.db(ctx).Clauses(forUpdate()))(id)
		if err != nil {
			return err
		}
		if err := fn(ctx, &b); err != nil {
			return err
		}
		row := batchToRow(b)
		if err := write(ctx, r.store.db(ctx).Where("id = ?", id), &row); err != nil {
			return err
		}
		return r.saveHandover(ctx, b.Handover)
	})
	return b, err
}

func (r *Letters) batch(ctx context.Context, query *gorm.DB) func(uuid.UUID) (domain.LetterBatch, error) {
	return func(id uuid.UUID) (domain.LetterBatch, error) {
		var row letterBatchRow
		if err := query.Where("id = ?", id).Take(&row).Error; err != nil {
			return domain.LetterBatch{}, translate(ctx, err)
		}
		all, err := r.counted(ctx, []letterBatchRow{row})
		if err != nil {
			return domain.LetterBatch{}, err
		}
		return all[0], nil
	}
}

// LettersOf lists the letters of a batch in the order of their requests.
func (r *Letters) LettersOf(ctx context.Context, batch uuid.UUID) ([]domain.Letter, error) {
	return r.list(ctx, r.store.db(ctx).Where("batch_id = ?", batch).Order("requested_at, id"))
}

// Batches is a page of the batches of a place, newest first, without their
// letters.
func (r *Letters) Batches(ctx context.Context, place uuid.UUID, p domain.Page) ([]domain.LetterBatch, error) {
	query := r.store.db(ctx).Where("place_id = ?", place)
	if p.After != nil {
		query = query.Where("created_at < ? OR created_at = ? AND id < ?", p.After.CreatedAt, p.After.CreatedAt, p.After.ID)
	}
	var rows []letterBatchRow
	if err := query.Order("created_at DESC, id DESC").Limit(p.Limit).Find(&rows).Error; err != nil {
		return nil, translate(ctx, err)
	}
	return r.counted(ctx, rows)
}

// counted makes batches of rows, with how many letters are in each and how it is
// handed over.
func (r *Letters) counted(ctx context.Context, rows []letterBatchRow) ([]domain.LetterBatch, error) {
	ids := make([]uuid.UUID, 0, len(rows))
	for _, row := range rows {
		ids = append(ids, row.ID)
	}
	var counts []struct {
		BatchID uuid.UUID
		Letters int
	}
	err := r.store.db(ctx).Model(&letterRow{}).Select("batch_id, count(*) AS letters").
		Where("batch_id IN ?", ids).Group("batch_id").Find(&counts).Error
	if err != nil {
		return nil, translate(ctx, err)
	}
	handovers, err := r.handovers(ctx, ids)
	if err != nil {
		return nil, err
	}
	letters := map[uuid.UUID]int{}
	for _, c := range counts {
		letters[c.BatchID] = c.Letters
	}
	all := make([]domain.LetterBatch, 0, len(rows))
	for _, row := range rows {
		b := domain.LetterBatch{
			ID: row.ID, Number: row.Number, PlaceID: row.PlaceID, OperatorID: row.OperatorID, Status: row.Status,
			CreatedAt: row.CreatedAt, PrintedAt: row.PrintedAt.Time, Count: letters[row.ID],
			Handover: handovers[row.ID],
		}
		all = append(all, b)
	}
	return all, nil
}

func batchToRow(b domain.LetterBatch) letterBatchRow {
	return letterBatchRow{
		ID: b.ID, Number: b.Number, PlaceID: b.PlaceID, OperatorID: b.OperatorID, Status: b.Status,
		CreatedAt: b.CreatedAt, PrintedAt: nullTime(b.PrintedAt),
	}
}

// Waiting is how many letters are to be printed and in no batch.
func (r *Letters) Waiting(ctx context.Context) (int, error) {
	var n int64
	err := r.store.db(ctx).Model(&letterRow{}).
		Where("status = ? AND batch_id IS NULL", domain.LetterRequested).Count(&n).Error
	return int(n), translate(ctx, err)
}

// List is a page of the letters of a place, those asked for last first.
func (r *Letters) List(ctx context.Context, q domain.LetterQuery) ([]domain.Letter, error) {
	query := r.store.db(ctx).
		Where("batch_id IN (?)", r.store.db(ctx).Model(&letterBatchRow{}).Select("id").Where("place_id = ?", q.PlaceID))
	if q.Status != "" {
		query = query.Where("status = ?", q.Status)
	}
	if !q.NotPostedBefore.IsZero() {
		query = query.Where("status IN (?, ?) AND due_on < ?", domain.LetterRequested, domain.LetterPrinted, q.NotPostedBefore.ISO())
	}
	if after := q.Page.After; after != nil {
		query = query.Where("requested_at < ? OR requested_at = ? AND id < ?", after.CreatedAt, after.CreatedAt, after.ID)
	}
	return r.list(ctx, query.Order("requested_at DESC, id DESC").Limit(q.Page.Limit))
}

// Taken lists those of the track numbers that letters have already.
func (r *Letters) Taken(ctx context.Context, tracks []ident.PostalItemID) ([]ident.PostalItemID, error) {
	digits := make([]string, 0, len(tracks))
	for _, track := range tracks {
		digits = append(digits, track.Digits())
	}
	var found []string
	err := r.store.db(ctx).Model(&letterRow{}).Where("track IN ?", digits).Pluck("track", &found).Error
	if err != nil {
		return nil, translate(ctx, err)
	}
	taken := make([]ident.PostalItemID, 0, len(found))
	for _, text := range found {
		track, err := ident.ParsePostalItemID(text)
		if err != nil {
			return nil, err
		}
		taken = append(taken, track)
	}
	return taken, nil
}

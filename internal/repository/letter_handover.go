package repository

import (
	"context"
	"database/sql"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// handoverAttempts is how many attempts of a batch are shown.
const handoverAttempts = 50

type letterHandoverRow struct {
	BatchID     uuid.UUID `gorm:"primaryKey"`
	Run         int
	Status      domain.HandoverStatus
	OperatorID  uuid.UUID
	RequestedAt time.Time
	BundledAt   sql.NullTime
	SettledAt   sql.NullTime
	Failures    int
}

// TableName implements GORM's Tabler.
func (letterHandoverRow) TableName() string { return "letter_handovers" }

type handoverAttemptRow struct {
	ID      uuid.UUID
	BatchID uuid.UUID
	Run     int
	At      time.Time
	Step    domain.HandoverStep
	Done    bool
	Reason  string
}

// TableName implements GORM's Tabler.
func (handoverAttemptRow) TableName() string { return "letter_handover_attempts" }

type postOrderRow struct {
	LetterID  uuid.UUID `gorm:"primaryKey"`
	Stage     domain.OrderStage
	OrderID   int64
	PostBatch string
	Track     sql.NullString
}

// TableName implements GORM's Tabler.
func (postOrderRow) TableName() string { return "letter_orders" }

// handovers are those of batches, by the batch.
func (r *Letters) handovers(ctx context.Context, batches []uuid.UUID) (map[uuid.UUID]*domain.LetterHandover, error) {
	var rows []letterHandoverRow
	if err := r.store.db(ctx).Where("batch_id IN ?", batches).Find(&rows).Error; err != nil {
		return nil, translate(ctx, err)
	}
	all := make(map[uuid.UUID]*domain.LetterHandover, len(rows))
	for _, row := range rows {
		all[row.BatchID] = &domain.LetterHandover{
			BatchID: row.BatchID, Run: row.Run, Status: row.Status, OperatorID: row.OperatorID,
			RequestedAt: row.RequestedAt, BundledAt: row.BundledAt.Time, SettledAt: row.SettledAt.Time, Failures: row.Failures,
		}
	}
	return all, nil
}

// saveHandover writes the handover of a batch, if it has one. The batch is locked.
func (r *Letters) saveHandover(ctx context.Context, h *domain.LetterHandover) error {
	if h == nil {
		return nil
	}
	row := letterHandoverRow{
		BatchID: h.BatchID, Run: h.Run, Status: h.Status, OperatorID: h.OperatorID, RequestedAt: h.RequestedAt,
		BundledAt: nullTime(h.BundledAt), SettledAt: nullTime(h.SettledAt), Failures: h.Failures,
	}
	replacing := clause.OnConflict{Columns: []clause.Column{{Name: "batch_id"}}, UpdateAll: true}
	return translate(ctx, r.store.db(ctx).Clauses(replacing).Create(&row).Error)
}

// StartCarrying adds the job that carries a batch, in the caller's transaction.
func (r *Letters) StartCarrying(ctx context.Context, j domain.CarryLetters) error {
	return r.store.insert(ctx, j, string(domain.QueueLetters))
}

// AddAttempt adds an attempt at a step of a handover.
func (r *Letters) AddAttempt(ctx context.Context, a domain.HandoverAttempt) error {
	row := handoverAttemptRow(a)
	return translate(ctx, r.store.db(ctx).Create(&row).Error)
}

// Attempts are the newest attempts at handing a batch over, the last one first.
func (r *Letters) Attempts(ctx context.Context, batch uuid.UUID) ([]domain.HandoverAttempt, error) {
	var rows []handoverAttemptRow
	err := r.store.db(ctx).Where("batch_id = ?", batch).Order("at DESC, id DESC").Limit(handoverAttempts).Find(&rows).Error
	if err != nil {
		return nil, translate(ctx, err)
	}
	all := make([]domain.HandoverAttempt, 0, len(rows))
	for _, row := range rows {
		all = append(all, domain.HandoverAttempt(row))
	}
	return all, nil
}

// Orders fills in how far the post has come with the orders of letters.
func (r *Letters) Orders(ctx context.Context, orders []domain.PostOrder) error {
	ids := make([]uuid.UUID, 0, len(orders))
	for _, o := range orders {
		ids = append(ids, o.Letter.ID)
	}
	var rows []postOrderRow
	if err := r.store.db(ctx).Where("letter_id IN ?", ids).Find(&rows).Error; err != nil {
		return translate(ctx, err)
	}
	known := make(map[uuid.UUID]postOrderRow, len(rows))
	for _, row := range rows {
		known[row.LetterID] = row
	}
	for i := range orders {
		row := known[orders[i].Letter.ID]
		orders[i].Stage, orders[i].ID, orders[i].Batch = row.Stage, row.OrderID, row.PostBatch
		if !row.Track.Valid {
			continue
		}
		track, err := ident.ParsePostalItemID(row.Track.String)
		if err != nil {
			return err
		}
		orders[i].Track = track
	}
	return nil
}

// SaveOrders keeps how far the post has come with orders.
func (r *Letters) SaveOrders(ctx context.Context, orders []domain.PostOrder) error {
	rows := make([]postOrderRow, 0, len(orders))
	for _, o := range orders {
		rows = append(rows, postOrderRow{
			LetterID: o.Letter.ID, Stage: o.Stage, OrderID: o.ID, PostBatch: o.Batch,
			Track: sql.NullString{String: o.Track.Digits(), Valid: !o.Track.IsZero()},
		})
	}
	if len(rows) == 0 {
		return nil
	}
	replacing := clause.OnConflict{Columns: []clause.Column{{Name: "letter_id"}}, UpdateAll: true}
	return translate(ctx, r.store.db(ctx).Clauses(replacing).Create(&rows).Error)
}

// ToTrack finds so many posted letters that the post was not asked about since a
// moment: those first that have waited longest, from their posting on.
func (r *Letters) ToTrack(ctx context.Context, since time.Time, most int) (ids []uuid.UUID, err error) {
	err = r.store.db(ctx).Model(&letterRow{}).Where("status = ?", domain.LetterPosted).
		Where("tracked_at IS NULL OR tracked_at <= ?", since).
		Order("coalesce(tracked_at, posted_at), id").Limit(most).Pluck("id", &ids).Error
	return ids, translate(ctx, err)
}

// Tracked notes that the post was asked about a letter.
func (r *Letters) Tracked(ctx context.Context, letter uuid.UUID, now time.Time) error {
	return translate(ctx, r.store.db(ctx).Model(&letterRow{}).Where("id = ?", letter).Update("tracked_at", now).Error)
}

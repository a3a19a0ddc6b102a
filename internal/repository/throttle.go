package repository

import (
	"context"
	"database/sql"
	"strconv"

	"gorm.io/gorm/clause"

	"example.org/kabinet/internal/domain"
)

// Throttles keeps the delays of sign-ins.
type Throttles struct{ store *Store }

// NewThrottles returns the throttles of a store.
func NewThrottles(s *Store) *Throttles { return &Throttles{s} }

type throttleRow struct {
	PairIndex    []byte `gorm:"primaryKey"`
	Failures     int
	LastAt       sql.NullTime
	BlockedUntil sql.NullTime
}

// TableName implements GORM's Tabler.
func (throttleRow) TableName() string { return "throttles" }

// Update changes the throttle of a login and a client's network address in a
// transaction, with its row locked; where there is none yet, fn gets an empty
// one. Neither login nor address is stored, only a keyed hash of both. An error
// of fn changes nothing and is returned as it is.
func (r *Throttles) Update(ctx context.Context, login, address string, fn func(*domain.Throttle) error) error {
	// The length keeps two pairs from having the same text.
	index, err := r.store.fields.Index(indexThrottle, strconv.Itoa(len(login))+":"+login+address)
	if err != nil {
		return err
	}
	return r.store.InTx(ctx, func(ctx context.Context) error {
		db := r.store.db(ctx)
		fresh := throttleRow{PairIndex: index}
		// A row that is there is written to, and so held: it might be destroyed
		// as a leftover before it is read.
		held := clause.OnConflict{
			Columns: []clause.Column{{Name: "pair_index"}}, DoUpdates: clause.AssignmentColumns([]string{"pair_index"}),
		}
		if err := db.Clauses(held).Create(&fresh).Error; err != nil {
			return translate(ctx, err)
		}
		var row throttleRow
		if err := db.Where("pair_index = ?", index).Take(&row).Error; err != nil {
			return translate(ctx, err)
		}
		t := domain.Throttle{Failures: row.Failures, LastAt: row.LastAt.Time, BlockedUntil: row.BlockedUntil.Time}
		if err := fn(&t); err != nil {
			return err
		}
		row = throttleRow{
			PairIndex:    index,
			Failures:     t.Failures,
			LastAt:       nullTime(t.LastAt),
			BlockedUntil: nullTime(t.BlockedUntil),
		}
		return write(ctx, db.Where("pair_index = ?", index), &row)
	})
}

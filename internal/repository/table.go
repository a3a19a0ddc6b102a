package repository

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// table is how one noun is stored: Row is the row, T is what it stands for.
type table[Row, T any] struct {
	store  *Store
	encode func(T) (Row, error)
	decode func(Row) (T, error)
}

func (t table[Row, T]) create(ctx context.Context, v T) error {
	row, err := t.encode(v)
	if err != nil {
		return err
	}
	return translate(ctx, t.store.db(ctx).Create(&row).Error)
}

// get is the row that a query leads to.
func (t table[Row, T]) get(ctx context.Context, query *gorm.DB) (v T, err error) {
	var row Row
	if err := query.Take(&row).Error; err != nil {
		return v, translate(ctx, err)
	}
	return t.decode(row)
}

func (t table[Row, T]) byID(ctx context.Context, id uuid.UUID) (T, error) {
	return t.get(ctx, t.store.db(ctx).Where("id = ?", id))
}

// list is all rows that a query leads to.
func (t table[Row, T]) list(ctx context.Context, query *gorm.DB) ([]T, error) {
	var rows []Row
	if err := query.Find(&rows).Error; err != nil {
		return nil, translate(ctx, err)
	}
	return decodeAll(rows, t.decode)
}

// decodeAll is what rows stand for.
func decodeAll[Row, T any](rows []Row, decode func(Row) (T, error)) ([]T, error) {
	all := make([]T, 0, len(rows))
	for _, row := range rows {
		v, err := decode(row)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

// update loads a row, locks it, lets fn change what it stands for and writes it
// back, all in one transaction. An error of fn changes nothing and is returned
// as it is.
func (t table[Row, T]) update(ctx context.Context, id uuid.UUID, fn func(*T) error) (v T, err error) {
	err = t.store.InTx(ctx, func(ctx context.Context) error {
		v, err = t.get(ctx, t.store.db(ctx).Clauses(forUpdate()).Where("id = ?", id))
		if err != nil {
			return err
		}
		if err := fn(&v); err != nil {
			return err
		}
		row, err := t.encode(v)
		if err != nil {
			return err
		}
		return write(ctx, t.store.db(ctx).Where("id = ?", id), &row)
	})
	return v, err
}

// forUpdate locks what is selected until the transaction ends. SQLite, which
// has one lock for all and takes it at the beginning, leaves it out.
func forUpdate() clause.Locking { return clause.Locking{Strength: clause.LockingStrengthUpdate} }

// write replaces all columns, zero values included, of the one row that a query
// leads to. Unlike Save it never inserts.
func write(ctx context.Context, query *gorm.DB, row any) error {
	result := query.Model(row).Select("*").Updates(row)
	if result.Error != nil {
		return translate(ctx, result.Error)
	}
	if result.RowsAffected != 1 {
		return errors.New("repository: the row to write is gone")
	}
	return nil
}

package repository

import (
	"context"
	"database/sql"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"example.org/kabinet/internal/domain"
)

// Alarms keeps what operators have to look at.
type Alarms struct {
	table[alarmRow, domain.Alarm]
}

// NewAlarms returns the alarms of a store.
func NewAlarms(s *Store) *Alarms {
	return &Alarms{table[alarmRow, domain.Alarm]{s, alarmToRow, alarmFromRow}}
}

type alarmRow struct {
	ID        uuid.UUID
	Kind      domain.AlarmKind
	SubjectID uuid.UUID
	AccountID uuid.NullUUID
	RaisedAt  time.Time
	SettledAt sql.NullTime
	SettledBy uuid.NullUUID
}

// TableName implements GORM's Tabler.
func (alarmRow) TableName() string { return "alarms" }

// Raise adds an alarm, in the caller's transaction; one of the same kind and
// subject is there already.
func (r *Alarms) Raise(ctx context.Context, a domain.Alarm) error {
	row, err := r.encode(a)
	if err != nil {
		return err
	}
	return translate(ctx, r.store.db(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error)
}

// Update changes an alarm in a transaction, with its row locked. An error of fn
// changes nothing and is returned as it is.
func (r *Alarms) Update(ctx context.Context, id uuid.UUID, fn func(*domain.Alarm) error) (domain.Alarm, error) {
	return r.update(ctx, id, fn)
}

// List is a page of alarms, newest first.
func (r *Alarms) List(ctx context.Context, f domain.AlarmFilter) ([]domain.Alarm, error) {
	query := r.store.db(ctx).Order("raised_at DESC, id DESC").Limit(f.Page.Limit)
	if f.Kind != "" {
		query = query.Where("kind = ?", f.Kind)
	}
	if f.Settled != nil {
		query = query.Where("(settled_at IS NOT NULL) = ?", *f.Settled)
	}
	if f.Page.After != nil {
		query = query.Where("(raised_at, id) < (?, ?)", f.Page.After.CreatedAt, f.Page.After.ID)
	}
	return r.list(ctx, query)
}

func alarmToRow(a domain.Alarm) (alarmRow, error) {
	return alarmRow{
		ID:        a.ID,
		Kind:      a.Kind,
		SubjectID: a.SubjectID,
		AccountID: nullID(a.AccountID),
		RaisedAt:  a.RaisedAt,
		SettledAt: nullTime(a.SettledAt),
		SettledBy: nullID(a.SettledBy),
	}, nil
}

func alarmFromRow(row alarmRow) (domain.Alarm, error) {
	return domain.Alarm{
		ID:        row.ID,
		Kind:      row.Kind,
		SubjectID: row.SubjectID,
		AccountID: row.AccountID.UUID,
		RaisedAt:  row.RaisedAt,
		SettledAt: row.SettledAt.Time,
		SettledBy: row.SettledBy.UUID,
	}, nil
}

// nullID is NULL for no id.
func nullID(id uuid.UUID) uuid.NullUUID { return uuid.NullUUID{UUID: id, Valid: id != uuid.Nil} }

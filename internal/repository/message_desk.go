package repository

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"example.org/kabinet/internal/domain"
)

// List is a page of messages in trouble, newest first.
func (r *Messages) List(ctx context.Context, f domain.MessageFilter) ([]domain.Message, error) {
	query := r.store.db(ctx).Order("created_at DESC, id DESC").Limit(f.Page.Limit)
	stuck := r.store.db(ctx).Where("status = ? AND created_at <= ?", domain.MessageQueued, f.StuckBefore)
	switch f.Trouble {
	case domain.TroubleFailed:
		query = query.Where("status = ?", domain.MessageFailed)
	case domain.TroubleStuck:
		query = query.Where(stuck)
	default:
		query = query.Where(stuck.Or("status = ?", domain.MessageFailed))
	}
	if f.Channel != "" {
		query = query.Where("channel = ?", f.Channel)
	}
	if f.Page.After != nil {
		query = query.Where("(created_at, id) < (?, ?)", f.Page.After.CreatedAt, f.Page.After.ID)
	}
	return r.list(ctx, query)
}

// Forget erases the content of messages that failed and cannot be sent again: those
// whose time is over, and those that failed at a moment or before. It does so many
// at most, and returns how many those were.
func (r *Messages) Forget(ctx context.Context, now, failedBefore time.Time, most int) (int, error) {
	var ids []uuid.UUID
	err := r.store.db(ctx).Model(&messageRow{}).
		Where("status = ? AND payload_enc IS NOT NULL", domain.MessageFailed).
		Where(r.store.db(ctx).Where("expires_at <= ?", now).Or("changed_at <= ?", failedBefore)).
		Limit(most).Pluck("id", &ids).Error
	if err != nil || len(ids) == 0 {
		return 0, translate(ctx, err)
	}
	result := r.store.db(ctx).Model(&messageRow{}).
		// One that is being sent again meanwhile needs its content.
		Where("id IN ? AND status = ?", ids, domain.MessageFailed).
		Update("payload_enc", gorm.Expr("NULL"))
	return int(result.RowsAffected), translate(ctx, result.Error)
}

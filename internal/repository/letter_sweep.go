package repository

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// sweepPage is how many letters are found at once.
const sweepPage = 200

// Late finds letters that were to be posted before a day, are not, and have no
// alarm yet: a page of those whose ids come after one.
func (r *Letters) Late(ctx context.Context, before ident.Date, after uuid.UUID) ([]uuid.UUID, error) {
	alarms := r.store.db(ctx).Model(&alarmRow{}).Select("1").
		Where("kind = ? AND subject_id = letters.id", domain.AlarmLetterNotPosted)
	return r.ids(ctx, after, func(q *gorm.DB) *gorm.DB {
		return q.Where("status IN (?, ?)", domain.LetterRequested, domain.LetterPrinted).
			Where("due_on < ?", before.ISO()).Where("NOT EXISTS (?)", alarms)
	})
}

// Ended finds letters whose code may be typed in no more and which do not know
// it yet.
func (r *Letters) Ended(ctx context.Context, now time.Time, after uuid.UUID) ([]uuid.UUID, error) {
	return r.ids(ctx, after, func(q *gorm.DB) *gorm.DB {
		return q.Where("status IN (?, ?)", domain.LetterPosted, domain.LetterDelivered).Where("expires_at <= ?", now)
	})
}

// ToRemind finds letters of which a citizen is to be reminded.
func (r *Letters) ToRemind(ctx context.Context, now time.Time, after uuid.UUID) ([]uuid.UUID, error) {
	due := r.store.db(ctx)
	for i, before := range domain.LetterReminders() {
		due = due.Or("reminders <= ? AND expires_at <= ?", i, now.Add(before))
	}
	return r.ids(ctx, after, func(q *gorm.DB) *gorm.DB {
		return q.Where("status IN (?, ?)", domain.LetterPosted, domain.LetterDelivered).
			Where("purpose = ? AND expires_at > ?", domain.LetterIdentity, now).Where(due)
	})
}

func (r *Letters) ids(ctx context.Context, after uuid.UUID, which func(*gorm.DB) *gorm.DB) ([]uuid.UUID, error) {
	var ids []uuid.UUID
	err := which(r.store.db(ctx).Model(&letterRow{})).Where("id > ?", after).
		Order("id").Limit(sweepPage).Pluck("id", &ids).Error
	return ids, translate(ctx, err)
}

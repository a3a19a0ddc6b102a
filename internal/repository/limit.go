package repository

import (
	"context"
	"time"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// Limits counts against rate limits.
type Limits struct{ store *Store }

// NewLimits returns the rate limits of a store.
func NewLimits(s *Store) *Limits { return &Limits{s} }

type limitRow struct {
	Events    int
	ExpiresAt time.Time
}

// takeSQL counts one event in one statement: it begins a window, or adds to the
// running one if that has room. Without room it returns no row. (The index must
// not follow a parenthesis: GORM would take its bytes apart.)
const takeSQL = `INSERT INTO rate_limits AS kept (name, subject_index, events, expires_at)
VALUES (@name, @index, 1, @until)
ON CONFLICT (subject_index) DO UPDATE SET
	events     = CASE WHEN kept.expires_at <= @now THEN 1 ELSE kept.events + 1 END,
	expires_at = CASE WHEN kept.expires_at <= @now THEN excluded.expires_at ELSE kept.expires_at END
WHERE kept.expires_at <= @now OR kept.events < @most
RETURNING events, expires_at`

// Take counts one event of a subject, which is stored only as a keyed hash. The
// window is fixed and begins with its first event. Over the limit nothing is
// counted and the error is [apperr.RateLimited] with the end of the window and
// the quota.
func (r *Limits) Take(ctx context.Context, l domain.Limit, subject string, now time.Time) (apperr.Quota, error) {
	index, err := r.store.fields.Index(indexLimit+":"+l.Name, subject)
	if err != nil {
		return apperr.Quota{}, err
	}
	var rows []limitRow
	err = r.store.db(ctx).Raw(takeSQL, map[string]any{
		"index": index, "name": l.Name, "until": now.Add(l.Window), "now": now, "most": l.Max,
	}).Scan(&rows).Error
	if err != nil {
		return apperr.Quota{}, translate(ctx, err)
	}
	if len(rows) == 1 {
		return quota(l, rows[0], now), nil
	}
	var full limitRow
	err = r.store.db(ctx).Table("rate_limits").Where("subject_index = ?", index).Take(&full).Error
	if err != nil {
		return apperr.Quota{}, translate(ctx, err)
	}
	q := quota(l, full, now)
	return q, &apperr.Error{Code: apperr.RateLimited, RetryAt: full.ExpiresAt, Quota: &q}
}

// Peek is the state of a limit, of which nothing is counted.
func (r *Limits) Peek(ctx context.Context, l domain.Limit, subject string, now time.Time) (apperr.Quota, error) {
	index, err := r.store.fields.Index(indexLimit+":"+l.Name, subject)
	if err != nil {
		return apperr.Quota{}, err
	}
	var rows []limitRow
	err = r.store.db(ctx).Table("rate_limits").Where("subject_index = ? AND expires_at > ?", index, now).Find(&rows).Error
	if err != nil {
		return apperr.Quota{}, translate(ctx, err)
	}
	if len(rows) == 0 {
		return quota(l, limitRow{ExpiresAt: now.Add(l.Window)}, now), nil
	}
	return quota(l, rows[0], now), nil
}

func quota(l domain.Limit, row limitRow, now time.Time) apperr.Quota {
	return apperr.Quota{
		Name:      l.Name,
		Limit:     l.Max,
		Window:    l.Window,
		Remaining: max(l.Max-row.Events, 0),
		Reset:     row.ExpiresAt.Sub(now),
	}
}

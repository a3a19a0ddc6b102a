package repository

import (
	"context"
	"time"

	"example.org/kabinet/internal/apperr"
)

// SandboxClocks keeps how far the clock of a sandbox was moved, for all
// processes over the database.
type SandboxClocks struct{ store *Store }

// NewSandboxClocks returns the clock of a store.
func NewSandboxClocks(s *Store) *SandboxClocks { return &SandboxClocks{s} }

// advanceSQL adds in one statement, so that moves at once add up. Beyond the
// bound it returns no row.
const advanceSQL = `INSERT INTO sandbox_clock AS kept (id, advanced_by)
SELECT 1, CAST(@by AS bigint) WHERE CAST(@by AS bigint) <= CAST(@most AS bigint)
ON CONFLICT (id) DO UPDATE SET advanced_by = kept.advanced_by + excluded.advanced_by
WHERE kept.advanced_by + excluded.advanced_by <= @most
RETURNING advanced_by`

// AdvancedBy is how far the clock was moved in all.
func (r *SandboxClocks) AdvancedBy(ctx context.Context) (time.Duration, error) {
	return r.read(ctx, "SELECT advanced_by FROM sandbox_clock")
}

// Advance moves the clock by at least a microsecond, and returns how far that
// makes in all. Where it would be more than most, nothing is moved and the
// error is [apperr.DurationInvalid].
func (r *SandboxClocks) Advance(ctx context.Context, by, most time.Duration) (time.Duration, error) {
	moved, err := r.read(ctx, advanceSQL, map[string]any{"by": by.Microseconds(), "most": most.Microseconds()})
	if err == nil && moved == 0 {
		return 0, apperr.New(apperr.DurationInvalid)
	}
	return moved, err
}

// read is the number that a query answers, zero for no row.
func (r *SandboxClocks) read(ctx context.Context, query string, values ...any) (time.Duration, error) {
	var microseconds int64
	err := r.store.db(ctx).Raw(query, values...).Scan(&microseconds).Error
	return time.Duration(microseconds) * time.Microsecond, translate(ctx, err)
}

package repository

import (
	"context"

	"github.com/google/uuid"

	"example.org/kabinet/internal/domain"
)

// Reviews is a page of the cases that wait for a supervisor, oldest first.
func (r *Verifications) Reviews(ctx context.Context, p domain.Page) ([]domain.VerificationCase, error) {
	query := r.store.db(ctx).Model(&verificationRow{}).
		Where("status IN ?", domain.Reviewed()).Order("created_at, id").Limit(p.Limit)
	if p.After != nil {
		query = query.Where("(created_at, id) > (?, ?)", p.After.CreatedAt, p.After.ID)
	}
	var ids []uuid.UUID
	if err := query.Pluck("id", &ids).Error; err != nil {
		return nil, translate(ctx, err)
	}
	cases := make([]domain.VerificationCase, 0, len(ids))
	for _, id := range ids {
		c, err := r.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		cases = append(cases, c)
	}
	return cases, nil
}

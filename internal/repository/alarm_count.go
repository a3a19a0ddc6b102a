package repository

import (
	"context"

	"example.org/kabinet/internal/domain"
)

// Open counts the alarms that nobody has looked into, by their kinds.
func (r *Alarms) Open(ctx context.Context) (map[domain.AlarmKind]int, error) {
	var counts []struct {
		Kind   domain.AlarmKind
		Alarms int
	}
	err := r.store.db(ctx).Model(&alarmRow{}).Select("kind, count(*) AS alarms").
		Where("settled_at IS NULL").Group("kind").Find(&counts).Error
	if err != nil {
		return nil, translate(ctx, err)
	}
	open := map[domain.AlarmKind]int{}
	for _, c := range counts {
		open[c.Kind] = c.Alarms
	}
	return open, nil
}

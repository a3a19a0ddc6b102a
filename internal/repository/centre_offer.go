package repository

import (
	"context"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

type offerRow struct {
	Region     string
	RegionName string
	Method     domain.CentreMethod
	OfferedOn  string
}

// TableName implements GORM's Tabler.
func (offerRow) TableName() string { return "service_centre_offers" }

// Offers lists, by region, which ways the places of the last list offer, and
// the first day of each.
func (r *Centres) Offers(ctx context.Context) ([]domain.RegionOffer, error) {
	var rows []offerRow
	if err := r.store.db(ctx).Order("region, method DESC").Find(&rows).Error; err != nil {
		return nil, translate(ctx, err)
	}
	all := make([]domain.RegionOffer, 0, len(rows))
	for _, row := range rows {
		from, err := ident.ParseDate(row.OfferedOn)
		if err != nil {
			return nil, err
		}
		all = append(all, domain.RegionOffer{Region: row.Region, Name: row.RegionName, Method: row.Method, From: from})
	}
	return all, nil
}

// putOffers replaces the offers by those of a new list.
func (r *Centres) putOffers(ctx context.Context, list []domain.ServiceCentre) error {
	if err := r.store.db(ctx).Where("1 = 1").Delete(&offerRow{}).Error; err != nil {
		return translate(ctx, err)
	}
	var rows []offerRow
	for _, o := range domain.RegionOffers(list) {
		rows = append(rows, offerRow{o.Region, o.Name, o.Method, o.From.ISO()})
	}
	if len(rows) == 0 {
		return nil
	}
	return translate(ctx, r.store.db(ctx).Create(&rows).Error)
}

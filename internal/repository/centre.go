package repository

import (
	"context"
	"time"

	"github.com/golang/geo/s2"
	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// Centres keeps service centres.
type Centres struct {
	table[centreRow, domain.ServiceCentre]
	zones domain.Zones
}

// NewCentres returns the service centres of a store.
func NewCentres(s *Store) *Centres {
	r := &Centres{}
	r.table = table[centreRow, domain.ServiceCentre]{s, newCentreRow, r.centre}
	return r
}

type centreRow struct {
	ID         uuid.UUID
	Code       string
	Kind       domain.CentreKind
	Region     string
	RegionKey  string
	Name       string
	NameKey    string
	SearchText string
	Cell       int64
	Lat        float64
	Lon        float64
	TimeZone   string
	Details    string
	OfficeCode *string
	Synthetic  bool
	ListID     uuid.UUID
	RemovedAt  *time.Time
}

// TableName implements GORM's Tabler.
func (centreRow) TableName() string { return "service_centres" }

// replaced are the columns that a new list overwrites: all but the id and the
// code by which it is found.
func replaced() []string {
	return []string{
		"kind", "region", "region_key", "name", "name_key", "search_text", "cell", "lat", "lon",
		"time_zone", "details", "office_code", "synthetic", "list_id", "removed_at",
	}
}

// centreBatch is how many rows one statement inserts: with their columns they
// have to stay below the 32766 parameters of SQLite.
const centreBatch = 500

// Get finds a service centre that is on the last list.
func (r *Centres) Get(ctx context.Context, id uuid.UUID) (domain.ServiceCentre, error) {
	return r.get(ctx, r.listed(ctx).Where("id = ?", id))
}

// FindByCode finds a service centre that is on the last list by its code there.
func (r *Centres) FindByCode(ctx context.Context, code string) (domain.ServiceCentre, error) {
	return r.get(ctx, r.listed(ctx).Where("code = ?", code))
}

// FindByOffice finds the service centre on the last list that is an office of the
// fund by the office's code.
func (r *Centres) FindByOffice(ctx context.Context, office ident.OfficeCode) (domain.ServiceCentre, error) {
	return r.get(ctx, r.listed(ctx).Where("office_code = ?", office.Digits()))
}

// listed is the centres on the last list.
func (r *Centres) listed(ctx context.Context) *gorm.DB {
	return r.store.db(ctx).Model(&centreRow{}).Where("removed_at IS NULL")
}

// Replace makes the given list the list of all service centres, in one
// transaction: until it is committed everybody sees the list before. Centres
// whose code is known keep their id.
func (r *Centres) Replace(
	ctx context.Context, list domain.CentreReplacement, now time.Time,
) (changes domain.CentreChanges, err error) {
	err = r.store.InTx(ctx, func(ctx context.Context) error {
		if err := r.lock(ctx); err != nil {
			return err
		}
		changes, err = r.replace(ctx, list, now)
		return err
	})
	return changes, err
}

// Seed makes a list the list of all service centres if there never was one.
func (r *Centres) Seed(ctx context.Context, list domain.CentreReplacement, now time.Time) error {
	known, err := r.known(ctx)
	if known || err != nil {
		return err
	}
	return r.store.InTx(ctx, func(ctx context.Context) error {
		if err := r.lock(ctx); err != nil {
			return err
		}
		// Another process may have been quicker.
		known, err := r.known(ctx)
		if known || err != nil {
			return err
		}
		_, err = r.replace(ctx, list, now)
		return err
	})
}

// known tells whether there ever was a list.
func (r *Centres) known(ctx context.Context) (bool, error) {
	var ids []uuid.UUID
	err := r.store.db(ctx).Model(&centreRow{}).Limit(1).Pluck("id", &ids).Error
	return len(ids) > 0, translate(ctx, err)
}

// lock lets one list in at a time and readers go on. SQLite has taken its one
// lock when the transaction began.
func (r *Centres) lock(ctx context.Context) error {
	if r.store.pool == nil {
		return nil
	}
	return translate(ctx, r.store.db(ctx).Exec("LOCK TABLE service_centres IN SHARE ROW EXCLUSIVE MODE").Error)
}

func (r *Centres) replace(
	ctx context.Context, list domain.CentreReplacement, now time.Time,
) (changes domain.CentreChanges, err error) {
	listID := domain.NewID()
	changes.ListID = listID
	if err := r.freeOffices(ctx); err != nil {
		return changes, err
	}
	for start := 0; start < len(list.Centres); start += centreBatch {
		part := list.Centres[start:min(start+centreBatch, len(list.Centres))]
		if err := r.upsert(ctx, part, listID); err != nil {
			return changes, err
		}
		changes.Stored += len(part)
		if list.Progress != nil {
			list.Progress(changes.Stored)
		}
	}
	gone := r.listed(ctx).Where("list_id <> ?", listID).Update("removed_at", now)
	if gone.Error != nil {
		return changes, translate(ctx, gone.Error)
	}
	changes.Removed = int(gone.RowsAffected)
	if err := r.putOffers(ctx, list.Centres); err != nil {
		return changes, err
	}
	// The planner must know the new list from its first reader on.
	return changes, translate(ctx, r.store.db(ctx).Exec("ANALYZE service_centres").Error)
}

// freeOffices takes the codes of offices away from all places: on the new list
// another one may have them.
func (r *Centres) freeOffices(ctx context.Context) error {
	coded := r.store.db(ctx).Model(&centreRow{}).Where("office_code IS NOT NULL")
	return translate(ctx, coded.Update("office_code", nil).Error)
}

func (r *Centres) upsert(ctx context.Context, part []domain.ServiceCentre, listID uuid.UUID) error {
	rows := make([]centreRow, 0, len(part))
	for _, c := range part {
		row, err := r.encode(c)
		if err != nil {
			return err
		}
		row.ListID = listID
		rows = append(rows, row)
	}
	known := clause.OnConflict{
		Columns:   []clause.Column{{Name: "code"}},
		DoUpdates: clause.AssignmentColumns(replaced()),
	}
	return translate(ctx, r.store.db(ctx).Clauses(known).Create(&rows).Error)
}

// cellOf is the leaf cell of a place as the database orders it. No range that
// is asked for crosses from one face of the cube to another, so it does not
// matter that half of the faces are negative.
func cellOf(p domain.Point) int64 { return signed(s2.CellIDFromLatLng(latLng(p))) }

func signed(id s2.CellID) int64 { return int64(id) } //nolint:gosec // the order within a face stays

func latLng(p domain.Point) s2.LatLng { return s2.LatLngFromDegrees(p.Lat, p.Lon) }

package repository

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"github.com/golang/geo/s1"
	"github.com/golang/geo/s2"
	"github.com/google/uuid"
	"gorm.io/gorm"

	"example.org/kabinet/internal/domain"
)

const (
	// firstRadius (metres) is how far is looked at first.
	firstRadius = 2_000.0
	// moreRadius and mostRadius bound how much farther is looked at next.
	moreRadius = 1.5
	mostRadius = 8.0
	// wideRadius is from where on all centres are looked at: nothing is saved
	// any more by leaving some out.
	wideRadius = domain.MaxDistance / 4
	// coverMargin (radians, a centimetre) is by how much more is covered than
	// looked at, since rounding differs between the sums.
	coverMargin = 1.6e-9
	// coverCells is of how many cells at most a cover consists: more of them
	// cover less in vain, and are more ranges to look up.
	coverCells = 12
)

// Search finds service centres, the nearest first or by name; the same place in
// the order is decided by the id. An error of the query's Keep ends it.
func (r *Centres) Search(ctx context.Context, q domain.CentreQuery) ([]domain.FoundCentre, error) {
	s := &centreSearch{Centres: r, CentreQuery: q}
	if q.Near != nil {
		return s.found, s.nearest(ctx)
	}
	return s.found, s.byName(ctx)
}

// centreSearch is a search under way.
type centreSearch struct {
	*Centres
	domain.CentreQuery
	found []domain.FoundCentre
}

// candidate is a centre that fits all that the database knows of the query.
type candidate struct {
	ID       uuid.UUID
	Lat      float64
	Lon      float64
	distance float64
}

// nearest looks at a circle, and at a larger one until there are enough.
func (s *centreSearch) nearest(ctx context.Context) error {
	after := domain.CentrePosition{Distance: -1}
	radius := firstRadius
	if s.Text != "" { // no index knows of it: look once at all
		radius = wideRadius
	}
	if s.After != nil {
		after = *s.After
		radius = max(radius, after.Distance*moreRadius)
	}
	for {
		candidates, err := s.within(ctx, radius, after)
		if err != nil {
			return err
		}
		if err := s.keep(ctx, candidates); err != nil {
			return err
		}
		if len(s.found) == s.Limit || radius >= wideRadius {
			return nil
		}
		if len(candidates) > 0 {
			last := candidates[len(candidates)-1]
			after = domain.CentrePosition{Distance: last.distance, ID: last.ID}
		}
		radius *= s.growth()
	}
}

// growth is by how much the radius has to grow until there should be enough: as
// many as are found stand in the circle so far, and areas grow by the square.
func (s *centreSearch) growth() float64 {
	if len(s.found) == 0 {
		return mostRadius
	}
	ratio := math.Sqrt(float64(s.Limit) / float64(len(s.found)))
	return min(max(ratio*moreRadius, moreRadius), mostRadius)
}

// within lists the candidates in a circle that come after a position, in order.
func (s *centreSearch) within(
	ctx context.Context, radius float64, after domain.CentrePosition,
) ([]candidate, error) {
	query := s.matching(ctx)
	if radius < wideRadius {
		condition, bounds := cover(*s.Near, radius)
		query = query.Where(condition, bounds...)
	} else {
		radius = math.Inf(1)
	}
	var all []candidate
	if err := query.Select("id", "lat", "lon").Find(&all).Error; err != nil {
		return nil, translate(ctx, err)
	}
	order := func(c candidate, p domain.CentrePosition) int {
		return cmp.Or(cmp.Compare(c.distance, p.Distance), slices.Compare(c.ID[:], p.ID[:]))
	}
	for i, c := range all {
		all[i].distance = s.Near.DistanceTo(domain.Point{Lat: c.Lat, Lon: c.Lon})
	}
	all = slices.DeleteFunc(all, func(c candidate) bool { return c.distance > radius || order(c, after) <= 0 })
	slices.SortFunc(all, func(a, b candidate) int {
		return order(a, domain.CentrePosition{Distance: b.distance, ID: b.ID})
	})
	return all, nil
}

// cover is the condition of a superset of the centres in a circle: ranges of
// cells that cover it.
func cover(near domain.Point, radius float64) (string, []any) {
	angle := s1.Angle(radius/domain.MaxDistance*math.Pi + coverMargin)
	coverer := s2.RegionCoverer{MaxLevel: s2.MaxLevel, MaxCells: coverCells}
	circle := s2.CapFromCenterAngle(s2.PointFromLatLng(latLng(near)), angle)
	var ranges []string
	var bounds []any
	for _, cell := range coverer.Covering(circle) {
		ranges = append(ranges, "cell BETWEEN ? AND ?")
		bounds = append(bounds, signed(cell.RangeMin()), signed(cell.RangeMax()))
	}
	return "(" + strings.Join(ranges, " OR ") + ")", bounds
}

// keep reads candidates, as many at a time as are still wanted, and adds those
// that the query keeps, until there are enough.
func (s *centreSearch) keep(ctx context.Context, candidates []candidate) error {
	for len(candidates) > 0 && len(s.found) < s.Limit {
		count := min(len(candidates), s.chunk())
		var part []candidate
		part, candidates = candidates[:count], candidates[count:]
		centres, err := s.read(ctx, part)
		if err != nil {
			return err
		}
		for _, c := range part {
			if err := s.add(centres[c.ID], &c.distance); err != nil {
				return err
			}
		}
	}
	return nil
}

// chunk is how many candidates are read at once: no more than can be needed, or
// many where some may be refused.
func (s *centreSearch) chunk() int {
	if s.Keep == nil {
		return s.Limit - len(s.found)
	}
	return domain.MaxPageSize
}

// add adds a centre if it is kept and there is room. One that was removed since
// it was a candidate is none.
func (s *centreSearch) add(c domain.ServiceCentre, distance *float64) error {
	if c.ID == uuid.Nil || len(s.found) == s.Limit {
		return nil
	}
	if s.Keep != nil {
		kept, err := s.Keep(c)
		if !kept || err != nil {
			return err
		}
	}
	s.found = append(s.found, domain.FoundCentre{ServiceCentre: c, Distance: distance})
	return nil
}

func (s *centreSearch) read(ctx context.Context, part []candidate) (map[uuid.UUID]domain.ServiceCentre, error) {
	ids := make([]uuid.UUID, 0, len(part))
	for _, c := range part {
		ids = append(ids, c.ID)
	}
	var rows []centreRow
	if err := s.listed(ctx).Where("id IN ?", ids).Find(&rows).Error; err != nil {
		return nil, translate(ctx, err)
	}
	centres := make(map[uuid.UUID]domain.ServiceCentre, len(rows))
	for _, row := range rows {
		c, err := s.decode(row)
		if err != nil {
			return nil, err
		}
		centres[row.ID] = c
	}
	return centres, nil
}

// byName reads chunk after chunk until there are enough.
func (s *centreSearch) byName(ctx context.Context) error {
	after := s.After
	for {
		size := s.chunk()
		query := s.matching(ctx).Order("name_key, id").Limit(size)
		if after != nil {
			query = query.Where("(name_key, id) > (?, ?)", after.Name, after.ID)
		}
		var rows []centreRow
		if err := query.Find(&rows).Error; err != nil {
			return translate(ctx, err)
		}
		if err := s.addRows(rows); err != nil {
			return err
		}
		if len(s.found) == s.Limit || len(rows) < size {
			return nil
		}
		last := rows[len(rows)-1]
		after = &domain.CentrePosition{Name: last.NameKey, ID: last.ID}
	}
}

func (s *centreSearch) addRows(rows []centreRow) error {
	for _, row := range rows {
		c, err := s.decode(row)
		if err != nil {
			return err
		}
		if err := s.add(c, nil); err != nil {
			return err
		}
	}
	return nil
}

// matching is the centres that fit what the query says of kind, region and text.
func (s *centreSearch) matching(ctx context.Context) *gorm.DB {
	query := s.listed(ctx)
	if s.Kind != "" {
		query = query.Where("kind = ?", s.Kind)
	}
	if s.Region != "" {
		query = query.Where("(region = ? OR region_key = ?)", s.Region, domain.SearchText(s.Region))
	}
	for _, word := range strings.Fields(domain.SearchText(s.Text)) {
		// Words have letters and digits only, none that LIKE would take for more.
		query = query.Where("search_text LIKE ?", "%"+word+"%")
	}
	return query
}

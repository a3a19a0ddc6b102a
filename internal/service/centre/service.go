// Package centre finds the places where identities are confirmed in person, and
// takes over the lists of them.
package centre

import (
	"context"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/domain"
)

// Centres keeps service centres.
type Centres interface {
	Get(ctx context.Context, id uuid.UUID) (domain.ServiceCentre, error)
	Search(ctx context.Context, q domain.CentreQuery) ([]domain.FoundCentre, error)
	Replace(ctx context.Context, list domain.CentreReplacement, now time.Time) (domain.CentreChanges, error)
	Seed(ctx context.Context, list domain.CentreReplacement, now time.Time) error
}

// Transactor runs fn in one database transaction, which travels in the context.
type Transactor interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
}

// Journal keeps what an import leaves behind in its own transaction.
type Journal interface {
	// Record adds a row to the audit log.
	Record(ctx context.Context, e domain.AuditEvent) error
}

// Parts is what the service consists of.
type Parts struct {
	// Tx and Journal are for taking over lists alone.
	Tx      Transactor
	Journal Journal
	Centres Centres
	Clock   clock.Clock
	// Calendar knows the public holidays, on which places are closed. Taking
	// over lists needs none.
	Calendar domain.Days
}

// Service is the use cases of service centres. It is safe for concurrent use.
type Service struct {
	Parts
	zones domain.Zones
}

// New returns the service.
func New(p Parts) *Service { return &Service{Parts: p} }

// Search finds service centres, those open at a moment if there is one. The
// error is calendar_year_unknown where the calendar does not reach to that
// moment.
func (s *Service) Search(
	ctx context.Context, q domain.CentreQuery, openAt *time.Time,
) ([]domain.FoundCentre, error) {
	if openAt != nil {
		q.Keep = func(c domain.ServiceCentre) (bool, error) { return c.OpenAt(*openAt, s.Calendar) }
	}
	found, err := s.Centres.Search(ctx, q)
	for i := range found {
		s.complete(&found[i])
	}
	return found, err
}

// Get shows a service centre, and how far it is if somebody asks from where.
func (s *Service) Get(ctx context.Context, id uuid.UUID, near *domain.Point) (domain.FoundCentre, error) {
	c, err := s.Centres.Get(ctx, id)
	if err != nil {
		return domain.FoundCentre{}, err
	}
	found := domain.FoundCentre{ServiceCentre: c}
	if near != nil {
		distance := near.DistanceTo(c.At)
		found.Distance = &distance
	}
	s.complete(&found)
	return found, nil
}

// complete adds what depends on the time. A calendar that lacks this year makes
// no answer impossible: only whether the place is open is then unknown.
func (s *Service) complete(f *domain.FoundCentre) {
	now := s.Clock.Now()
	if open, err := f.OpenAt(now, s.Calendar); err == nil {
		f.OpenNow = &open
	}
	for _, offer := range f.Offers {
		if f.Offering(offer.Method, f.Today(now)) {
			f.Offered = append(f.Offered, offer.Method)
		}
	}
}

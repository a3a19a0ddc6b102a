// Package workingcalendar takes over working calendars from files, and keeps to
// those that another process has taken over.
package workingcalendar

import (
	"context"

	"example.org/kabinet/internal/calendar"
	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/domain"
)

// Transactor runs fn in one database transaction, which travels in the context.
type Transactor interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
}

// Years keeps the years that were imported.
type Years interface {
	All(ctx context.Context) ([]domain.CalendarYear, error)
	// Put adds years, in the place of those that are there already.
	Put(ctx context.Context, years []domain.CalendarYear) error
}

// Journal keeps what an import leaves behind in its own transaction.
type Journal interface {
	// Record adds a row to the audit log.
	Record(ctx context.Context, e domain.AuditEvent) error
}

// Parts is what a [Service] is made of.
type Parts struct {
	Tx      Transactor
	Years   Years
	Journal Journal
	Clock   clock.Clock
	// BuiltIn has the years that are known without any import.
	BuiltIn *calendar.Calendar
	// Live is the calendar that the process goes by.
	Live *calendar.Live
}

// Service is the use cases of the working calendar.
type Service struct{ Parts }

// New returns the service.
func New(p Parts) *Service { return &Service{p} }

// Follow takes over what was imported, by whatever process.
func (s *Service) Follow(ctx context.Context) error {
	known, err := s.known(ctx)
	if err == nil {
		s.Live.Replace(known)
	}
	return err
}

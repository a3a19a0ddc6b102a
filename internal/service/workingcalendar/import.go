package workingcalendar

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"example.org/kabinet/internal/calendar"
	"example.org/kabinet/internal/domain"
)

// Imported is what an import has come to.
type Imported struct {
	// Changed are the years that were unknown before, or other.
	Changed []int
	// Known is every year that is known now.
	Known []calendar.Year
}

// Import takes over the years of a file, in the place of what was known of them;
// all of them or, if anything is wrong with the file, none. Other years stay as
// they are, with the public holidays that they came with.
func (s *Service) Import(ctx context.Context, file io.Reader) (out Imported, err error) {
	given, err := calendar.Load(file)
	if err != nil {
		return out, err
	}
	id := domain.NewID()
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		known, err := s.known(ctx)
		if err != nil {
			return err
		}
		out.Known = known.With(given).Years()
		changed := changes(known, given, id)
		if len(changed) == 0 {
			return nil
		}
		for _, y := range changed {
			out.Changed = append(out.Changed, y.Year)
		}
		if err := s.Years.Put(ctx, changed); err != nil {
			return err
		}
		event := domain.NewAuditEvent("working_calendar.import", id, domain.Caller{}, s.Clock.Now())
		return s.Journal.Record(ctx, event.Because(list(out.Changed)))
	})
	return out, err
}

// known is the calendar that all processes go by: what was imported, above what
// is built in.
func (s *Service) known(ctx context.Context) (*calendar.Calendar, error) {
	kept, err := s.Years.All(ctx)
	if err != nil {
		return nil, err
	}
	known := s.BuiltIn
	for _, y := range kept {
		c, err := calendar.Load(strings.NewReader(y.Content))
		if err != nil {
			return nil, fmt.Errorf("imported year %d: %w", y.Year, err)
		}
		known = known.With(c)
	}
	return known, nil
}

// changes are the years of a calendar that another one lacks, or has otherwise.
func changes(known, given *calendar.Calendar, id uuid.UUID) []domain.CalendarYear {
	var changed []domain.CalendarYear
	for _, y := range given.Years() {
		if !slices.Contains(known.Years(), y) {
			changed = append(changed, domain.CalendarYear{Year: y.Year, Content: y.Document, ImportID: id})
		}
	}
	return changed
}

// list is years as people write them.
func list(years []int) string {
	words := make([]string, 0, len(years))
	for _, y := range years {
		words = append(words, strconv.Itoa(y))
	}
	return strings.Join(words, ", ")
}

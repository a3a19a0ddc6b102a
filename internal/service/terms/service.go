// Package terms holds the documents that people agree to. Each version is a
// file; the newest that is in force by the clock is the current one.
package terms

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// zoneName is where the day begins on which a version comes into force.
const zoneName = "Europe/Moscow"

// Parts is what a [Service] is made of.
type Parts struct {
	// Folder has the files of further versions; nil for none.
	Folder fs.FS
	Clock  clock.Clock
}

// Service is the documents.
type Service struct {
	clock clock.Clock
	zone  *time.Location
	// versions are those of each document, the oldest first.
	versions map[string][]domain.Terms
}

// New reads the files that are built in and those of the folder. The error tells
// everything that is wrong with them, and which document has no version in force.
func New(p Parts) (*Service, error) {
	zone, err := time.LoadLocation(zoneName)
	if err != nil {
		return nil, err
	}
	own, err := fs.Sub(builtIn, "documents")
	if err != nil {
		return nil, err
	}
	l := loader{texts: map[version]domain.Terms{}}
	l.read(own)
	if p.Folder != nil {
		l.read(p.Folder)
	}
	s := &Service{p.Clock, zone, map[string][]domain.Terms{}}
	for _, t := range l.texts {
		s.versions[t.Document] = append(s.versions[t.Document], t)
	}
	for _, document := range domain.Documents() {
		slices.SortFunc(s.versions[document], func(a, b domain.Terms) int { return a.EffectiveFrom.Compare(b.EffectiveFrom) })
		if _, err := s.Current(document); err != nil {
			l.refuse(document, "no version is in force yet")
		}
	}
	if err := errors.Join(l.wrong...); err != nil {
		return nil, fmt.Errorf("documents to agree to:\n%w", err)
	}
	return s, nil
}

// Current is the version of a document that is in force now. A document that
// there is not is [apperr.NotFound].
func (s *Service) Current(document string) (domain.Terms, error) {
	today := ident.DateOf(s.clock.Now().In(s.zone))
	for _, t := range slices.Backward(s.versions[document]) {
		if !t.EffectiveFrom.After(today) {
			return t, nil
		}
	}
	return domain.Terms{}, apperr.New(apperr.NotFound)
}

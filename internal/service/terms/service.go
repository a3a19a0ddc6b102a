// Package terms holds the documents that people agree to, in their current
// version.
package terms

import (
	"crypto/sha256"
	_ "embed"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// personalData is the consent to the processing of personal data. A new text is
// a new file and a new version: what somebody agreed to stays as it was.
//
//go:embed documents/personal-data.2026-11-01.txt
var personalData string

// personalDataVersion is the day from which the text is valid.
const personalDataVersion = "2026-11-01"

// Service is the documents.
type Service struct{ documents map[string]domain.Terms }

// New returns the service.
func New() *Service {
	s := &Service{map[string]domain.Terms{}}
	s.add(domain.DocumentPersonalData, personalDataVersion, personalData)
	return s
}

func (s *Service) add(document, version, text string) {
	hash := sha256.Sum256([]byte(text))
	s.documents[document] = domain.Terms{Document: document, Version: version, Text: text, Hash: hash[:]}
}

// Current is a document in its current version. A document that there is not is
// [apperr.NotFound].
func (s *Service) Current(document string) (domain.Terms, error) {
	t, ok := s.documents[document]
	if !ok {
		return domain.Terms{}, apperr.New(apperr.NotFound)
	}
	return t, nil
}

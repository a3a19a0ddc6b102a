package repository

import (
	"strings"

	"github.com/google/uuid"

	"example.org/kabinet/internal/cipher"
	"example.org/kabinet/internal/ident"
)

// sealer seals and opens the fields of one row. It keeps the first error, so
// that a row is written in one expression and asked for its error at the end.
type sealer struct {
	fields *cipher.Fields
	table  string
	row    uuid.UUID
	err    error
}

func (s *Store) sealer(table string, row uuid.UUID) *sealer {
	return &sealer{fields: s.fields, table: table, row: row}
}

func (s *sealer) place(column string) cipher.Place {
	return cipher.Place{Table: s.table, Column: column, Row: s.row}
}

func (s *sealer) seal(column, plain string) []byte {
	sealed, err := s.fields.Encrypt([]byte(plain), s.place(column))
	s.keep(err)
	return sealed
}

func (s *sealer) open(column string, sealed []byte) string {
	plain, err := s.fields.Decrypt(sealed, s.place(column))
	s.keep(err)
	return string(plain)
}

func (s *sealer) sealName(column string, n ident.Name) []byte { return s.seal(column, n.Text()) }

func (s *sealer) openName(column string, sealed []byte) ident.Name {
	return ident.StoredName(s.open(column, sealed))
}

func (s *sealer) sealContact(column string, c ident.Contact) []byte {
	return s.seal(column, writeContact(c))
}

func (s *sealer) openContact(column string, sealed []byte) ident.Contact {
	c, err := readContact(s.open(column, sealed))
	s.keep(err)
	return c
}

// index is the blind index by which a value is found again.
func (s *sealer) index(purpose, value string) []byte {
	sum, err := s.fields.Index(purpose, value)
	s.keep(err)
	return sum
}

func (s *sealer) keep(err error) {
	if s.err == nil {
		s.err = err
	}
}

// writeContact is the stored form of a contact: its kind and its value.
func writeContact(c ident.Contact) string { return string(c.Kind()) + ":" + c.Value() }

func readContact(text string) (ident.Contact, error) {
	kind, value, _ := strings.Cut(text, ":")
	return ident.StoredContact(ident.ContactKind(kind), value)
}

// The purposes of blind indexes. Contacts have one for all tables: it is what
// tells that a registration and an account have the same contact.
const (
	indexContact  = "contact"
	indexThrottle = "throttle"
	indexLimit    = "limit"
	indexSNILS    = "snils"
	// The numbers of payers, and the digest of all that is known of one.
	indexPayerNumber   = "payer_number"
	indexUnifiedNumber = "unified_number"
	indexPayerDigest   = "payer_digest"
	// indexVisitCode is of codes as they are made: without spaces and dashes.
	indexVisitCode = "visit_code"
)

// contactIndex is the blind index of a contact, however it is spelled.
func (s *Store) contactIndex(c ident.Contact) ([]byte, error) {
	return s.fields.Index(indexContact, c.Key())
}

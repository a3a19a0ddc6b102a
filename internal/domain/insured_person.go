package domain

import (
	"iter"

	"github.com/google/uuid"

	"example.org/kabinet/internal/ident"
)

// InsuredPerson is a row of the fund's own register of insured people. One of
// the family name and the given name may be missing, as in documents.
type InsuredPerson struct {
	SNILS                 ident.SNILS
	FamilyName, GivenName ident.Name
	Patronymic            ident.Patronymic
	BirthDate             ident.Date
	Gender                Gender
	Deceased              bool
}

// InsuredList is a whole register that takes the place of the one before.
type InsuredList struct {
	ID uuid.UUID
	// People are read one after another; their first error ends it all.
	People iter.Seq2[InsuredPerson, error]
	// Progress is told how many are stored so far.
	Progress func(stored int)
}

// InsuredChanges is what a list has changed.
type InsuredChanges struct {
	// Stored is how many people are on the list, Removed how many are no longer.
	Stored, Removed int
}

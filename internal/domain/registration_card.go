package domain

import (
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/ident"
)

// PrintedCard is a registration card as it is printed: the paper with which a
// payer signs in for the first time, or after a lost password.
type PrintedCard struct {
	ID        uuid.UUID
	Number    ident.PFRRegNumber
	PayerName string
	// Password is good for one sign-in.
	Password string
	IssuedAt time.Time
	// ValidUntil is the moment from which the password is of no more use.
	ValidUntil time.Time
	Office     ServiceCentre
	Locale     Locale
}

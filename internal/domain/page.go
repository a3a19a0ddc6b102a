package domain

import (
	"time"

	"github.com/google/uuid"
)

// The sizes of a page of a list.
const (
	DefaultPageSize = 20
	MaxPageSize     = 100
)

// Page says which part of a list, newest first, is wanted.
type Page struct {
	// After is the last item of the page before; nil for the first page.
	After *Position
	Limit int
}

// Position is where in a list an item stands.
type Position struct {
	CreatedAt time.Time
	ID        uuid.UUID
}

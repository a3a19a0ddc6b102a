package domain

import "github.com/google/uuid"

// CalendarYear is the working calendar of a year as it was imported.
type CalendarYear struct {
	Year int
	// Content is the file of this year alone.
	Content string
	// ImportID is what the audit log calls the import.
	ImportID uuid.UUID
}

package repository

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"example.org/kabinet/internal/domain"
)

// WorkingCalendars keeps the working calendars that were imported, year by year.
type WorkingCalendars struct{ store *Store }

// NewWorkingCalendars returns the calendars of a store.
func NewWorkingCalendars(s *Store) *WorkingCalendars { return &WorkingCalendars{s} }

type calendarRow struct {
	Year     int `gorm:"primaryKey;autoIncrement:false"`
	Content  string
	ImportID uuid.UUID
}

// TableName implements GORM's Tabler.
func (calendarRow) TableName() string { return "working_calendars" }

// All is every year that was imported, in their order.
func (r *WorkingCalendars) All(ctx context.Context) ([]domain.CalendarYear, error) {
	var rows []calendarRow
	if err := r.store.db(ctx).Order("year").Find(&rows).Error; err != nil {
		return nil, translate(ctx, err)
	}
	years := make([]domain.CalendarYear, 0, len(rows))
	for _, row := range rows {
		years = append(years, domain.CalendarYear(row))
	}
	return years, nil
}

// Put adds years, in the place of those that are there already.
func (r *WorkingCalendars) Put(ctx context.Context, years []domain.CalendarYear) error {
	rows := make([]calendarRow, 0, len(years))
	for _, y := range years {
		rows = append(rows, calendarRow(y))
	}
	return translate(ctx, r.store.db(ctx).Clauses(clause.OnConflict{
		Columns: []clause.Column{{Name: "year"}}, UpdateAll: true,
	}).Create(&rows).Error)
}

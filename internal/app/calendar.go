package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"example.org/kabinet/internal/calendar"
	"example.org/kabinet/internal/repository"
	"example.org/kabinet/internal/service/workingcalendar"
)

// buildCalendar makes the calendar that everything goes by: the one that is built
// in, and what was imported.
func (a *App) buildCalendar(ctx context.Context) error {
	builtIn, err := calendar.Default()
	if err != nil {
		return err
	}
	a.calendar = calendar.NewLive(builtIn)
	a.services.calendar = workingcalendar.New(workingcalendar.Parts{
		Tx: a.store, Years: repository.NewWorkingCalendars(a.store), Journal: a.newJournal(), Clock: a.machine,
		BuiltIn: builtIn, Live: a.calendar,
	})
	return a.services.calendar.Follow(ctx)
}

// ImportCalendar takes over the working calendars of a file, or changes nothing.
// Processes that run go by them within a minute.
func (a *App) ImportCalendar(ctx context.Context, path string) (out workingcalendar.Imported, err error) {
	file, err := os.Open(filepath.Clean(path))
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	out, err = a.services.calendar.Import(ctx, file)
	if err != nil {
		return out, fmt.Errorf("%s: nothing was imported: %w", path, err)
	}
	return out, nil
}

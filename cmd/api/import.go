package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/mattn/go-isatty"

	"example.org/kabinet/internal/app"
	"example.org/kabinet/internal/config"
)

func importCentres(ctx context.Context, in invocation, c config.Config) error {
	bar := newProgress(in.err)
	stored, removed, err := app.ImportCentres(ctx, c, in.args[len(in.args)-1], bar.show)
	bar.end()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(in.out, "Service centres: %d, removed: %d\n", stored, removed)
	return err
}

func importInsuredPersons(ctx context.Context, in invocation, c config.Config) error {
	return withApp(ctx, in, c, func(a *app.App) error {
		bar := newProgress(in.err)
		stored, removed, err := a.ImportInsuredPersons(ctx, in.args[len(in.args)-1], bar.show)
		bar.end()
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(in.out, "Insured persons: %d, removed: %d\n", stored, removed)
		return err
	})
}

func importCalendar(ctx context.Context, in invocation, c config.Config) error {
	return withApp(ctx, in, c, func(a *app.App) error {
		done, err := a.ImportCalendar(ctx, in.args[len(in.args)-1])
		if err != nil {
			return err
		}
		lines := []string{"Working calendar: nothing has changed"}
		if len(done.Changed) > 0 {
			lines[0] = fmt.Sprintf("Working calendar: new or replaced years: %d", len(done.Changed))
		}
		for _, known := range done.Known {
			lines = append(lines, fmt.Sprintf("  %d  %s%s", known.Year, known.Source, mark(known.Year, done.Changed)))
		}
		_, err = fmt.Fprintln(in.out, strings.Join(lines, "\n"))
		return err
	})
}

// mark tells a year that an import has changed from the others.
func mark(year int, changed []int) string {
	if slices.Contains(changed, year) {
		return " (imported now)"
	}
	return ""
}

// progress shows how far something has come: in one line of a terminal that is
// written over, elsewhere in a few lines.
type progress struct {
	out      io.Writer
	terminal bool
	// shown is the last share that was written, in percent; -1 is none.
	shown int
}

// plainStep is how many percent lie between two plain lines.
const plainStep = 10

func newProgress(out io.Writer) *progress {
	file, ok := out.(*os.File)
	return &progress{out: out, terminal: ok && isatty.IsTerminal(file.Fd()), shown: -1}
}

func (p *progress) show(done, total int) {
	const whole = 100
	share := whole
	if total > 0 {
		share = whole * done / total
	}
	step, before, after := 1, "\r", ""
	if !p.terminal {
		step, before, after = plainStep, "", "\n"
	}
	if p.shown >= 0 && share-p.shown < step && (share < whole || p.shown == whole) {
		return
	}
	p.shown = share
	_, _ = fmt.Fprintf(p.out, "%s%3d %%  %d of %d%s", before, share, done, total, after)
}

// end leaves the line that is written over.
func (p *progress) end() {
	if p.terminal && p.shown >= 0 {
		_, _ = fmt.Fprintln(p.out)
	}
}

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"example.org/kabinet/internal/app"
	"example.org/kabinet/internal/config"
)

// importPayers makes a file the register of payers. The rows that are wrong are
// left out, unless none may be.
func importPayers(ctx context.Context, in invocation, c config.Config) error {
	file, err := parsePayers(in.args[2:])
	if err != nil {
		return fmt.Errorf("%w: import payers: %w\n\n%s", errFlags, err, usage)
	}
	bar := newProgress(in.err)
	file.Report = bar.show
	result, err := app.ImportPayers(ctx, c, file)
	bar.end()
	if result.Rejected > 0 {
		err = errors.Join(err, told(in.err, "Wrong rows: %d, see %s\n", result.Rejected, file.Rejects))
	}
	if err != nil {
		return err
	}
	return tellPayers(in.out, result)
}

func tellPayers(out io.Writer, r app.PayerImportResult) error {
	if r.Added+r.Changed+r.Removed == 0 {
		if err := told(out, "Nothing has changed.\n"); err != nil {
			return err
		}
	}
	return told(out, "Payers added: %d, changed: %d, removed: %d, unchanged: %d, rejected: %d\n%.1f s, %.0f rows per second\n",
		r.Added, r.Changed, r.Removed, r.Unchanged, r.Rejected, r.Took.Seconds(), float64(r.Rows())/r.Took.Seconds())
}

func told(out io.Writer, format string, args ...any) error {
	_, err := fmt.Fprintf(out, format, args...)
	return err
}

// parsePayers reads a command line whose flags may stand before the file and
// behind it.
func parsePayers(args []string) (file app.PayerImport, err error) {
	flags := flag.NewFlagSet("import payers", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.BoolVar(&file.Strict, "strict", false, "")
	flags.StringVar(&file.Rejects, "rejects", "", "")
	for len(args) > 0 {
		if err := flags.Parse(args); err != nil {
			return file, err
		}
		if args = flags.Args(); len(args) == 0 {
			break
		}
		if file.Path != "" {
			return file, fmt.Errorf("superfluous: %s", strings.Join(args, " "))
		}
		file.Path, args = args[0], args[1:]
	}
	if file.Path == "" {
		return file, errors.New("the file is missing")
	}
	if file.Rejects == "" {
		file.Rejects = file.Path + ".rejected.csv"
	}
	return file, nil
}

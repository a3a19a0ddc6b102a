// Package table reads tables that come as files of comma-separated values (RFC
// 4180), row by row, so that a file of any size needs little memory. Nothing that
// it says is wrong repeats anything of the file.
package table

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

const (
	byteOrderMark = "\ufeff"
	// peek is how much of a file is looked at for its separator.
	peek = 4096
)

// Columns are those that a header has to name and those that it may name, in any
// order.
type Columns struct{ Required, Optional []string }

// Row is a row of a table.
type Row struct {
	// Line is where in the file the row begins, from 1 on.
	Line int
	// Wrong is why the row cannot be read; nil if it can.
	Wrong error

	places map[string]int
	cells  []string
}

// Cell is what the row has in a column, without the spaces around it; empty where
// there is no such column.
func (r Row) Cell(column string) string {
	place, known := r.places[column]
	if !known {
		return ""
	}
	return strings.TrimSpace(r.cells[place])
}

// RowError is what is wrong with one row of a file. It holds nothing of the row.
type RowError struct {
	// Line is where in the file the row begins, from 1 on.
	Line    int
	Reasons []error
}

// Error implements error.
func (e RowError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Text()) }

// Text is all reasons, one after another.
func (e RowError) Text() string {
	reasons := make([]string, 0, len(e.Reasons))
	for _, reason := range e.Reasons {
		reasons = append(reasons, reason.Error())
	}
	return strings.Join(reasons, "; ")
}

// Read reads a table in UTF-8 with a header, separated by commas or, as
// spreadsheets in Russian write it, by semicolons. fn gets one row after another,
// which it must not keep; its error ends the reading. A wrong header is a
// [RowError], and so is a quotation mark after which nobody can tell where rows
// begin: a file is read to its end or not at all. An empty file has neither header
// nor rows.
func Read(content io.Reader, columns Columns, fn func(Row) error) error {
	buffered := bufio.NewReaderSize(content, peek)
	if err := SkipMark(buffered); err != nil {
		return err
	}
	begin, err := buffered.Peek(peek)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return err
	}
	lines := csv.NewReader(buffered)
	lines.ReuseRecord = true
	header, _, _ := bytes.Cut(begin, []byte("\n"))
	if bytes.Count(header, []byte(";")) > bytes.Count(header, []byte(",")) {
		lines.Comma = ';'
	}
	names, err := lines.Read()
	if errors.Is(err, io.EOF) {
		return nil
	}
	places, err := columns.places(slices.Clone(names), err)
	if err != nil {
		return err
	}
	return eachRow(lines, places, fn)
}

func eachRow(lines *csv.Reader, places map[string]int, fn func(Row) error) error {
	for {
		cells, err := lines.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		next := Row{places: places, cells: cells}
		switch broken, _ := errors.AsType[*csv.ParseError](err); {
		case err == nil:
			next.Line, _ = lines.FieldPos(0)
		case errors.Is(err, csv.ErrFieldCount):
			next = Row{Line: broken.StartLine, Wrong: fmt.Errorf("has %d cells, the header has %d", len(cells), len(places))}
		case errors.Is(err, csv.ErrBareQuote):
			next = Row{Line: broken.StartLine, Wrong: errors.New("has a quotation mark in a cell that does not begin with one")}
		case broken != nil:
			return RowError{broken.StartLine, []error{errors.New("cannot be read from here on: a quotation mark is wrong")}}
		default:
			return err
		}
		if err := fn(next); err != nil {
			return err
		}
	}
}

// places is where each column of a header stands. What is wrong with the header
// is told without its words: where there is none they are those of a row.
func (c Columns) places(names []string, err error) (map[string]int, error) {
	if err != nil {
		if _, ok := errors.AsType[*csv.ParseError](err); !ok {
			return nil, err
		}
		return nil, RowError{1, []error{errors.New("the header cannot be read")}}
	}
	var wrong []error
	places := make(map[string]int, len(names))
	for i, name := range names {
		_, twice := places[name]
		switch {
		case !slices.Contains(c.Required, name) && !slices.Contains(c.Optional, name):
			wrong = append(wrong, fmt.Errorf("the header's column %d is unknown", i+1))
		case twice:
			wrong = append(wrong, fmt.Errorf("column %s stands twice", name))
		}
		places[name] = i
	}
	for _, name := range c.Required {
		if _, named := places[name]; !named {
			wrong = append(wrong, fmt.Errorf("column %s is missing", name))
		}
	}
	if len(wrong) > 0 {
		return nil, RowError{1, wrong}
	}
	return places, nil
}

// SkipMark skips what some programs write at the beginning of UTF-8.
func SkipMark(content *bufio.Reader) error {
	begin, err := content.Peek(len(byteOrderMark))
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if string(begin) == byteOrderMark {
		_, err = content.Discard(len(byteOrderMark))
		return err
	}
	return nil
}

package centre

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

const (
	byteOrderMark = "\ufeff"
	// between stands between the parts of a cell that holds several.
	between = "|"
)

// columns are what the header of a CSV file has to name, in any order;
// office_code may be missing.
func columns() []string {
	return slices.Concat([]string{
		"code", "kind", "region", "name", "postal_index", "address_region", "area", "city", "street", "house",
		"building", "room", "lat", "lon", "time_zone",
	}, weekdays(), []string{"exceptions", "phones", "methods", "synthetic"})
}

const columnOffice = "office_code"

// csvRows reads CSV (RFC 4180) in UTF-8 with a header, separated by commas or,
// as spreadsheets in Russian write it, by semicolons.
func csvRows(content []byte) []row {
	content = bytes.TrimPrefix(content, []byte(byteOrderMark))
	header, _, _ := bytes.Cut(content, []byte("\n"))
	lines := csv.NewReader(bytes.NewReader(content))
	if bytes.Count(header, []byte(";")) > bytes.Count(header, []byte(",")) {
		lines.Comma = ';'
	}
	names, err := lines.Read()
	if errors.Is(err, io.EOF) {
		return nil
	}
	if wrong := checkHeader(names, err); len(wrong) > 0 {
		return []row{{line: 1, wrong: wrong}}
	}
	var rows []row
	for {
		cells, err := lines.Read()
		if errors.Is(err, io.EOF) {
			return rows
		}
		if err != nil && !errors.Is(err, csv.ErrFieldCount) {
			return append(rows, unreadable(err))
		}
		line, _ := lines.FieldPos(0)
		if err != nil {
			err = fmt.Errorf("has %d cells, the header has %d", len(cells), len(names))
			rows = append(rows, row{line: line, wrong: []error{err}})
			continue
		}
		rows = append(rows, csvRow(line, names, cells))
	}
}

// unreadable is the row from which on a file cannot be read.
func unreadable(err error) row {
	if e, ok := errors.AsType[*csv.ParseError](err); ok {
		return row{line: e.StartLine, wrong: []error{fmt.Errorf("cannot be read from here on: %w", e.Err)}}
	}
	return row{line: 1, wrong: []error{err}}
}

func checkHeader(names []string, err error) (wrong []error) {
	if err != nil {
		return []error{err}
	}
	known := append(columns(), columnOffice)
	for i, name := range names {
		switch {
		case !slices.Contains(known, name):
			wrong = append(wrong, fmt.Errorf("there is no column %q", name))
		case slices.Contains(names[:i], name):
			wrong = append(wrong, fmt.Errorf("column %s stands twice", name))
		}
	}
	for _, name := range columns() {
		if !slices.Contains(names, name) {
			wrong = append(wrong, fmt.Errorf("column %s is missing", name))
		}
	}
	return wrong
}

func csvRow(line int, names, cells []string) row {
	cell := map[string]string{}
	for i, name := range names {
		cell[name] = strings.TrimSpace(cells[i])
	}
	out := row{line: line, fields: &fields{
		Code:   cell["code"],
		Kind:   cell["kind"],
		Region: cell["region"],
		Office: cell[columnOffice],
		Name:   cell["name"],
		Address: addressFields{
			PostalIndex: cell["postal_index"], Region: cell["address_region"], Area: cell["area"], City: cell["city"],
			Street: cell["street"], House: cell["house"], Building: cell["building"], Room: cell["room"],
		},
		Lat:      number(cell["lat"]),
		Lon:      number(cell["lon"]),
		TimeZone: cell["time_zone"],
		Hours:    map[string]string{},
		Phones:   parts(cell["phones"]),
	}}
	for _, day := range weekdays() {
		out.fields.Hours[day] = cell[day]
	}
	out.fields.Exceptions = out.pairs("exceptions", cell["exceptions"])
	out.fields.Methods = out.pairs("methods", cell["methods"])
	switch cell["synthetic"] {
	case "true", "false":
		out.fields.Synthetic = cell["synthetic"] == "true"
	default:
		out.wrong = append(out.wrong, errors.New("synthetic: must be true or false"))
	}
	return out
}

// number reads a decimal number; nil is the one that it cannot read.
func number(text string) *float64 {
	value, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil
	}
	return &value
}

func parts(text string) (all []string) {
	for part := range strings.SplitSeq(text, between) {
		if part = strings.TrimSpace(part); part != "" {
			all = append(all, part)
		}
	}
	return all
}

// pairs reads a cell such as "2026-12-31 09:00-14:00|2027-01-11 closed": names
// with what belongs to them.
func (r *row) pairs(column, text string) map[string]string {
	all := map[string]string{}
	for _, part := range parts(text) {
		name, value, _ := strings.Cut(part, " ")
		if _, twice := all[name]; twice {
			r.wrong = append(r.wrong, fmt.Errorf("%s: %s stands twice", column, name))
		}
		all[name] = strings.TrimSpace(value)
	}
	return all
}

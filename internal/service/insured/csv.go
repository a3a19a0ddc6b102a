package insured

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

// columns are what the header of a CSV file has to name, in any order; deceased
// may be missing.
func columns() []string {
	return []string{"snils", "family_name", "given_name", "patronymic", "birth_date", "gender"}
}

const columnDeceased = "deceased"

// readCSV reads CSV (RFC 4180) in UTF-8 with a header, separated by commas or,
// as spreadsheets in Russian write it, by semicolons.
func readCSV(content io.Reader, fn func(row) error) error {
	buffered := bufio.NewReaderSize(content, peek)
	if err := skipMark(buffered); err != nil {
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
	names = slices.Clone(names)
	if wrong := checkHeader(names, err); len(wrong) > 0 {
		return fn(row{line: 1, wrong: wrong})
	}
	return eachLine(lines, names, fn)
}

func eachLine(lines *csv.Reader, names []string, fn func(row) error) error {
	for {
		cells, err := lines.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		broken := &csv.ParseError{}
		if err != nil && !errors.Is(err, csv.ErrFieldCount) {
			if errors.As(err, &broken) {
				return fn(row{line: broken.StartLine, wrong: []error{errors.New("cannot be read from here on: a quotation mark is wrong")}})
			}
			return err
		}
		line, _ := lines.FieldPos(0)
		next := row{line: line}
		if err != nil {
			next.wrong = []error{fmt.Errorf("has %d cells, the header has %d", len(cells), len(names))}
		} else {
			next = csvRow(line, names, cells)
		}
		if err := fn(next); err != nil {
			return err
		}
	}
}

// skipMark skips what some programs write at the beginning of UTF-8.
func skipMark(content *bufio.Reader) error {
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

// checkHeader tells what is wrong with a header. It repeats none of its words:
// without a header they are those of a person.
func checkHeader(names []string, err error) (wrong []error) {
	if err != nil {
		return []error{errors.New("the header cannot be read")}
	}
	known := append(columns(), columnDeceased)
	for i, name := range names {
		switch {
		case !slices.Contains(known, name):
			wrong = append(wrong, fmt.Errorf("the header's column %d is unknown", i+1))
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
		SNILS: cell["snils"], FamilyName: cell["family_name"], GivenName: cell["given_name"],
		Patronymic: cell["patronymic"], BirthDate: cell["birth_date"], Gender: cell["gender"],
	}}
	switch cell[columnDeceased] {
	case "yes":
		out.fields.Deceased = true
	case "no", "":
	default:
		out.wrong = append(out.wrong, errors.New("deceased: must be yes or no"))
	}
	return out
}

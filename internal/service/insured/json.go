package insured

import (
	"bufio"
	"errors"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"example.org/kabinet/internal/table"
)

// readJSON reads an array of objects (RFC 8259), one after another. What is no
// JSON ends the reading.
func readJSON(content io.Reader, fn func(row) error) error {
	buffered := bufio.NewReader(content)
	if err := table.SkipMark(buffered); err != nil {
		return err
	}
	lines := &lineCounter{content: buffered}
	d := jsontext.NewDecoder(lines)
	broken := func(offset int64, reason string) error {
		if lines.failed != nil {
			return lines.failed
		}
		return fn(row{line: lines.at(offset), wrong: []error{errors.New(reason)}})
	}
	notJSON := func(err error) error {
		offset := d.InputOffset()
		if e, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
			offset = e.ByteOffset
		}
		return broken(offset, "cannot be read from here on: not JSON")
	}
	if d.PeekKind() != '[' {
		return broken(0, "must be an array of objects")
	}
	if _, err := d.ReadToken(); err != nil {
		return notJSON(err)
	}
	for d.PeekKind() != ']' {
		value, err := d.ReadValue()
		if err != nil {
			return notJSON(err)
		}
		if err := fn(jsonRow(lines.at(d.InputOffset()-int64(len(value))), value)); err != nil {
			return err
		}
	}
	if _, err := d.ReadToken(); err != nil {
		return notJSON(err)
	}
	if d.PeekKind() != 0 || lines.failed != nil {
		return broken(d.InputOffset(), "has data after the array")
	}
	return nil
}

// jsonRow reads one object. What is wrong with its form is not told by name: an
// unknown name may be anything.
func jsonRow(line int, value jsontext.Value) row {
	out := row{line: line, fields: &fields{}}
	if err := json.Unmarshal(value, out.fields, json.RejectUnknownMembers(true)); err != nil {
		return row{line: line, wrong: []error{errors.New("a field has the wrong type or is unknown")}}
	}
	return out
}

// lineCounter tells on which line a byte stands. It remembers the ends of those
// lines only that were read and not asked for yet.
type lineCounter struct {
	content io.Reader
	read    int64
	ends    []int64
	passed  int
	// failed is why the content could not be read.
	failed error
}

// Read implements [io.Reader].
func (c *lineCounter) Read(into []byte) (int, error) {
	n, err := c.content.Read(into)
	for i, b := range into[:n] {
		if b == '\n' {
			c.ends = append(c.ends, c.read+int64(i))
		}
	}
	c.read += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		c.failed = err
	}
	return n, err
}

// at is the line of a byte. Bytes must be asked for in their order.
func (c *lineCounter) at(offset int64) int {
	i := 0
	for i < len(c.ends) && c.ends[i] < offset {
		i++
	}
	c.passed += i
	c.ends = append(c.ends[:0], c.ends[i:]...)
	return c.passed + 1
}

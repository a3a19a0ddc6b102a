package centre

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// jsonRows reads an array of objects (RFC 8259). What is no JSON ends the
// reading.
func jsonRows(content []byte) []row {
	content = bytes.TrimPrefix(content, []byte(byteOrderMark))
	d := document{content: content, decoder: jsontext.NewDecoder(bytes.NewReader(content))}
	if d.decoder.PeekKind() != '[' {
		return []row{d.broken(errors.New("must be an array of objects"))}
	}
	if _, err := d.decoder.ReadToken(); err != nil {
		return []row{d.broken(err)}
	}
	var rows []row
	for d.decoder.PeekKind() != ']' {
		value, err := d.decoder.ReadValue()
		if err != nil {
			return append(rows, d.broken(err))
		}
		rows = append(rows, d.row(value))
	}
	if _, err := d.decoder.ReadToken(); err != nil {
		return append(rows, d.broken(err))
	}
	if d.decoder.PeekKind() != 0 {
		return append(rows, d.broken(errors.New("has data after the array")))
	}
	return rows
}

// document is a JSON text that is being read.
type document struct {
	content []byte
	decoder *jsontext.Decoder
	// counted is up to where lines are counted, and lines how many.
	counted, lines int
}

// lineAt is the line of a byte. Bytes must be asked for in their order.
func (d *document) lineAt(offset int) int {
	d.lines += bytes.Count(d.content[d.counted:offset], []byte("\n"))
	d.counted = offset
	return d.lines + 1
}

func (d *document) broken(err error) row {
	offset := int(d.decoder.InputOffset())
	if e, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		offset, err = int(e.ByteOffset), errors.New("cannot be read from here on: not JSON")
	}
	return row{line: d.lineAt(min(offset, len(d.content))), wrong: []error{err}}
}

// row reads one object.
func (d *document) row(value jsontext.Value) row {
	begin := int(d.decoder.InputOffset()) - len(value)
	out := row{line: d.lineAt(begin), fields: &fields{}}
	err := json.Unmarshal(value, out.fields, json.RejectUnknownMembers(true))
	if e, ok := errors.AsType[*json.SemanticError](err); ok {
		err = fmt.Errorf("%s: has the wrong type or is unknown", e.JSONPointer)
	}
	if err != nil {
		return row{line: out.line, wrong: []error{err}}
	}
	return out
}

package handler

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/apperr"
)

// maxFieldErrors is how many wrong fields one answer names at most: a body of
// thousands of wrong values must not make an answer of megabytes.
const maxFieldErrors = 100

// decode reads the request's body into the struct that into points to. It is
// strict: one JSON object (RFC 8259) in UTF-8 with no data after it, names
// exactly as in the struct's json tags, none twice, no null but for pointers,
// no U+0000 in a string (PostgreSQL cannot store it). All wrong fields are
// named at once, in the order of the struct; the right ones are filled in
// nevertheless. The struct may consist of strings, booleans, numbers, structs,
// slices of these, and pointers to them.
func decode(c echo.Context, into any) error {
	body, err := readBody(c.Request())
	if err != nil {
		return err
	}
	target := reflect.TypeOf(into).Elem()
	s := scanner{tokens: jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowDuplicateNames(true))}
	if kind := s.tokens.PeekKind(); kind != '{' && kind != 0 {
		return malformed(s.tokens.InputOffset(), errors.New("not an object"))
	}
	wrong, err := s.object("", target)
	if err == nil {
		err = s.end()
	}
	if err != nil {
		return s.failed(err)
	}
	err = json.Unmarshal(body, into)
	if len(wrong) > 0 {
		return apperr.Invalid(wrong[:min(len(wrong), maxFieldErrors)]...)
	}
	if err != nil {
		return fmt.Errorf("decode into %s: %w", target, err)
	}
	return nil
}

// readBody reads all of a request's body. One that cannot be read to its end
// is the client's doing: too large, cut off, or too slow.
func readBody(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(r.Body)
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, apperr.Wrap(apperr.BodyTooLarge, tooLarge)
	}
	if err != nil {
		return nil, malformed(int64(len(body)), errors.New("the body ends too early"))
	}
	return body, nil
}

// malformed is the error of a body that is not JSON from the byte at offset on.
func malformed(offset int64, cause error) error {
	e := apperr.Wrap(apperr.MalformedJSON, cause)
	e.Params = map[string]string{"offset": strconv.FormatInt(offset, 10)}
	return e
}

// scanner compares a JSON text with a type, without building values.
type scanner struct {
	tokens *jsontext.Decoder
}

// errUnsupportedType tells that a request struct has a field that decode does
// not know how to check. It is a mistake of the program, not of the client.
var errUnsupportedType = errors.New("unsupported type in a request struct")

func (s scanner) failed(err error) error {
	if errors.Is(err, errUnsupportedType) {
		return err
	}
	if syntactic, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return malformed(syntactic.ByteOffset, errors.New("not JSON"))
	}
	return malformed(s.tokens.InputOffset(), errors.New("ends too early"))
}

// end makes sure that nothing follows the object.
func (s scanner) end() error {
	_, err := s.tokens.ReadToken()
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err == nil {
		err = errors.New("data after the object")
	}
	return err
}

// value checks the next value against t and returns what is wrong with it. The
// error is that of a text that is not JSON at all.
func (s scanner) value(pointer string, t reflect.Type) ([]apperr.Field, error) {
	kind := s.tokens.PeekKind()
	if t.Kind() == reflect.Pointer {
		if kind == 'n' {
			return nil, s.tokens.SkipValue()
		}
		return s.value(pointer, t.Elem())
	}
	expected := jsonType(t)
	if expected == "" {
		return nil, fmt.Errorf("%w: %s at %q", errUnsupportedType, t, pointer)
	}
	if kind == 0 {
		return nil, s.tokens.SkipValue()
	}
	if !fits(kind, expected) {
		return wrongType(pointer, expected), s.tokens.SkipValue()
	}
	switch expected {
	case "object":
		return s.object(pointer, t)
	case "array":
		return s.array(pointer, t.Elem())
	case "boolean":
		return nil, s.tokens.SkipValue()
	default:
		return s.scalar(pointer, t)
	}
}

// scalar checks a string or number whose JSON type is right.
func (s scanner) scalar(pointer string, t reflect.Type) ([]apperr.Field, error) {
	token, err := s.tokens.ReadToken()
	if err != nil {
		return nil, err
	}
	text := token.String()
	switch {
	case t.Kind() != reflect.String && !fitsNumber(text, t):
		return wrongType(pointer, jsonType(t)), nil
	case t.Kind() == reflect.String && strings.ContainsRune(text, 0):
		return wrongType(pointer, "string (U+0000)"), nil
	default:
		return nil, nil
	}
}

func (s scanner) array(pointer string, element reflect.Type) ([]apperr.Field, error) {
	if _, err := s.tokens.ReadToken(); err != nil {
		return nil, err
	}
	var wrong []apperr.Field
	for i := 0; s.tokens.PeekKind() != ']'; i++ {
		found, err := s.value(pointer+"/"+strconv.Itoa(i), element)
		if err != nil {
			return nil, err
		}
		if len(wrong) < maxFieldErrors {
			wrong = append(wrong, found...)
		}
	}
	_, err := s.tokens.ReadToken()
	return wrong, err
}

func (s scanner) object(pointer string, t reflect.Type) ([]apperr.Field, error) {
	if _, err := s.tokens.ReadToken(); err != nil {
		return nil, err
	}
	known := newMembers(t)
	var unknown []string
	for s.tokens.PeekKind() != '}' {
		token, err := s.tokens.ReadToken()
		if err != nil {
			return nil, err
		}
		name := token.String()
		m, ok := known.named(name)
		if !ok {
			unknown = append(unknown, name)
			if err := s.tokens.SkipValue(); err != nil {
				return nil, err
			}
			continue
		}
		if err := s.member(pointer+"/"+escape(name), m); err != nil {
			return nil, err
		}
	}
	_, err := s.tokens.ReadToken()
	return append(known.wrong(), unknownFields(pointer, unknown)...), err
}

// member checks the value of m. Of a name that stands twice only the first
// value is looked at.
func (s scanner) member(pointer string, m *member) error {
	m.seen++
	if m.seen == 1 {
		found, err := s.value(pointer, m.typ)
		m.wrong = found
		return err
	}
	if m.seen == 2 {
		m.wrong = append(m.wrong, apperr.Field{Pointer: pointer, Code: apperr.FieldDuplicate})
	}
	return s.tokens.SkipValue()
}

// maxUnknownName is how much of an unknown field's name is repeated, in
// characters.
const maxUnknownName = 100

// printable is the beginning of a name, without what cannot be shown.
func printable(name string) string {
	runes := []rune(strings.ReplaceAll(name, "\x00", "\ufffd"))
	return string(runes[:min(len(runes), maxUnknownName)])
}

func unknownFields(pointer string, names []string) []apperr.Field {
	slices.Sort(names)
	names = slices.Compact(names)
	var fields []apperr.Field
	for _, name := range names[:min(len(names), maxFieldErrors)] {
		fields = append(fields, apperr.Field{Pointer: pointer + "/" + escape(printable(name)), Code: apperr.FieldUnknown})
	}
	return fields
}

func wrongType(pointer, expected string) []apperr.Field {
	return []apperr.Field{{
		Pointer: pointer,
		Code:    apperr.FieldWrongType,
		Params:  map[string]string{"expected": expected},
	}}
}

// escape is name as a reference token of a JSON pointer (RFC 6901, section 3).
func escape(name string) string {
	return strings.ReplaceAll(strings.ReplaceAll(name, "~", "~0"), "/", "~1")
}

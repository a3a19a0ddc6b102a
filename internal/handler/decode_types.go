package handler

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"example.org/kabinet/internal/apperr"
)

// member is a field of a request struct while a JSON object is compared with it.
type member struct {
	name  string
	typ   reflect.Type
	seen  int
	wrong []apperr.Field
}

// members are the fields of a request struct, in its order.
type members []*member

func newMembers(t reflect.Type) members {
	var all members
	for i := range t.NumField() {
		field := t.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name != "" && name != "-" {
			all = append(all, &member{name: name, typ: field.Type})
		}
	}
	return all
}

func (m members) named(name string) (*member, bool) {
	for _, one := range m {
		if one.name == name {
			return one, true
		}
	}
	return nil, false
}

// wrong is what is wrong with the fields, in the order of the struct.
func (m members) wrong() []apperr.Field {
	var all []apperr.Field
	for _, one := range m {
		all = append(all, one.wrong...)
	}
	return all
}

// jsonType is the JSON type that a Go type is written as, empty for a type
// that a request cannot have.
func jsonType(t reflect.Type) string {
	switch t.Kind() { //nolint:exhaustive // all other kinds are refused
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "integer"
	case reflect.Float32, reflect.Float64:
		return "number"
	case reflect.Struct:
		return "object"
	case reflect.Slice:
		return "array"
	default:
		return ""
	}
}

// fitsNumber tells whether the number in text can be kept in t unchanged, but
// for the precision of a fraction.
func fitsNumber(text string, t reflect.Type) bool {
	var err error
	switch kind := t.Kind(); {
	case kind >= reflect.Int && kind <= reflect.Int64:
		_, err = strconv.ParseInt(text, 10, t.Bits())
	case kind >= reflect.Uint && kind <= reflect.Uint64:
		_, err = strconv.ParseUint(text, 10, t.Bits())
	default:
		_, err = strconv.ParseFloat(text, t.Bits())
	}
	return err == nil
}

// fits tells whether a JSON value that starts like kind can be of the expected type.
func fits(kind jsontext.Kind, expected string) bool {
	switch kind {
	case '"':
		return expected == "string"
	case 't', 'f':
		return expected == "boolean"
	case '0':
		return expected == "integer" || expected == "number"
	case '{':
		return expected == "object"
	case '[':
		return expected == "array"
	default:
		return false
	}
}

package handler

import "example.org/kabinet/internal/apperr"

// fieldErrors collects what is wrong with the fields of a request, so that the
// client learns all of it at once. The zero value is ready for use.
type fieldErrors struct {
	fields []apperr.Field
}

// add notes that the field at pointer (RFC 6901) is wrong. The parameters of
// the code's sentence are given as name, value, name, value. Of one field only
// the first reason is told.
func (f *fieldErrors) add(pointer string, code apperr.Code, params ...string) {
	if f.has(pointer) {
		return
	}
	field := apperr.Field{Pointer: pointer, Code: code}
	for i := 0; i+1 < len(params); i += 2 {
		if field.Params == nil {
			field.Params = map[string]string{}
		}
		field.Params[params[i]] = params[i+1]
	}
	f.fields = append(f.fields, field)
}

// err is the error of the fields noted so far, nil if there are none.
func (f *fieldErrors) err() error {
	if len(f.fields) == 0 {
		return nil
	}
	return apperr.Invalid(f.fields[:min(len(f.fields), maxFieldErrors)]...)
}

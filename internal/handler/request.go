package handler

import (
	"errors"
	"slices"

	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/apperr"
)

// read decodes the request's body and returns what is wrong with its form, so
// that the handler can add what is wrong with its values. The error is that of
// a body with which nothing can be done at all.
func read(c echo.Context, into any) (*fieldErrors, error) {
	err := decode(c, into)
	if e, ok := errors.AsType[*apperr.Error](err); ok && e.Code == apperr.ValidationFailed {
		return &fieldErrors{fields: e.Fields}, nil
	}
	return &fieldErrors{}, err
}

// emptyBody tells whether the request says that it has no body.
func emptyBody(c echo.Context) bool { return c.Request().ContentLength == 0 }

// readEmpty refuses a body that holds anything but an empty object.
func readEmpty(c echo.Context) error {
	if emptyBody(c) {
		return nil
	}
	wrong, err := read(c, &EmptyRequest{})
	if err != nil {
		return err
	}
	return wrong.err()
}

// has tells whether something is wrong with the field at pointer already.
func (f *fieldErrors) has(pointer string) bool {
	return slices.ContainsFunc(f.fields, func(field apperr.Field) bool { return field.Pointer == pointer })
}

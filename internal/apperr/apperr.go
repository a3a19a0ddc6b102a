// Package apperr is the product's error: a stable public code, what a client
// may know about it, and the cause that only the log sees. It knows no HTTP
// and no language.
package apperr

import (
	"errors"
	"strings"
	"time"
)

// Error is a failure that the caller may be told about.
type Error struct {
	Code Code
	// Fields names what is wrong with the request's own fields, all at once.
	Fields []Field
	// Params fill the sentence that belongs to the code.
	Params map[string]string
	// AttemptsLeft is how many guesses remain, where guesses are counted.
	AttemptsLeft *int
	// RetryAt is when the same request may succeed; zero where waiting does not help.
	RetryAt time.Time
	// NextActions names what the caller can do instead.
	NextActions []string
	// Quota is the limit that the request was counted against, if any.
	Quota *Quota

	cause error
}

// Field is one wrong field of a request.
type Field struct {
	// Pointer is the RFC 6901 pointer to the field in the request body.
	Pointer string
	Code    Code
	Params  map[string]string
}

// Quota is the state of a rate limit after a request was counted.
type Quota struct {
	Name      string
	Limit     int
	Window    time.Duration
	Remaining int
	// Reset is how long it takes until the window starts anew.
	Reset time.Duration
}

// New returns an error with nothing but its code.
func New(code Code) *Error { return &Error{Code: code} }

// Wrap returns an error with a code for the public and a cause for the log.
func Wrap(code Code, cause error) *Error { return &Error{Code: code, cause: cause} }

// Invalid returns the error of a request whose fields are wrong.
func Invalid(fields ...Field) *Error {
	return &Error{Code: ValidationFailed, Fields: fields}
}

// Error implements error. The text is for logs and holds no personal data.
func (e *Error) Error() string {
	var text strings.Builder
	text.WriteString(string(e.Code))
	for _, f := range e.Fields {
		text.WriteString(" " + f.Pointer + "=" + string(f.Code))
	}
	if e.cause != nil {
		text.WriteString(": " + e.cause.Error())
	}
	return text.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.cause }

// Is makes [errors.Is] compare by code.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// CodeOf is the public code of err, [Internal] for anything unknown.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return Internal
}

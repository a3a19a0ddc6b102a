// Package problem turns an error into what a client may know about it: a
// problem document of RFC 9457 with its status and headers. It is the only
// place that knows which status belongs to which kind of error.
package problem

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/i18n"
)

// MediaType is the media type of a problem document (RFC 9457, section 3).
const MediaType = "application/problem+json"

// Problem is a problem document (RFC 9457).
type Problem struct {
	// Type is the address of the page that explains the code.
	Type string `json:"type" binding:"required" format:"uri" example:"https://kabinet.example/problems/validation_failed"`
	// Title is the short name of the problem in the language of the answer.
	Title string `json:"title" binding:"required" example:"Запрос содержит ошибки"`
	// Status is the HTTP status of the answer.
	Status int `json:"status" binding:"required" minimum:"400" maximum:"599" example:"422"`
	// Detail says in a sentence what happened, in the language of the answer.
	Detail string `json:"detail" binding:"required" example:"Некоторые поля заполнены неверно. Исправьте их и повторите запрос."`
	// Instance is the id of the request, as in the header X-Request-Id.
	Instance string `json:"instance" binding:"required" example:"0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"`
	// Code is the stable name of the problem.
	Code string `json:"code" binding:"required" format:"slug" example:"validation_failed"`
	// Errors are the wrong fields of the request, all at once.
	Errors []FieldProblem `json:"errors,omitempty"`
	// AttemptsLeft is how many guesses remain, where guesses are counted.
	AttemptsLeft *int `json:"attempts_left,omitempty" minimum:"0" example:"4"`
	// RetryAt is when the same request may succeed, in UTC.
	RetryAt *time.Time `json:"retry_at,omitempty" format:"date-time" example:"2026-01-31T09:00:00Z"`
	// NextActions names what can be done instead.
	NextActions []string `json:"next_actions,omitempty" example:"resend_code"`
} // @name Problem

// FieldProblem is one wrong field of a request.
type FieldProblem struct {
	// Pointer is the RFC 6901 pointer to the field in the request.
	Pointer string `json:"pointer" binding:"required" example:"/phone"`
	// Code is the stable name of the reason.
	Code string `json:"code" binding:"required" format:"slug" example:"phone_invalid"`
	// Detail is the reason in a sentence, in the language of the answer.
	Detail string `json:"detail" binding:"required" example:"Проверьте номер телефона: например, +7 912 345-67-89."`
} // @name FieldProblem

// Clock tells the time.
type Clock interface{ Now() time.Time }

// Writer makes problem documents. It is safe for concurrent use.
type Writer struct {
	publicURL string
	catalog   *i18n.Catalog
	clock     Clock
}

// New returns a Writer whose types are addresses below publicURL.
func New(publicURL string, catalog *i18n.Catalog, clk Clock) *Writer {
	return &Writer{publicURL: strings.TrimRight(publicURL, "/"), catalog: catalog, clock: clk}
}

// Of is the problem document of err. An error that is not an [apperr.Error] is
// internal, and its text is not told.
func (w *Writer) Of(err error, locale i18n.Locale, requestID string) Problem {
	e := Normalize(err)
	p := Problem{
		Type:         w.publicURL + "/problems/" + string(e.Code),
		Title:        w.catalog.Text(locale, i18n.TitleKey(e.Code), nil),
		Status:       Status(e.Code),
		Detail:       w.detail(locale, e.Code, e.Params),
		Instance:     requestID,
		Code:         string(e.Code),
		AttemptsLeft: e.AttemptsLeft,
		NextActions:  e.NextActions,
	}
	if !e.RetryAt.IsZero() {
		at := e.RetryAt.UTC()
		p.RetryAt = &at
	}
	for _, f := range e.Fields {
		p.Errors = append(p.Errors, FieldProblem{
			Pointer: f.Pointer,
			Code:    string(f.Code),
			Detail:  w.detail(locale, f.Code, f.Params),
		})
	}
	return p
}

// detail is the sentence of code. The title stands in where a parameter of the
// sentence is missing: a person must not read a bare placeholder.
func (w *Writer) detail(locale i18n.Locale, code apperr.Code, params map[string]string) string {
	text := w.catalog.Text(locale, i18n.DetailKey(code), params)
	if strings.Contains(text, "{") {
		return w.catalog.Text(locale, i18n.TitleKey(code), nil)
	}
	return text
}

// Normalize is err as an [apperr.Error]. A request that ran out of time is
// service_unavailable, a body cut off by [http.MaxBytesReader] body_too_large,
// the code of a single field a validation_failed of the whole document, and
// all else that is unknown internal.
func Normalize(err error) *apperr.Error {
	e, known := errors.AsType[*apperr.Error](err)
	if known && e.Code.Kind() == apperr.KindField {
		return apperr.Invalid(apperr.Field{Code: e.Code, Params: e.Params})
	}
	if known && e.Code.Kind() != apperr.KindInternal {
		return e
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return apperr.Wrap(apperr.ServiceUnavailable, err)
	}
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return apperr.Wrap(apperr.BodyTooLarge, err)
	}
	if known && e.Code == apperr.Internal {
		return e
	}
	return apperr.Wrap(apperr.Internal, err)
}

// Status is the HTTP status of code (RFC 9110, section 15).
func Status(code apperr.Code) int {
	switch code.Kind() {
	case apperr.KindUnavailable:
		return http.StatusServiceUnavailable
	case apperr.KindMalformed:
		return http.StatusBadRequest
	case apperr.KindInvalid, apperr.KindField:
		return http.StatusUnprocessableEntity
	case apperr.KindTooLarge:
		return http.StatusRequestEntityTooLarge
	case apperr.KindUnsupported:
		return http.StatusUnsupportedMediaType
	case apperr.KindUnauthenticated:
		return http.StatusUnauthorized
	case apperr.KindForbidden:
		return http.StatusForbidden
	case apperr.KindNotFound:
		return http.StatusNotFound
	case apperr.KindMethod:
		return http.StatusMethodNotAllowed
	case apperr.KindConflict:
		return http.StatusConflict
	case apperr.KindTooMany:
		return http.StatusTooManyRequests
	case apperr.KindInternal:
	}
	return http.StatusInternalServerError
}

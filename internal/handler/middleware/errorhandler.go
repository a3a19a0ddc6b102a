package middleware

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"

	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/i18n"
	"example.org/kabinet/internal/problem"
)

// statusClientGone is what is logged for a client that hung up: nginx made
// this code known.
const statusClientGone = 499

// ErrorHandler answers every error as a problem document (RFC 9457) in the
// language that the client prefers. An answer that has begun is left alone.
func ErrorHandler(writer *problem.Writer, logger *slog.Logger) echo.HTTPErrorHandler {
	return func(err error, c echo.Context) {
		if c.Response().Committed {
			return
		}
		if errors.Is(err, context.Canceled) {
			// Nobody is there to read; the log has to tell it from our failures.
			_ = c.NoContent(statusClientGone)
			return
		}
		if failed := answer(writer, c, translate(err)); failed != nil {
			logger.LogAttrs(c.Request().Context(), slog.LevelWarn, "problem not written",
				append(identity(c), slog.String("error", failed.Error()))...)
		}
	}
}

func answer(writer *problem.Writer, c echo.Context, err error) error {
	r := c.Request()
	locale := i18n.Match(r.Header.Get("Accept-Language"))
	document := writer.Of(err, locale, RequestIDFrom(r.Context()))
	header := c.Response().Header()
	for name, values := range writer.Headers(err) {
		header[name] = values
	}
	header.Add(echo.HeaderVary, "Accept-Language")
	header.Set("Content-Language", string(locale))
	if r.Method == http.MethodHead {
		header.Set(echo.HeaderContentType, problem.MediaType)
		return c.NoContent(document.Status)
	}
	body, failed := json.Marshal(document)
	if failed != nil {
		return failed
	}
	return c.Blob(document.Status, problem.MediaType, body)
}

// translate gives Echo's own errors a code of ours.
func translate(err error) error {
	if _, ours := errors.AsType[*apperr.Error](err); ours {
		return err
	}
	echoed, ok := errors.AsType[*echo.HTTPError](err)
	if !ok {
		return err
	}
	switch echoed.Code {
	case http.StatusNotFound:
		return apperr.Wrap(apperr.NotFound, err)
	case http.StatusMethodNotAllowed:
		return apperr.Wrap(apperr.MethodNotAllowed, err)
	case http.StatusRequestEntityTooLarge:
		return apperr.Wrap(apperr.BodyTooLarge, err)
	case http.StatusUnsupportedMediaType:
		return apperr.Wrap(apperr.UnsupportedMediaType, err)
	case http.StatusUnauthorized:
		return apperr.Wrap(apperr.Unauthenticated, err)
	case http.StatusTooManyRequests:
		return apperr.Wrap(apperr.RateLimited, err)
	case http.StatusServiceUnavailable:
		return apperr.Wrap(apperr.ServiceUnavailable, err)
	default:
		return err
	}
}

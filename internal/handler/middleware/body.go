package middleware

import (
	"mime"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/apperr"
)

// MaxBody is the greatest size of a request body in bytes.
const MaxBody = 64 << 10

// Body refuses a body that is larger than [MaxBody] or anything but plain
// application/json (RFC 8259). A body without a stated length is cut off while
// it is read, with an [http.MaxBytesError]. Whether a body is needed at all is
// for the handler to say.
func Body() echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			r := c.Request()
			if r.ContentLength == 0 {
				return next(c)
			}
			if !plainJSON(r.Header) {
				return apperr.New(apperr.UnsupportedMediaType)
			}
			if r.ContentLength > MaxBody {
				return apperr.New(apperr.BodyTooLarge)
			}
			r.Body = http.MaxBytesReader(c.Response().Writer, r.Body, MaxBody)
			return next(c)
		}
	}
}

// plainJSON tells whether header announces uncompressed JSON in UTF-8.
func plainJSON(header http.Header) bool {
	encoding := header.Get(echo.HeaderContentEncoding)
	if encoding != "" && !strings.EqualFold(encoding, "identity") {
		return false
	}
	mediaType, params, err := mime.ParseMediaType(header.Get(echo.HeaderContentType))
	if err != nil || mediaType != echo.MIMEApplicationJSON {
		return false
	}
	for name, value := range params {
		if name != "charset" || !strings.EqualFold(value, "utf-8") {
			return false
		}
	}
	return true
}

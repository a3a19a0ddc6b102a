package middleware

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/apperr"
)

// cookiePrefix starts the name of every cookie that Kabinet sets (RFC 6265bis,
// section 4.1.3.2).
const cookiePrefix = "__Host-"

// RequireOrigin refuses a request that changes something and stands on a
// cookie, unless it names an allowed origin: a foreign page can make a browser
// send cookies, but not lie about where it comes from. A request with a Bearer
// token passes, since no page can add that one without a preflight. The list
// holds the allowed origins and the public URL's own.
func RequireOrigin(allowed []string) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			r := c.Request()
			if changes(r) && standsOnCookie(r) && !OriginAllowed(r, allowed) {
				return apperr.New(apperr.OriginNotAllowed)
			}
			return next(c)
		}
	}
}

// OriginAllowed tells whether r names exactly one origin and it is in allowed.
func OriginAllowed(r *http.Request, allowed []string) bool {
	origins := r.Header.Values(echo.HeaderOrigin)
	return len(origins) == 1 && origins[0] != "null" && slices.Contains(allowed, origins[0])
}

func changes(r *http.Request) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return false
	default:
		return true
	}
}

func standsOnCookie(r *http.Request) bool {
	scheme, _, _ := strings.Cut(r.Header.Get(echo.HeaderAuthorization), " ")
	return !strings.EqualFold(scheme, "Bearer") &&
		slices.ContainsFunc(r.Cookies(), func(c *http.Cookie) bool { return strings.HasPrefix(c.Name, cookiePrefix) })
}

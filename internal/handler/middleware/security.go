package middleware

import (
	"strings"

	"github.com/labstack/echo/v4"
)

// SecurityHeaders sets the headers that keep a browser from doing more with
// an answer than reading it. A handler that serves a page replaces those that
// it has to. Strict-Transport-Security (RFC 6797) goes out where publicURL is https.
func SecurityHeaders(publicURL string) echo.MiddlewareFunc {
	https := strings.HasPrefix(publicURL, "https://")
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			header := c.Response().Header()
			header.Set(echo.HeaderCacheControl, "no-store")
			header.Set(echo.HeaderXContentTypeOptions, "nosniff")
			header.Set(echo.HeaderXFrameOptions, "DENY")
			header.Set(echo.HeaderContentSecurityPolicy, "default-src 'none'; frame-ancestors 'none'")
			header.Set(echo.HeaderReferrerPolicy, "no-referrer")
			header.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
			header.Set("Cross-Origin-Opener-Policy", "same-origin")
			// CORS requests are not subject to this policy, only embedding is.
			header.Set("Cross-Origin-Resource-Policy", "same-origin")
			if https {
				header.Set(echo.HeaderStrictTransportSecurity, "max-age=63072000")
			}
			return next(c)
		}
	}
}

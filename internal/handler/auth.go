package handler

import (
	"context"

	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// Authenticator tells who an access token stands for.
type Authenticator interface {
	Authenticate(ctx context.Context, access string) (domain.Principal, error)
}

// principalKey is where the request keeps who sent it.
const principalKey = "principal"

// Authenticated lets only requests with a valid access token pass, from the
// Authorization header or, where that is missing, from the cookie.
func Authenticated(a Authenticator) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			access := bearer(c.Request())
			if cookie, err := c.Cookie(accessCookie); err == nil && c.Request().Header.Get(echo.HeaderAuthorization) == "" {
				access = cookie.Value
			}
			if access == "" {
				return &apperr.Error{Code: apperr.Unauthenticated, NextActions: []string{"sign_in"}}
			}
			who, err := a.Authenticate(c.Request().Context(), access)
			if err != nil {
				return err
			}
			c.Set(principalKey, who)
			return next(c)
		}
	}
}

// WholeCabinet lets only sessions pass that may be used for everything, of those
// that [Authenticated] let pass. The others learn what they are for.
func WholeCabinet() echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			scope := principal(c).Scope
			failure := &apperr.Error{Code: apperr.PasswordChangeRequired, NextActions: scope.NextActions()}
			switch scope {
			case domain.ScopeCabinet:
				return next(c)
			case domain.ScopeTerms:
				failure.Code = apperr.TermsRequired
			case domain.ScopePasswordChange:
			}
			return failure
		}
	}
}

// principal is who sent a request that [Authenticated] let pass.
func principal(c echo.Context) domain.Principal {
	who, _ := c.Get(principalKey).(domain.Principal)
	return who
}

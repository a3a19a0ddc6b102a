package app

import (
	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/handler"
)

// routes is the whole API.
func (a *App) routes(e *echo.Echo, h handlers) {
	signedIn := handler.Authenticated(a.services.session)
	once := handler.Idempotency(a.services.idempotency, a.Log)

	e.GET("/docs", h.docs.Index)
	e.GET("/docs/:file", h.docs.Asset)
	e.GET("/openapi.yaml", h.docs.OpenAPIYAML)
	e.GET("/openapi.json", h.docs.OpenAPIJSON)
	e.GET("/problems", h.problems.List)
	e.GET("/problems/:code", h.problems.Show)
	e.GET("/.well-known/jwks.json", h.wellKnown.JWKS)

	// Bare: a group with middleware answers a wrong method with 404.
	v1 := e.Group("/v1")
	v1.GET("/policies", h.policies)

	v1.POST("/registrations", h.registration.Create, once)
	v1.GET("/registrations/:id", h.registration.Get)
	v1.POST("/registrations/:id/codes", h.registration.Resend, once)
	v1.POST("/registrations/:id/confirmation", h.registration.Confirm, once)
	v1.POST("/registrations/:id/password", h.registration.SetPassword, once)

	v1.POST("/sessions", h.session.Create, once)
	v1.POST("/sessions/refresh", h.session.Refresh, once)
	v1.GET("/sessions", h.session.List, signedIn)
	v1.DELETE("/sessions/current", h.session.DeleteCurrent, signedIn)
	v1.DELETE("/sessions/:id", h.session.Delete, signedIn)

	v1.GET("/me", h.me.Get, signedIn)
	v1.PUT("/me/personal-data", h.verification.PutPersonalData, signedIn)
	v1.GET("/me/personal-data", h.verification.GetPersonalData, signedIn)
	v1.GET("/me/verification", h.verification.Get, signedIn)
	v1.GET("/terms/:document", h.terms.Get)

	v1.GET("/service-centres", h.centre.List)
	v1.GET("/service-centres/:id", h.centre.Get)

	if h.sandbox != nil {
		v1.GET("/sandbox/messages", h.sandbox.Messages)
	}
}

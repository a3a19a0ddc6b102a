package handler

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"
)

// PublicKeys gives the public halves of the keys that sign access tokens.
type PublicKeys interface {
	// JWKS is the JSON Web Key Set (RFC 7517, section 5).
	JWKS() ([]byte, error)
}

// WellKnown serves what others look for at well-known addresses (RFC 8615).
type WellKnown struct{ keys PublicKeys }

// NewWellKnown returns a WellKnown that publishes keys.
func NewWellKnown(keys PublicKeys) *WellKnown { return &WellKnown{keys: keys} }

// JWKS publishes the keys that access tokens can be checked with.
//
//	@ID				getJWKS
//	@Summary		Get the keys that sign access tokens
//	@Description	A JSON Web Key Set (RFC 7517). Keep it for as long as Cache-Control says and ask again for an unknown kid.
//	@Tags			service
//	@Produce		json
//	@Success		200	{object}	JWKSResponse
//	@Failure		500	{object}	problem.Problem
//	@Router			/.well-known/jwks.json [get]
func (w *WellKnown) JWKS(c echo.Context) error {
	keys, err := w.keys.JWKS()
	if err != nil {
		return fmt.Errorf("public keys: %w", err)
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "public, max-age=300")
	return c.JSONBlob(http.StatusOK, keys)
}

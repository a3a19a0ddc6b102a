package handler

import (
	"encoding/hex"
	"net/http"

	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/domain"
)

// Documents is what people agree to.
type Documents interface {
	Current(document string) (domain.Terms, error)
}

// Terms is the handler of /v1/terms.
type Terms struct{ documents Documents }

// NewTerms returns the handler.
func NewTerms(d Documents) *Terms { return &Terms{d} }

// Get shows a document.
//
//	@ID			getTerms
//	@Summary	Show a document to agree to
//	@Description	The version of a document that is in force now, in Russian, as it has to be shown to the person before the person agrees to it. A new version takes its place at midnight in Moscow.
//	@Tags		service
//	@Produce	json
//	@Param		document	path		string	true	"Name of the document"	Enums(personal-data, payer-connection)
//	@Success	200			{object}	TermsResponse
//	@Failure	404			{object}	problem.Problem
//	@Router		/v1/terms/{document} [get]
func (h *Terms) Get(c echo.Context) error {
	t, err := h.documents.Current(c.Param("document"))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, TermsResponse{
		Document: t.Document, Version: t.Version, EffectiveFrom: t.EffectiveFrom.ISO(),
		Text: t.Text, Hash: hex.EncodeToString(t.Hash),
	})
}

// TermsResponse is a document to agree to.
type TermsResponse struct {
	Document string `json:"document" binding:"required" enums:"personal-data,payer-connection" example:"personal-data"`
	// Version is what an agreement names: the day on which it comes into force.
	Version string `json:"version" binding:"required" maxLength:"32" example:"2026-11-01"`
	// EffectiveFrom is the first day, in Moscow, on which the version is in force.
	EffectiveFrom string `json:"effective_from" binding:"required" format:"date" example:"2026-11-01"`
	Text          string `json:"text" binding:"required" maxLength:"100000" example:"СОГЛАСИЕ НА ОБРАБОТКУ ПЕРСОНАЛЬНЫХ ДАННЫХ"`
	// Hash is the SHA-256 of the text in UTF-8, in hexadecimal digits.
	Hash string `json:"hash" binding:"required" minLength:"64" maxLength:"64" example:"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"`
} // @name TermsResponse

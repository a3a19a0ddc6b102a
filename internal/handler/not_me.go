package handler

import (
	"fmt"
	"html/template"

	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/i18n"
)

// NotMe serves the page to which the notice about a confirmed identity leads,
// where the account's owner can deny it.
type NotMe struct {
	catalog *i18n.Catalog
	pages   *template.Template
}

// notMePage is what the page says.
type notMePage struct {
	Locale                                                        i18n.Locale
	Title, Intro, Effect, Button, Done, Invalid, Failed, NoScript string
}

// NewNotMe returns the page with the sentences of catalog. It fails if the page
// cannot be read.
func NewNotMe(catalog *i18n.Catalog) (*NotMe, error) {
	pages, err := template.ParseFS(pageFiles, "pages/not-me.html")
	if err != nil {
		return nil, fmt.Errorf("page not-me: %w", err)
	}
	return &NotMe{catalog, pages}, nil
}

// Show is the page at /not-me. The token is in the fragment of its address,
// which never reaches the server before the button is pressed.
func (p *NotMe) Show(c echo.Context) error {
	text := func(name string) string { return p.catalog.Text(locale(c), "page.not_me."+name, nil) }
	return renderPage(c, p.pages, "not-me.html", notMePage{
		Locale: locale(c), Title: text("title"), Intro: text("intro"), Effect: text("effect"), Button: text("button"),
		Done: text("done"), Invalid: text("invalid"), Failed: text("failed"), NoScript: text("no_script"),
	})
}

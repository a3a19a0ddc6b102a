package handler

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"

	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/i18n"
	"example.org/kabinet/internal/problem"
)

//go:embed pages/*.html
var pageFiles embed.FS

// Problems serves the pages that explain the codes of problem documents; the
// type of each document is the address of one (RFC 9457, section 3.1.1).
type Problems struct {
	catalog *i18n.Catalog
	pages   *template.Template
}

// problemPage is what the page of one code shows.
type problemPage struct {
	Locale            i18n.Locale
	Code, Title, Help string
	Status            int
	// Field tells that the code only ever names a wrong field.
	Field  bool
	Labels problemLabels
}

type problemLabels struct{ Status, Field, Help, All string }

// problemList is what the page of all codes shows.
type problemList struct {
	Locale       i18n.Locale
	Title, Intro string
	Rows         []problemPage
}

// NewProblems returns the pages with the sentences of catalog. It fails if the
// pages cannot be read.
func NewProblems(catalog *i18n.Catalog) (*Problems, error) {
	pages, err := template.ParseFS(pageFiles, "pages/*.html")
	if err != nil {
		return nil, fmt.Errorf("problem pages: %w", err)
	}
	return &Problems{catalog: catalog, pages: pages}, nil
}

// Show is the page of one code, /problems/:code.
func (p *Problems) Show(c echo.Context) error {
	code := apperr.Code(c.Param("code"))
	for _, entry := range apperr.Catalogue() {
		if entry.Code == code {
			return renderPage(c, p.pages, "problem.html", p.page(entry, locale(c)))
		}
	}
	return apperr.New(apperr.NotFound)
}

// List is the page of all codes, /problems.
func (p *Problems) List(c echo.Context) error {
	language := locale(c)
	list := problemList{
		Locale: language,
		Title:  p.catalog.Text(language, "page.problems.title", nil),
		Intro:  p.catalog.Text(language, "page.problems.intro", nil),
	}
	for _, entry := range apperr.Catalogue() {
		list.Rows = append(list.Rows, p.page(entry, language))
	}
	return renderPage(c, p.pages, "problems.html", list)
}

func (p *Problems) page(entry apperr.Entry, language i18n.Locale) problemPage {
	text := func(key string) string { return p.catalog.Text(language, key, nil) }
	return problemPage{
		Locale: language,
		Code:   string(entry.Code),
		Title:  text(i18n.TitleKey(entry.Code)),
		Help:   text(i18n.HelpKey(entry.Code)),
		Status: problem.Status(entry.Code),
		Field:  entry.Kind == apperr.KindField,
		Labels: problemLabels{
			Status: text("page.problems.status"),
			Field:  text("page.problems.field"),
			Help:   text("page.problems.help"),
			All:    text("page.problems.all"),
		},
	}
}

// renderPage writes one of the pages for people, in the language of the request.
func renderPage(c echo.Context, pages *template.Template, name string, data any) error {
	var page bytes.Buffer
	if err := pages.ExecuteTemplate(&page, name, data); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	header := c.Response().Header()
	header.Set(echo.HeaderContentSecurityPolicy, pagePolicy)
	header.Add(echo.HeaderVary, "Accept-Language")
	header.Set("Content-Language", string(locale(c)))
	return c.HTMLBlob(http.StatusOK, page.Bytes())
}

// locale is the language that the client prefers.
func locale(c echo.Context) i18n.Locale {
	return i18n.Match(c.Request().Header.Get("Accept-Language"))
}

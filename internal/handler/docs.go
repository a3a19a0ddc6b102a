package handler

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"net/http"
	"path"
	"time"

	"github.com/labstack/echo/v4"

	"example.org/kabinet/internal/apperr"
)

// pagePolicy is the Content-Security-Policy of the pages for people: nothing
// but files of this server, nothing inline.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

//go:embed docsui
var docsFiles embed.FS

// Docs serves the description of the API: as a file, and as a page from which
// every operation can be tried.
type Docs struct {
	assets     map[string]asset
	index      []byte
	yaml, json []byte
}

// asset is a file that a browser may keep as long as its tag is current.
type asset struct {
	content []byte
	tag     string
}

// NewDocs takes the OpenAPI document in both forms. It fails if the page's
// files cannot be read.
func NewDocs(yaml, json []byte) (*Docs, error) {
	d := &Docs{assets: map[string]asset{}, yaml: yaml, json: json}
	entries, err := docsFiles.ReadDir("docsui")
	if err != nil {
		return nil, fmt.Errorf("docs page: %w", err)
	}
	for _, entry := range entries {
		content, err := docsFiles.ReadFile(path.Join("docsui", entry.Name()))
		if err != nil {
			return nil, fmt.Errorf("docs page: %w", err)
		}
		sum := sha256.Sum256(content)
		d.assets[entry.Name()] = asset{content: content, tag: `"` + hex.EncodeToString(sum[:16]) + `"`}
	}
	d.index = d.assets["index.html"].content
	delete(d.assets, "index.html")
	return d, nil
}

// Index is the page at /docs.
func (d *Docs) Index(c echo.Context) error {
	c.Response().Header().Set(echo.HeaderContentSecurityPolicy, pagePolicy)
	return c.HTMLBlob(http.StatusOK, d.index)
}

// Asset is a file of the pages, /docs/:file. Browsers keep it and ask each
// time whether it is current (RFC 9111, section 5.2.2.4).
func (d *Docs) Asset(c echo.Context) error {
	name := c.Param("file")
	file, ok := d.assets[name]
	if !ok {
		return apperr.New(apperr.NotFound)
	}
	header := c.Response().Header()
	header.Set(echo.HeaderCacheControl, "public, no-cache")
	header.Set("ETag", file.tag)
	if path.Ext(name) == "" {
		header.Set(echo.HeaderContentType, echo.MIMETextPlainCharsetUTF8)
	}
	http.ServeContent(c.Response(), c.Request(), name, time.Time{}, bytes.NewReader(file.content))
	return nil
}

// OpenAPIYAML is the OpenAPI document at /openapi.yaml (RFC 9512).
func (d *Docs) OpenAPIYAML(c echo.Context) error {
	return c.Blob(http.StatusOK, "application/yaml", d.yaml)
}

// OpenAPIJSON is the OpenAPI document at /openapi.json.
func (d *Docs) OpenAPIJSON(c echo.Context) error {
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, d.json)
}

package handler

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/handler/middleware"
	"example.org/kabinet/internal/i18n"
	"example.org/kabinet/internal/problem"
)

const toyDocument = `{"openapi":"3.1.0","info":{"title":"Toy","version":"1"},"paths":{}}`

type someKeys struct{ err error }

func (k someKeys) JWKS() ([]byte, error) { return []byte(`{"keys":[]}`), k.err }

// pagesServer serves what is for people and integrators, as the program does.
func pagesServer(t *testing.T, keys PublicKeys) *echo.Echo {
	t.Helper()
	catalog, err := i18n.New()
	require.NoError(t, err)
	docs, err := NewDocs([]byte("openapi: 3.1.0\n"), []byte(toyDocument))
	require.NoError(t, err)
	problems, err := NewProblems(catalog)
	require.NoError(t, err)
	e := echo.New()
	e.HTTPErrorHandler = middleware.ErrorHandler(problem.New("https://kabinet.test", catalog, clock.System{}), nil)
	e.Use(middleware.RequestID(), middleware.SecurityHeaders("https://kabinet.test"))
	e.GET("/docs", docs.Index)
	e.GET("/docs/:file", docs.Asset)
	e.GET("/openapi.yaml", docs.OpenAPIYAML)
	e.GET("/openapi.json", docs.OpenAPIJSON)
	e.GET("/problems", problems.List)
	e.GET("/problems/:code", problems.Show)
	e.GET("/.well-known/jwks.json", NewWellKnown(keys).JWKS)
	return e
}

func get(t *testing.T, e *echo.Echo, target string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	e.ServeHTTP(w, r)
	return w
}

func TestPagesAndFiles(t *testing.T) {
	t.Parallel()
	e := pagesServer(t, someKeys{})
	const none = "default-src 'none'; frame-ancestors 'none'"
	for target, want := range map[string]struct{ contentType, cache, policy, holds string }{
		"/docs":                                  {"text/html; charset=UTF-8", "no-store", pagePolicy, "/docs/init.js"},
		"/docs/init.js":                          {"text/javascript; charset=utf-8", "public, no-cache", none, "SwaggerUIBundle"},
		"/docs/page.css":                         {"text/css; charset=utf-8", "public, no-cache", none, ".page"},
		"/docs/swagger-ui.css":                   {"text/css; charset=utf-8", "public, no-cache", none, ".swagger-ui"},
		"/docs/swagger-ui-bundle.js":             {"text/javascript; charset=utf-8", "public, no-cache", none, "SwaggerUIBundle"},
		"/docs/LICENSE":                          {"text/plain; charset=UTF-8", "public, no-cache", none, "Apache License"},
		"/docs/NOTICE":                           {"text/plain; charset=UTF-8", "public, no-cache", none, "SmartBear"},
		"/openapi.yaml":                          {"application/yaml", "no-store", none, "openapi: 3.1.0"},
		"/openapi.json":                          {"application/json", "no-store", none, `"openapi"`},
		"/problems":                              {"text/html; charset=UTF-8", "no-store", pagePolicy, "/problems/internal"},
		"/problems/internal":                     {"text/html; charset=UTF-8", "no-store", pagePolicy, "500"},
		"/.well-known/jwks.json":                 {"application/json", "public, max-age=300", none, `{"keys":[]}`},
		"/docs/swagger-ui-bundle.js?x=1":         {"text/javascript; charset=utf-8", "public, no-cache", none, "SwaggerUIBundle"},
		"/docs/swagger-ui-bundle.js.LICENSE.txt": {"text/plain; charset=utf-8", "public, no-cache", none, "MIT"},
	} {
		w := get(t, e, target)
		assert.Equal(t, http.StatusOK, w.Code, target)
		assert.Equal(t, want.contentType, w.Header().Get("Content-Type"), target)
		assert.Equal(t, want.cache, w.Header().Get("Cache-Control"), target)
		assert.Equal(t, want.policy, w.Header().Get("Content-Security-Policy"), target)
		assert.Contains(t, w.Body.String(), want.holds, target)
	}
}

func TestPagesThatDoNotExist(t *testing.T) {
	t.Parallel()
	e := pagesServer(t, someKeys{})
	for _, target := range []string{
		"/docs/index.html", "/docs/nothing.js", "/docs/..%2fdocs.go", "/docs/", "/docs/a/b",
		"/problems/nothing", "/problems/INTERNAL", "/problems/", "/problems/%3Cscript%3E",
	} {
		w := get(t, e, target)
		assert.Equal(t, http.StatusNotFound, w.Code, target)
		assert.Equal(t, problem.MediaType, w.Header().Get("Content-Type"), target)
		assert.Equal(t, "no-store", w.Header().Get("Cache-Control"), target)
		assert.NotContains(t, w.Body.String(), "script", target)
	}
}

func TestAssetsAreAskedForOnce(t *testing.T) {
	t.Parallel()
	e := pagesServer(t, someKeys{})
	seen := map[string]bool{}
	for _, target := range []string{"/docs/swagger-ui-bundle.js", "/docs/swagger-ui.css", "/docs/init.js", "/docs/page.css"} {
		tag := get(t, e, target).Header().Get("ETag")
		require.Regexp(t, `^"[0-9a-f]{32}"$`, tag)
		require.False(t, seen[tag], "two files have one tag")
		seen[tag] = true
		again := get(t, e, target, "If-None-Match", tag)
		assert.Equal(t, http.StatusNotModified, again.Code, target)
		assert.Zero(t, again.Body.Len(), target)
		assert.Equal(t, http.StatusOK, get(t, e, target, "If-None-Match", `"other"`).Code, target)
	}
}

// Everything a page loads comes from this server and is there, and nothing in
// it is inline: the policy of the page forbids the rest.
func TestPagesKeepTheirPolicy(t *testing.T) {
	t.Parallel()
	e := pagesServer(t, someKeys{})
	link := regexp.MustCompile(`(?:src|href)="([^"]*)"`)
	inline := regexp.MustCompile(`(?i)<style|<script>|\sstyle=|\son[a-z]+=|javascript:|https?://`)
	for _, target := range []string{"/docs", "/problems", "/problems/validation_failed", "/problems/phone_invalid"} {
		page := get(t, e, target).Body.String()
		assert.Empty(t, inline.FindString(page), target)
		for _, found := range link.FindAllStringSubmatch(page, -1) {
			if found[1] != "data:," {
				assert.Equal(t, http.StatusOK, get(t, e, found[1]).Code, "%s -> %s", target, found[1])
			}
		}
	}
}

func TestEveryCodeHasAPage(t *testing.T) {
	t.Parallel()
	e := pagesServer(t, someKeys{})
	catalog, err := i18n.New()
	require.NoError(t, err)
	list := get(t, e, "/problems").Body.String()
	for _, entry := range apperr.Catalogue() {
		target := "/problems/" + string(entry.Code)
		assert.Contains(t, list, `href="`+target+`"`)
		for _, language := range i18n.Locales() {
			w := get(t, e, target, "Accept-Language", string(language))
			require.Equal(t, http.StatusOK, w.Code, target)
			page := strings.NewReplacer("&#39;", "'", "&#43;", "+").Replace(w.Body.String())
			assert.Contains(t, page, `<html lang="`+string(language)+`">`)
			assert.Contains(t, page, catalog.Text(language, i18n.TitleKey(entry.Code), nil))
			assert.Contains(t, page, catalog.Text(language, i18n.HelpKey(entry.Code), nil))
			assert.Equal(t, string(language), w.Header().Get("Content-Language"))
			assert.Contains(t, w.Header().Values("Vary"), "Accept-Language")
			inField := strings.Contains(page, catalog.Text(language, "page.problems.field", nil))
			assert.Equal(t, entry.Kind == apperr.KindField, inField, target)
		}
	}
}

func TestJWKSFailureIsNotCached(t *testing.T) {
	t.Parallel()
	w := get(t, pagesServer(t, someKeys{errors.New("canary")}), "/.well-known/jwks.json")
	require.Equal(t, http.StatusInternalServerError, w.Code)
	require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
	require.NotContains(t, w.Body.String(), "canary")
}

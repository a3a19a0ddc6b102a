package printhouse_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/delivery/printhouse"
	"example.org/kabinet/internal/domain"
)

// fake is a printing house that keeps to docs/printing-house.openapi.yaml, and holds
// every request and its own answers against it.
type fake struct {
	router routers.Router

	mu      sync.Mutex
	bundles map[string][]byte
	faults  []string
	// status is answered in the place of 201 and 412, if it is not zero.
	status int
}

func newFake(t *testing.T) (*fake, *printhouse.House) {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile("../../../docs/printing-house.openapi.yaml")
	require.NoError(t, err)
	doc.Servers = nil
	router, err := legacy.NewRouter(doc)
	require.NoError(t, err)
	f := &fake{router: router, bundles: map[string][]byte{}}
	h := served(t, f)
	t.Cleanup(func() { require.Empty(t, f.faults) })
	return f, h
}

// served is the way to a server whose URL holds a token.
func served(t *testing.T, answer http.Handler) *printhouse.House {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return house(t, printhouse.Config{URL: strings.Replace(server.URL, "http://", "http://canary%2Ftoken@", 1) + "/"})
}

// ServeHTTP implements [http.Handler].
func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	f.fault(err)
	route, params, err := f.router.FindRoute(r)
	f.fault(err)
	request := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, ExcludeRequestBody: true},
	}
	f.fault(openapi3filter.ValidateRequest(r.Context(), request))
	status := f.keep(strings.TrimPrefix(r.URL.Path, "/bundles/"), r.Header, body)
	header := http.Header{}
	if status != http.StatusPreconditionFailed && status >= http.StatusBadRequest {
		header.Set("Content-Type", "application/problem+json")
		body = []byte(`{}`)
	} else {
		body = nil
	}
	f.fault(openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: request, Status: status, Header: header, Body: io.NopCloser(bytes.NewReader(body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	}))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

func (f *fake) fault(err error) {
	if err != nil {
		f.faults = append(f.faults, err.Error())
	}
}

func (f *fake) keep(name string, h http.Header, body []byte) int {
	_, there := f.bundles[name]
	switch {
	case h.Get("Authorization") != "Bearer canary/token" || h.Get("Content-Type") != "application/zip" ||
		h.Get("If-None-Match") != "*" || h.Get("Idempotency-Key") != name:
		return http.StatusUnauthorized
	case f.status != 0:
		return f.status
	case there:
		return http.StatusPreconditionFailed
	}
	f.bundles[name] = body
	return http.StatusCreated
}

// M17: a bundle is at the printing house once, as it was first.
func TestHTTP(t *testing.T) {
	t.Parallel()
	f, h := newFake(t)
	b := bundle()
	require.NoError(t, carry(t.Context(), h, b))
	first := f.bundles[b.Name]
	other := bundle()
	other.Files[0].Content = []byte("another one")
	require.NoError(t, carry(t.Context(), h, other))
	require.Equal(t, map[string][]byte{b.Name: first}, f.bundles)
	z, err := zip.NewReader(bytes.NewReader(first), int64(len(first)))
	require.NoError(t, err)
	for i, file := range z.File {
		require.Equal(t, b.Files[i].Name, file.Name)
		opened, err := file.Open()
		require.NoError(t, err)
		content, err := io.ReadAll(opened)
		require.NoError(t, err)
		require.Equal(t, b.Files[i].Content, content)
	}
	f.status = http.StatusNoContent
	require.NoError(t, carry(t.Context(), h, b))
}

// Both sides keep to the contract with refusals, too.
func TestDocumentedRefusals(t *testing.T) {
	t.Parallel()
	f, h := newFake(t)
	for _, f.status = range []int{400, 401, 403, 409, 413, 422, 429, 500, 503} {
		require.Error(t, carry(t.Context(), h, bundle()))
	}
	require.Empty(t, f.bundles)
}

// A permanent refusal gives a handover up; all else is tried again.
func TestRefusals(t *testing.T) {
	t.Parallel()
	for status, final := range map[int]bool{
		400: true, 409: true, 413: true, 422: true,
		200: false, 202: false, 203: false, 301: false, 302: false, 307: false, 401: false, 403: false, 404: false, 405: false,
		408: false, 415: false, 429: false, 500: false, 502: false, 503: false, 504: false,
	} {
		var asked atomic.Int32
		h := served(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			asked.Add(1)
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, "Синтетика canary")
		}))
		err := carry(t.Context(), h, bundle())
		require.ErrorContains(t, err, fmt.Sprintf("status %d", status))
		requireConfidential(t, err)
		require.Equal(t, final, errors.Is(err, domain.ErrUndeliverable), status)
		require.EqualValues(t, 1, asked.Load(), "no redirect is followed")
	}
}

// Late, never, half an answer, an endless one, and nobody there.
func TestHTTPThatHangs(t *testing.T) {
	t.Parallel()
	h := served(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}))
	err := carry(hurried(t), h, bundle())
	require.ErrorIs(t, err, context.DeadlineExceeded)
	requireConfidential(t, err)

	h = served(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusCreated)
		for r.Context().Err() == nil {
			if _, err := io.WriteString(w, strings.Repeat(" ", 64<<10)); err != nil {
				return
			}
		}
	}))
	require.NoError(t, carry(t.Context(), h, bundle()), "the status has said all")

	h = served(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	requireConfidential(t, carry(t.Context(), h, bundle()))

	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	err = carry(t.Context(), house(t, printhouse.Config{URL: strings.Replace(server.URL, "http://", "http://canary@", 1)}), bundle())
	requireConfidential(t, err)
	require.NotErrorIs(t, err, domain.ErrUndeliverable)
}

package edo_test

import (
	"bytes"
	"crypto/elliptic"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/delivery/edo"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/tlsfile"
)

// exchange is what both ways of exchange can do.
type exchange interface {
	Send(t *testing.T, m domain.EDOMessage) error
	Receipt(t *testing.T, m domain.EDOMessage) (domain.EDOReceipt, error)
	play(t *testing.T, m domain.EDOMessage, r domain.EDOReceipt)
}

// overHTTP is the gateway with a server that keeps to the contract.
type overHTTP struct {
	*edo.Gateway
	server *fake
}

func (o overHTTP) Send(t *testing.T, m domain.EDOMessage) error {
	t.Helper()
	return o.Gateway.Send(t.Context(), m)
}

func (o overHTTP) Receipt(t *testing.T, m domain.EDOMessage) (domain.EDOReceipt, error) {
	t.Helper()
	return o.Gateway.Receipt(t.Context(), m.ID)
}

func (o overHTTP) play(_ *testing.T, m domain.EDOMessage, r domain.EDOReceipt) {
	o.server.mu.Lock()
	defer o.server.mu.Unlock()
	o.server.receipts[m.ID.String()] = r
}

// inFolder is the exchange of a sandbox.
type inFolder struct{ *edo.Folder }

func newInFolder(t *testing.T) exchange {
	t.Helper()
	f, _ := newFolder(t)
	return inFolder{f}
}

func (f inFolder) Send(t *testing.T, m domain.EDOMessage) error {
	t.Helper()
	return f.Folder.Send(t.Context(), m)
}

func (f inFolder) Receipt(t *testing.T, m domain.EDOMessage) (domain.EDOReceipt, error) {
	t.Helper()
	return f.Folder.Receipt(t.Context(), m.ID)
}

func (f inFolder) play(t *testing.T, m domain.EDOMessage, r domain.EDOReceipt) {
	t.Helper()
	require.NoError(t, f.Play(t.Context(), m.ID, r))
}

// M16, M24: both ways of exchange behave alike.
func TestBothExchanges(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(*testing.T) exchange{"gateway": newFake, "folder": newInFolder} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, m := open(t), message(t)
			_, err := e.Receipt(t, m)
			require.Error(t, err, "a document that was never sent")
			require.NoError(t, e.Send(t, m))
			require.NoError(t, e.Send(t, m), "twice")
			requireStatus(t, e, m, domain.EDOReceipt{Status: domain.EDOSent})
			for _, r := range []domain.EDOReceipt{
				{Status: domain.EDODelivered, At: at().Add(time.Minute)},
				{Status: domain.EDORead, At: at().Add(time.Hour)},
				{Status: domain.EDORejected, At: at().Add(2 * time.Hour), Reason: "Абонент отключён\nот обмена"},
			} {
				e.play(t, m, r)
				requireStatus(t, e, m, r)
			}
			n := notice(t)
			n.ID = domain.NewID()
			require.NoError(t, e.Send(t, n))
			requireStatus(t, e, n, domain.EDOReceipt{Status: domain.EDOSent})
		})
	}
}

func requireStatus(t *testing.T, e exchange, m domain.EDOMessage, want domain.EDOReceipt) {
	t.Helper()
	r, err := e.Receipt(t, m)
	require.NoError(t, err)
	require.Equal(t, want.Status, r.Status)
	require.Equal(t, strings.ReplaceAll(want.Reason, "\n", " "), r.Reason)
	require.False(t, r.At.IsZero())
	require.True(t, want.At.IsZero() || want.At.Equal(r.At))
}

// Another document under the same key is a mistake that no repetition mends.
func TestAnotherDocumentWithTheSameKey(t *testing.T) {
	t.Parallel()
	e, m := newFake(t), message(t)
	require.NoError(t, e.Send(t, m))
	m.Code = "00000000000000000000"
	require.ErrorIs(t, e.Send(t, m), domain.ErrUndeliverable)
}

// fake is a gateway that keeps to docs/edo-gateway.openapi.yaml, and holds every
// request and its own answers against it.
type fake struct {
	router routers.Router

	mu        sync.Mutex
	documents map[string]string
	receipts  map[string]domain.EDOReceipt
	faults    []string
}

// newFake serves until the test ends, and then requires that both sides kept to
// the contract.
func newFake(t *testing.T) exchange {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile("../../../docs/edo-gateway.openapi.yaml")
	require.NoError(t, err)
	doc.Servers = nil
	router, err := legacy.NewRouter(doc)
	require.NoError(t, err)
	f := &fake{router: router, documents: map[string]string{}, receipts: map[string]domain.EDOReceipt{}}
	server := httptest.NewServer(f)
	t.Cleanup(func() {
		server.Close()
		require.Empty(t, f.faults)
	})
	return overHTTP{client(t, strings.Replace(server.URL, "http://", "http://canary@", 1)), f}
}

// ServeHTTP implements [http.Handler].
func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	f.fault(err)
	r.Body = io.NopCloser(bytes.NewReader(body))
	route, params, err := f.router.FindRoute(r)
	f.fault(err)
	request := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, ExcludeRequestBody: true},
	}
	f.fault(openapi3filter.ValidateRequest(r.Context(), request))
	status, answer := f.get(strings.TrimPrefix(r.URL.Path, "/documents/"))
	if r.Method == http.MethodPost {
		status, answer = f.post(r, string(body))
	}
	header := http.Header{}
	if answer != "" {
		header.Set("Content-Type", "application/json")
	}
	if status >= http.StatusBadRequest {
		header.Set("Content-Type", "application/problem+json")
	}
	f.fault(openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: request, Status: status, Header: header,
		Body: io.NopCloser(strings.NewReader(answer)), Options: &openapi3filter.Options{IncludeResponseStatus: true},
	}))
	w.Header().Set("Content-Type", header.Get("Content-Type"))
	w.WriteHeader(status)
	_, _ = io.WriteString(w, answer)
}

func (f *fake) fault(err error) {
	if err != nil {
		f.faults = append(f.faults, err.Error())
	}
}

func (f *fake) post(r *http.Request, document string) (int, string) {
	key := r.Header.Get("Idempotency-Key")
	if r.Header.Get("Content-Type") != "application/xml" || r.Header.Get("Authorization") != "Bearer canary" {
		return http.StatusUnauthorized, `{}`
	}
	before, known := f.documents[key]
	if known && before != document || !strings.Contains(document, `id="`+key+`"`) {
		return http.StatusConflict, `{}`
	}
	if !known {
		f.documents[key], f.receipts[key] = document, domain.EDOReceipt{Status: domain.EDOSent, At: at()}
	}
	return http.StatusAccepted, ""
}

func (f *fake) get(id string) (int, string) {
	r, known := f.receipts[id]
	if !known {
		return http.StatusNotFound, `{}`
	}
	members := map[string]string{"status": string(r.Status), "at": r.At.Format(time.RFC3339)}
	if r.Reason != "" {
		members["reason"] = r.Reason
	}
	answer, err := json.Marshal(members)
	f.fault(err)
	return http.StatusOK, string(answer)
}

// secureServer answers those who show a certificate of the authority.
func secureServer(t *testing.T, authority *identity) (url string) {
	t.Helper()
	server := httptest.NewUnstartedServer(reply(http.StatusOK, `{"status":"read","at":"2026-11-03T06:00:00Z"}`))
	trusted := x509.NewCertPool()
	trusted.AddCert(authority.cert)
	own := issue(t, curve(t, elliptic.P256()), authority)
	server.TLS = &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{own.cert.Raw}, PrivateKey: own.key}},
		ClientCAs:    trusted, ClientAuth: tls.RequireAndVerifyClientCert, MinVersion: tls.VersionTLS12,
	}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	_, port, _ := strings.Cut(server.Listener.Addr().String(), ":")
	return "https://token@localhost:" + port
}

func TestMutualTLS(t *testing.T) {
	t.Parallel()
	authority, stranger := issue(t, curve(t, elliptic.P256()), nil), issue(t, curve(t, elliptic.P256()), nil)
	ours := issue(t, curve(t, elliptic.P256()), authority)
	url := secureServer(t, authority)
	ask := func(files tlsfile.Files) error {
		g, err := edo.NewGateway(edo.GatewayConfig{URL: url, Files: files}, documents(t))
		require.NoError(t, err)
		_, err = g.Receipt(t.Context(), message(t).ID)
		return err
	}
	require.NoError(t, ask(tlsfile.Files{Cert: ours.certFile, Key: ours.keyFile, CA: authority.certFile}))
	for name, files := range map[string]tlsfile.Files{
		"no certificate":        {CA: authority.certFile},
		"another's certificate": {Cert: stranger.certFile, Key: stranger.keyFile, CA: authority.certFile},
		"no authority":          {Cert: ours.certFile, Key: ours.keyFile},
	} {
		err := ask(files)
		require.Error(t, err, name)
		requireConfidential(t, err)
	}
	missing := filepath.Join(t.TempDir(), "missing")
	for _, files := range []tlsfile.Files{{Cert: missing, Key: missing}, {CA: missing}, {CA: ours.keyFile}, {Cert: ours.certFile}} {
		_, err := edo.NewGateway(edo.GatewayConfig{URL: url, Files: files}, documents(t))
		require.ErrorContains(t, err, "cannot be read")
	}
}

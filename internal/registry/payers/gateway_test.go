package payers_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/registry"
	"example.org/kabinet/internal/registry/payers"
)

const (
	organisation = `{"status":"found","payer":{"registration_number":"087214012345","unified_number":"1000000009",
		"inn":"6700000092","kpp":"670101001","ogrn":"1266700000093","name":"ООО «Пример»",
		"address":{"postal_index":"214000","region":"Смоленская область","area":"Условный район","city":"Смоленск",
		"street":"ул. Примерная","house":"12","building":"1","flat":"34"},"office_code":"087214",
		"edo_agreement":{"id":"SYN-EDO","from":"2020-01-01","to":"2030-12-31"},"state":"active","email":"payer@example.org"}}`
	trader = `{"status":"found","payer":{"registration_number":"087214012345","inn":"670000000330","ogrn":"326670000000035",
		"name":"ИП Образцов","address":{"postal_index":"214000","region":"Смоленская область","city":"Смоленск","house":"12"},
		"office_code":"087214","state":"liquidated"}}`
	notFound = `{"status":"not_found"}`
)

// value takes what a parser made of a literal.
func value[T any](t *testing.T, parse func(string) (T, error), text string) T {
	t.Helper()
	v, err := parse(text)
	require.NoError(t, err, text)
	return v
}

func number(t *testing.T) domain.PayerNumber {
	t.Helper()
	return domain.PayerNumber{PFR: value(t, ident.ParsePFRRegNumber, "087-214-012345")}
}

// serve is the client of a gateway whose URL holds a token and a path.
func serve(t *testing.T, answer http.HandlerFunc) *payers.Gateway {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	g, err := payers.New(registry.GatewayConfig{URL: strings.Replace(server.URL, "http://", "http://canary@", 1) + "/fund/"})
	require.NoError(t, err)
	return g
}

func reply(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// requireNoAnswer asks, and requires that this ends neither with a payer nor with
// there being none, in an error that tells nothing.
func requireNoAnswer(ctx context.Context, t *testing.T, g registry.Payers) error {
	t.Helper()
	got, err := g.Find(ctx, number(t))
	require.Error(t, err)
	require.Zero(t, got)
	require.NotEqual(t, apperr.NotFound, apperr.CodeOf(err))
	for _, word := range []string{"087", "12345", "canary", "://", "Пример", "6700000092"} {
		require.NotContains(t, err.Error(), word)
	}
	return err
}

// keeping answers as the contract says, and notes where either side did not keep
// to it.
type keeping struct {
	router routers.Router
	body   string
	faults []error
}

func newKeeping(t *testing.T, body string) *keeping {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile("../../../docs/registry-gateway.openapi.yaml")
	require.NoError(t, err)
	doc.Servers = openapi3.Servers{{URL: "/fund"}}
	router, err := legacy.NewRouter(doc)
	require.NoError(t, err)
	return &keeping{router: router, body: body}
}

// ServeHTTP implements [http.Handler].
func (k *keeping) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	route, params, err := k.router.FindRoute(r)
	if err != nil {
		k.faults = append(k.faults, err)
		return
	}
	in := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true},
	}
	k.faults = append(k.faults, openapi3filter.ValidateRequest(r.Context(), in),
		openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
			RequestValidationInput: in, Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
			Body: io.NopCloser(bytes.NewBufferString(k.body)), Options: in.Options,
		}))
	if r.Header.Get("Authorization") != "Bearer canary" || strings.Contains(r.URL.String(), "12345") {
		k.faults = append(k.faults, errors.New("a wrong token, or the number in the URL"))
	}
	reply(http.StatusOK, k.body)(w, r)
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	line := func(text string) ident.AddressLine { return value(t, ident.ParseAddressLine, text) }
	full := domain.Payer{
		Number: number(t).PFR, Unified: value(t, ident.ParseUnifiedRegNumber, "1000000009"),
		INN: value(t, ident.ParseINN, "6700000092"), KPP: value(t, ident.ParseKPP, "670101001"),
		OGRN: value(t, ident.ParseOGRN, "1266700000093"), Name: "ООО «Пример»",
		Address: domain.Address{
			PostalIndex: value(t, ident.ParsePostalIndex, "214000"), Region: line("Смоленская область"),
			Area: line("Условный район"), City: line("Смоленск"), Street: line("ул. Примерная"),
			House: line("12"), Building: line("1"), Flat: line("34"),
		},
		Office: value(t, ident.ParseOfficeCode, "087-214"),
		Agreement: domain.EDOAgreement{
			ID: "SYN-EDO", From: value(t, ident.ParseDate, "2020-01-01"), To: value(t, ident.ParseDate, "2030-12-31"),
		},
		State: domain.PayerActive, Email: value(t, ident.ParseLogin, "payer@example.org"),
	}
	bare := domain.Payer{
		Number: full.Number, INN: value(t, ident.ParseINN, "670000000330"), OGRN: value(t, ident.ParseOGRN, "326670000000035"),
		Name: "ИП Образцов", Address: domain.Address{
			PostalIndex: full.Address.PostalIndex, Region: full.Address.Region, City: full.Address.City, House: full.Address.House,
		},
		Office: full.Office, State: domain.PayerLiquidated,
	}
	for body, want := range map[string]domain.Payer{organisation: full, trader: bare, notFound: {}} {
		k := newKeeping(t, body)
		got, err := serve(t, k.ServeHTTP).Find(t.Context(), number(t))
		require.NoError(t, errors.Join(k.faults...))
		require.Equal(t, want, got)
		require.Equal(t, body == notFound, errors.Is(err, apperr.New(apperr.NotFound)))
		require.Equal(t, body != notFound, err == nil)
	}
	// The united fund's number finds the same payer, and no other.
	unified := domain.PayerNumber{Unified: full.Unified}
	k := newKeeping(t, organisation)
	got, err := serve(t, k.ServeHTTP).Find(t.Context(), unified)
	require.NoError(t, errors.Join(append(k.faults, err)...))
	require.Equal(t, full, got)
	_, err = serve(t, reply(http.StatusOK, trader)).Find(t.Context(), unified)
	require.ErrorIs(t, err, registry.ErrContract)
}

// An answer that makes no sense is none, and says neither of a payer that there is
// one nor that there is none.
func TestWrongAnswers(t *testing.T) {
	t.Parallel()
	bodies := []string{
		"", "null", "[]", "{}", "{", `{"status":"found"}`, `{"status":"not_found","payer":{}}`, `{"status":"unknown"}`,
		`{"status":"found","payer":null}`, `{"status":"found","payer":{}}`, `{"status":"not_found"}x`,
		`{"status":"not_found","status":"not_found"}`, `{"status":"not_found","canary":1}`, `<html>canary</html>`,
	}
	for _, change := range [][2]string{
		{`"registration_number":"087214012345"`, `"registration_number":"087214012346"`},
		{`"6700000092"`, `"6700000093"`},
		{`"6700000092"`, `"670000000330"`},
		{`"kpp":"670101001",`, ``},
		{`"1266700000093"`, `"1266700000094"`},
		{`"office_code":"087214"`, `"office_code":"087215"`},
		{`"office_code":"087214",`, ``},
		{`"id":"SYN-EDO",`, ``},
		{`"from":"2020-01-01",`, ``},
		{`"to":"2030-12-31"`, `"to":"2019-12-31"`},
		{`"to":"2030-12-31"`, `"to":"soon"`},
		{`"state":"active"`, `"state":"dormant"`},
		{`"name":"ООО «Пример»",`, ``},
		{`"house":"12",`, ``},
		{`"postal_index":"214000"`, `"postal_index":"714000"`},
		{`"payer@example.org"`, `"payer"`},
		{`"flat":"34"`, `"flat":34`},
		{`"flat":"34"`, `"flat":"34","canary":"x"`},
	} {
		bodies = append(bodies, strings.Replace(organisation, change[0], change[1], 1))
	}
	for _, body := range bodies {
		require.NotEqual(t, organisation, body)
		err := requireNoAnswer(t.Context(), t, serve(t, reply(http.StatusOK, body)))
		require.ErrorIs(t, err, registry.ErrContract, body)
	}
}

// Whatever the status, a refusal does not mean that there is no such payer.
func TestRefusals(t *testing.T) {
	t.Parallel()
	for status, ofOneQuestion := range map[int]bool{
		400: true, 404: true, 409: true, 422: true, 201: false, 202: false, 302: false, 401: false, 403: false,
		429: false, 500: false, 502: false, 503: false,
	} {
		err := requireNoAnswer(t.Context(), t, serve(t, reply(status, notFound)))
		require.ErrorContains(t, err, fmt.Sprintf("status %d", status))
		require.Equal(t, ofOneQuestion, errors.Is(err, registry.ErrAnswered), status)
	}
}

func TestAGatewayThatIsLateOrNeverAnswers(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"never": func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
		},
		"half a body": func(w http.ResponseWriter, r *http.Request) {
			reply(http.StatusOK, `{"status":`)(w, r)
			_ = http.NewResponseController(w).Flush()
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			require.ErrorIs(t, requireNoAnswer(ctx, t, serve(t, answer)), context.DeadlineExceeded)
		})
	}
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	nobody, err := payers.New(registry.GatewayConfig{URL: server.URL})
	require.NoError(t, err)
	require.Error(t, requireNoAnswer(t.Context(), t, nobody))
	_, err = payers.New(registry.GatewayConfig{URL: "ftp://canary"})
	require.ErrorContains(t, err, "register payers: ")
	require.NotContains(t, err.Error(), "canary")
}

// A register that is down is spared; one that knows no such payer is not down.
func TestBreaker(t *testing.T) {
	t.Parallel()
	var down atomic.Bool
	var asked atomic.Int32
	g := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if down.Load() {
			reply(http.StatusServiceUnavailable, "")(w, r)
			return
		}
		reply(http.StatusOK, notFound)(w, r)
	})
	b := registry.NewPayersBreaker(g, stopped{})
	for range 10 {
		_, err := b.Find(t.Context(), number(t))
		require.Equal(t, apperr.NotFound, apperr.CodeOf(err))
	}
	down.Store(true)
	for range 10 {
		_ = requireNoAnswer(t.Context(), t, b)
	}
	require.EqualValues(t, 15, asked.Load())
	require.ErrorIs(t, requireNoAnswer(t.Context(), t, b), registry.ErrOpen)
}

// stopped is a clock that stands still.
type stopped struct{}

func (stopped) Now() time.Time { return time.Unix(0, 0) }

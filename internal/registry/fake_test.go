package registry_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/registry"
)

// fake is a gateway that keeps to docs/registry-gateway.openapi.yaml, and holds
// every request and its own answers against it. It answers as the personas do.
type fake struct {
	clock  registry.Clock
	router routers.Router

	mu         sync.Mutex
	asked      map[string]int    // how often about each number
	questions  map[string]asked  // by reference
	references map[string]string // by key and number
	faults     []string
}

type asked struct {
	number  string
	at      time.Time
	answers int
}

// newFake serves until the test ends, and then requires that both sides kept to
// the contract.
func newFake(t *testing.T, clock registry.Clock) (url string) {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile("../../docs/registry-gateway.openapi.yaml")
	require.NoError(t, err)
	doc.Servers = nil
	router, err := legacy.NewRouter(doc)
	require.NoError(t, err)
	f := &fake{
		clock: clock, router: router,
		asked: map[string]int{}, questions: map[string]asked{}, references: map[string]string{},
	}
	server := httptest.NewServer(f)
	t.Cleanup(func() {
		server.Close()
		require.Empty(t, f.faults)
	})
	return server.URL
}

// ServeHTTP implements [http.Handler].
func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	f.fault(err)
	route, params, err := f.router.FindRoute(r)
	f.fault(err)
	in := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true},
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	f.fault(openapi3filter.ValidateRequest(r.Context(), in))
	status, answer := f.answer(r, body)
	if status < http.StatusBadRequest {
		f.fault(openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
			RequestValidationInput: in, Status: status, Header: http.Header{"Content-Type": {"application/json"}},
			Body: io.NopCloser(strings.NewReader(answer)), Options: in.Options,
		}))
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, err = io.WriteString(w, answer)
	f.fault(err)
}

func (f *fake) fault(err error) {
	if err != nil {
		f.faults = append(f.faults, err.Error())
	}
}

func (f *fake) answer(r *http.Request, body []byte) (int, string) {
	if r.Method == http.MethodPost {
		return f.ask(r, body)
	}
	reference := strings.TrimPrefix(r.URL.Path, "/checks/")
	q, known := f.questions[reference]
	if !known {
		return http.StatusNotFound, `{}`
	}
	q.answers++
	f.questions[reference] = q
	return http.StatusOK, f.report(q)
}

func (f *fake) report(q asked) string {
	const valid = `{"status":"done","result":"valid"}`
	const mismatch = `{"status":"done","result":"mismatch","fields":["name"]}`
	switch {
	case q.number == "601":
		return `{"status":"done","result":"not_found"}`
	case q.number == "602", q.number == "607" && q.answers > 1:
		return mismatch
	case q.number == "603":
		return `{"status":"done","result":"deceased"}`
	case q.number == "606" && f.clock.Now().Sub(q.at) < 20*time.Second:
		return `{"status":"pending"}`
	}
	return valid
}

func (f *fake) ask(r *http.Request, body []byte) (int, string) {
	var q struct {
		Key     string           `json:"key"`
		Kind    domain.CheckKind `json:"kind"`
		Subject struct {
			SNILS    string `json:"snils"`
			Passport struct {
				Number string `json:"number"`
			} `json:"passport"`
		} `json:"subject"`
	}
	f.fault(json.Unmarshal(body, &q))
	if q.Key != r.Header.Get("Idempotency-Key") {
		return http.StatusBadRequest, `{}`
	}
	number := q.Subject.Passport.Number
	if q.Kind == domain.CheckSNILS {
		number = q.Subject.SNILS[:9]
	}
	number = number[len(number)-3:]
	f.asked[number]++
	if number == "605" || number == "604" && f.asked[number] <= 2 {
		return http.StatusServiceUnavailable, `{}`
	}
	reference, known := f.references[q.Key+number]
	if !known {
		reference = "ref_" + strconv.Itoa(len(f.references))
		f.references[q.Key+number] = reference
		f.questions[reference] = asked{number: number, at: f.clock.Now()}
	}
	return http.StatusAccepted, `{"reference":"` + reference + `"}`
}

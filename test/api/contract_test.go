package api_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/api"
	"example.org/kabinet/internal/testkit"
)

// contract is api/openapi.yaml, and which of its operations were called.
type contract struct {
	doc    *openapi3.T
	router routers.Router

	mu     sync.Mutex
	called map[string]map[int]int
}

var theContract = sync.OnceValue(func() *contract {
	c, err := loadContract()
	if err != nil {
		panic(err)
	}
	return c
})

func loadContract() (*contract, error) {
	openapi3.DefineStringFormatValidator("uuid", openapi3.NewRegexpFormatValidator(openapi3.FormatOfStringForUUIDOfRFC9562))
	for _, media := range []string{"application/pdf", "image/png", "text/csv"} {
		openapi3filter.RegisterBodyDecoder(media, openapi3filter.FileBodyDecoder)
	}
	doc, err := openapi3.NewLoader().LoadFromData(api.YAML())
	if err != nil {
		return nil, err
	}
	// The host of a test is none of those that the document names.
	doc.Servers = nil
	for _, schema := range doc.Components.Schemas {
		closeSchema(schema)
	}
	router, err := legacy.NewRouter(doc)
	// For 3.1 every schema is compiled again for every value, and then, unless
	// it has keywords that only 3.1 has, left for the validator of 3.0 anyhow.
	doc.OpenAPI = "3.0.3"
	return &contract{doc: doc, router: router, called: map[string]map[int]int{}}, err
}

// closeSchema forbids properties that the document does not name: an answer
// must not tell more than it promises.
func closeSchema(ref *openapi3.SchemaRef) {
	if ref == nil || ref.Ref != "" || ref.Value == nil {
		return
	}
	if ref.Value.Type.Is("object") && ref.Value.AdditionalProperties.Schema == nil {
		closed := false
		ref.Value.AdditionalProperties.Has = &closed
	}
	for _, inner := range ref.Value.Properties {
		closeSchema(inner)
	}
	closeSchema(ref.Value.Items)
}

func filterOptions() *openapi3filter.Options {
	return &openapi3filter.Options{
		IncludeResponseStatus:             true,
		RejectWhenRequestBodyNotSpecified: true,
		AuthenticationFunc:                openapi3filter.NoopAuthenticationFunc,
	}
}

// find is the operation that a request is for; none for one that the document
// does not know.
func (c *contract) find(r *http.Request) (*openapi3filter.RequestValidationInput, bool) {
	route, params, err := c.router.FindRoute(r)
	if err != nil {
		return nil, false
	}
	return &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Route: route, Options: filterOptions(),
	}, true
}

// checkRequest holds a request against the document.
func (c *contract) checkRequest(ctx context.Context, in *openapi3filter.RequestValidationInput, body []byte) error {
	in.Request.Body = io.NopCloser(bytes.NewReader(body))
	err := openapi3filter.ValidateRequest(ctx, in)
	in.Request.Body = io.NopCloser(bytes.NewReader(body))
	return err
}

// checkAnswer holds an answer against the document, and remembers that there
// was one. What is outside the document can only be a problem.
func (c *contract) checkAnswer(ctx context.Context, in *openapi3filter.RequestValidationInput, a answer) error {
	if in == nil {
		return c.checkProblem(a)
	}
	operation := in.Route.Method + " " + in.Route.Path
	c.mu.Lock()
	if c.called[operation] == nil {
		c.called[operation] = map[int]int{}
	}
	c.called[operation][a.status]++
	c.mu.Unlock()
	return openapi3filter.ValidateResponse(ctx, &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in,
		Status:                 a.status,
		Header:                 a.header,
		Body:                   io.NopCloser(bytes.NewReader(a.body)),
		Options:                filterOptions(),
	})
}

func (c *contract) checkProblem(a answer) error {
	if a.status < http.StatusBadRequest || len(a.body) == 0 {
		return nil
	}
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		return fmt.Errorf("%d with %s", a.status, got)
	}
	schema := c.doc.Components.Schemas["Problem"]
	if schema == nil {
		return errors.New("the document has no schema Problem")
	}
	var value any
	if err := a.into(&value); err != nil {
		return err
	}
	return schema.Value.VisitJSON(value)
}

// uncalled lists the operations that were never answered with success.
func (c *contract) uncalled() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var missed []string
	for _, operation := range c.operations() {
		succeeded := false
		for status := range c.called[operation] {
			succeeded = succeeded || status < http.StatusBadRequest
		}
		if !succeeded {
			missed = append(missed, operation)
		}
	}
	return missed
}

// operations lists the document's operations, such as "GET /v1/me".
func (c *contract) operations() []string {
	var all []string
	for path, item := range c.doc.Paths.Map() {
		for method := range item.Operations() {
			all = append(all, method+" "+path)
		}
	}
	slices.Sort(all)
	return all
}

// pages are the routes for people and for tools, which a generated client has
// no use for.
func pages() []string {
	return []string{
		"GET /docs", "GET /docs/{file}", "GET /openapi.json", "GET /openapi.yaml",
		"GET /problems", "GET /problems/{code}", "GET /not-me",
	}
}

// routes lists the routes of the program in the words of the document.
func routes(t *testing.T, s *testkit.Server) []string {
	t.Helper()
	e, ok := s.App.Handler().(*echo.Echo)
	require.True(t, ok)
	var all []string
	for _, r := range e.Routes() {
		parts := strings.Split(r.Path, "/")
		for i, part := range parts {
			if name, variable := strings.CutPrefix(part, ":"); variable {
				parts[i] = "{" + name + "}"
			}
		}
		all = append(all, r.Method+" "+strings.Join(parts, "/"))
	}
	slices.Sort(all)
	return all
}

// M23
func TestRoutesAndContractAreTheSame(t *testing.T) {
	t.Parallel()
	inProgram := routes(t, testkit.NewServer(t, testkit.SQLite))
	inDocument := theContract().operations()
	for _, route := range inProgram {
		if !slices.Contains(pages(), route) {
			require.Contains(t, inDocument, route, "a route that the document lacks")
		}
	}
	for _, operation := range inDocument {
		require.Contains(t, inProgram, operation, "an operation that the program lacks")
	}
	for _, page := range pages() {
		require.Contains(t, inProgram, page)
	}
}

// The validator of 3.0 knows every keyword in use.
func TestContractHasNoKeywordThatNobodyChecks(t *testing.T) {
	t.Parallel()
	require.NoError(t, theContract().doc.WalkSchemas(func(at string, ref *openapi3.SchemaRef) error {
		s := ref.Value
		require.True(t, s.Const == nil && s.If == nil && s.Then == nil && s.Else == nil && s.Contains == nil &&
			s.PropertyNames == nil && s.ContentSchema == nil, at)
		require.Zero(t, len(s.PrefixItems)+len(s.PatternProperties)+len(s.DependentSchemas)+
			len(s.DependentRequired)+len(s.Defs), at)
		require.Zero(t, s.UnevaluatedItems, at)
		require.Zero(t, s.UnevaluatedProperties, at)
		return nil
	}))
}

func TestEveryOperationIsDescribed(t *testing.T) {
	t.Parallel()
	for path, item := range theContract().doc.Paths.Map() {
		for method, operation := range item.Operations() {
			name := method + " " + path
			require.NotEmpty(t, operation.Summary, name)
			require.NotEmpty(t, operation.OperationID, name)
			require.NotNil(t, operation.Security, "%s does not say whether it is public", name)
		}
	}
}

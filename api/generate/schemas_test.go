package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// finished is a schema as it stands in the document when its property "value"
// of the named schema was written as given.
func finished(t *testing.T, schema string, property node) (node, error) {
	t.Helper()
	doc, err := buildChanged(t, func(doc node) {
		nodeAt(t, doc, "definitions", schema, "properties")["value"] = property
	})
	if err != nil {
		return nil, err
	}
	name := schema[strings.LastIndex(schema, ".")+1:]
	return nodeAt(t, doc, "components", "schemas", name, "properties", "value"), nil
}

func TestSchemasAreFinished(t *testing.T) {
	t.Parallel()
	anyText := `^[^\x00]*$`
	tests := map[string]struct{ in, want node }{
		"open text":     {node{"type": "string"}, node{"type": "string", "maxLength": 1000, "pattern": anyText}},
		"limited text":  {node{"type": "string", "maxLength": 7}, node{"type": "string", "maxLength": uint64(7), "pattern": anyText}},
		"usual format":  {node{"type": "string", "format": "date"}, node{"type": "string", "format": "date", "maxLength": 10}},
		"own format":    {node{"type": "string", "format": "code6"}, node{"type": "string", "pattern": `^[0-9]{6}$`, "maxLength": 6}},
		"enum":          {node{"type": "string", "enum": []any{"a"}}, node{"type": "string", "enum": []any{"a"}}},
		"null enum":     {node{"type": "string", "enum": []any{"a"}, "x-nullable": true}, node{"type": []any{"string", "null"}, "enum": []any{"a", nil}}},
		"integer":       {node{"type": "integer"}, node{"type": "integer", "format": "int32", "minimum": 0, "maximum": maxInt32}},
		"null integer":  {node{"type": "integer", "minimum": 1, "maximum": 2, "x-nullable": true}, node{"type": []any{"integer", "null"}, "format": "int32", "minimum": 1, "maximum": 2}},
		"boolean":       {node{"type": "boolean", "example": true}, node{"type": "boolean", "examples": []any{true}}},
		"list":          {node{"type": "array", "items": node{"type": "boolean"}}, node{"type": "array", "maxItems": 100, "items": node{"type": "boolean"}}},
		"map":           {node{"type": "object", "additionalProperties": node{"type": "boolean"}}, node{"type": "object", "maxProperties": 50, "additionalProperties": node{"type": "boolean"}}},
		"object":        {node{"type": "object"}, node{"type": "object"}},
		"null or other": {node{"allOf": []any{node{"$ref": "#/definitions/handler.Code"}}, "x-nullable": true}, node{"anyOf": []any{reference("schemas/Code"), node{"type": "null"}}}},
		"enum's notes":  {node{"type": "string", "enum": []any{"a"}, "x-enum-comments": node{"A": "first"}}, node{"type": "string", "enum": []any{"a"}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := finished(t, "handler.Registration", test.in)
			require.NoError(t, err)
			want, err := encodeJSON(test.want)
			require.NoError(t, err)
			have, err := encodeJSON(got)
			require.NoError(t, err)
			require.JSONEq(t, string(want), string(have))
		})
	}
}

func TestTimesAreToldByTheirName(t *testing.T) {
	t.Parallel()
	properties := nodeAt(t, built(t, unchanged), "components", "schemas", "Registration", "properties")
	require.Equal(t, "date-time", at(t, properties, "available_at", "format"))
	require.Equal(t, []any{"string", "null"}, at(t, properties, "retry_at", "type"))
}

func TestOnlyRequestsAreClosed(t *testing.T) {
	t.Parallel()
	for name, schema := range nodeAt(t, built(t, unchanged), "components", "schemas") {
		closed, set := schema.(node)["additionalProperties"]
		require.Equal(t, name == "RegistrationRequest", set, name)
		require.True(t, !set || closed == false, name)
	}
}

func TestRequestsHaveLimits(t *testing.T) {
	t.Parallel()
	const request = "handler.RegistrationRequest"
	_, err := finished(t, request, node{"type": "string"})
	require.ErrorContains(t, err, "RegistrationRequest.value: has neither maxLength nor a format")
	_, err = finished(t, request, node{"type": "array", "items": node{"type": "string"}})
	require.ErrorContains(t, err, "RegistrationRequest.value[]: has neither")
	_, err = finished(t, request, node{"type": "string", "format": "email"})
	require.NoError(t, err)
	_, err = buildChanged(t, func(doc node) {
		get := nodeAt(t, doc, "paths", registration, "get")
		get["parameters"] = append(get["parameters"].([]any), node{"name": "q", "in": "query", "type": "string"})
	})
	require.ErrorContains(t, err, "get /v1/registrations/{id} q: has neither")
}

func TestUnknownFormatIsRefused(t *testing.T) {
	t.Parallel()
	_, err := finished(t, "handler.Registration", node{"type": "string", "format": "e146"})
	require.ErrorContains(t, err, `Registration.value: format "e146" is neither usual nor named`)
}

func TestNamedFormatsMatchWhatTheyName(t *testing.T) {
	t.Parallel()
	examples := map[string]string{
		"code6": "012345", "e164": "+79001234567", "hhmm": "24:00", "inn": "7707083893", "jwt": "eyJ.eyJ.c2ln",
		"regnum": "087-109-012345", "sha256": strings.Repeat("0a", 32), "slug": "personal-data",
		"snils": "112-233-445 95", "token256": strings.Repeat("A", 43),
	}
	for name, format := range namedFormats() {
		example, ok := examples[name]
		require.True(t, ok, "no example of %s", name)
		pattern := regexp.MustCompile(format.pattern)
		require.Regexp(t, pattern, example)
		require.LessOrEqual(t, len(example), format.maxLength)
		require.NotRegexp(t, pattern, example+"\n")
		require.NotRegexp(t, pattern, "")
	}
}

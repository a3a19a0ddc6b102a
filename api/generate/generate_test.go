package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// swagger is a small document as swag writes it, which every test may change
// before it is built.
func swagger(t *testing.T) node {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", "swagger.json"))
	require.NoError(t, err)
	var doc node
	require.NoError(t, json.Unmarshal(content, &doc))
	return doc
}

// built is the document that the example, changed by the test, ends in.
func built(t *testing.T, change func(doc node)) node {
	t.Helper()
	doc, err := buildChanged(t, change)
	require.NoError(t, err)
	return doc
}

func buildChanged(t *testing.T, change func(doc node)) (node, error) {
	t.Helper()
	doc := swagger(t)
	change(doc)
	content, err := json.Marshal(doc)
	require.NoError(t, err)
	return build(t.Context(), content)
}

func unchanged(node) {}

// at follows keys into the document and fails where one is missing.
func at(t *testing.T, doc node, way ...string) any {
	t.Helper()
	var v any = doc
	for i, key := range way {
		n, ok := v.(node)
		require.True(t, ok, "%v is no object", way[:i])
		v, ok = n[key]
		require.True(t, ok, "%v is missing", way[:i+1])
	}
	return v
}

func nodeAt(t *testing.T, doc node, way ...string) node {
	t.Helper()
	n, ok := at(t, doc, way...).(node)
	require.True(t, ok, "%v is no object", way)
	return n
}

const (
	registrations = "/v1/registrations"
	registration  = "/v1/registrations/{id}"
	current       = "/v1/sessions/current"
)

func TestRunWritesBothForms(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	require.NoError(t, run(t.Context(), []string{filepath.Join("testdata", "swagger.json"), folder}))
	for _, name := range []string{"openapi.yaml", "openapi.json"} {
		content, err := os.ReadFile(filepath.Join(folder, name))
		require.NoError(t, err)
		require.Contains(t, string(content), "createRegistration")
	}
}

func TestRunIsRepeatable(t *testing.T) {
	t.Parallel()
	contents := map[string]string{}
	for range 5 {
		folder := t.TempDir()
		require.NoError(t, run(t.Context(), []string{filepath.Join("testdata", "swagger.json"), folder}))
		for _, name := range []string{"openapi.yaml", "openapi.json"} {
			content, err := os.ReadFile(filepath.Join(folder, name))
			require.NoError(t, err)
			if before, seen := contents[name]; seen {
				require.Equal(t, before, string(content))
			}
			contents[name] = string(content)
		}
	}
}

func TestRunRefuses(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	broken := filepath.Join(folder, "broken.json")
	require.NoError(t, os.WriteFile(broken, []byte("{"), 0o600))
	require.ErrorContains(t, run(t.Context(), nil), "usage")
	require.ErrorContains(t, run(t.Context(), []string{filepath.Join(folder, "none"), folder}), "read the swagger document")
	require.ErrorContains(t, run(t.Context(), []string{broken, folder}), "parse the swagger document")
	require.ErrorContains(t, run(t.Context(), []string{"testdata/swagger.json", filepath.Join(folder, "none")}), "write the contract")
}

func TestYAMLBeginsAsPeopleReadIt(t *testing.T) {
	t.Parallel()
	content, err := encodeYAML(node{"x-last": 1, "components": node{}, "paths": node{"/": "404"}, "openapi": "3.1.0", "info": node{}})
	require.NoError(t, err)
	require.Equal(t, "openapi: 3.1.0\ninfo: {}\npaths:\n  /: \"404\"\ncomponents: {}\nx-last: 1\n", string(content))
}

func TestInvalidDocumentIsNotFinished(t *testing.T) {
	t.Parallel()
	_, err := buildChanged(t, func(doc node) {
		nodeAt(t, doc, "paths", registration, "get")["parameters"] = []any{}
	})
	require.ErrorContains(t, err, "validate the finished document")
}

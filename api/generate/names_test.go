package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSchemaName(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"Problem":              "Problem",
		"handler.Registration": "Registration",
		"example_org_kabinet_internal_handler.Session": "Session",
		"handler.Page-handler_Session":                 "PageSession",
		"handler.Pair-handler_A-string":                "PairAstring",
	}
	for swagName, want := range tests {
		require.Equal(t, want, schemaName(swagName))
	}
}

func TestReferencesFollowTheNames(t *testing.T) {
	t.Parallel()
	doc := built(t, unchanged)
	schemas := nodeAt(t, doc, "components", "schemas")
	require.Equal(t, []string{"Code", "FieldError", "PageRegistration", "Problem", "Registration", "RegistrationRequest"}, keys(schemas))
	require.Equal(t, "#/components/schemas/Registration", at(t, schemas, "PageRegistration", "properties", "items", "items", "$ref"))
	walk(doc, func(n node) {
		ref, _ := n["$ref"].(string)
		require.NotContains(t, ref, "handler")
	})
}

func TestTwoSchemasOfOneNameAreRefused(t *testing.T) {
	t.Parallel()
	_, err := buildChanged(t, func(doc node) {
		nodeAt(t, doc, "definitions")["domain.Code"] = node{"type": "object"}
	})
	require.ErrorContains(t, err, "schemas domain.Code and handler.Code would both be called Code")
}

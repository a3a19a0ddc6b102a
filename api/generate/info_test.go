package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDocumentSaysWhatItIs(t *testing.T) {
	t.Parallel()
	doc := built(t, unchanged)
	require.Equal(t, "3.1.0", doc["openapi"])
	require.Len(t, doc["servers"], 2)
	schemes := nodeAt(t, doc, "components", "securitySchemes")
	require.Equal(t, []string{accessToken, flowToken, sessionCookie}, keys(schemes))
	require.Equal(t, "JWT", at(t, schemes, accessToken, "bearerFormat"))
	require.Equal(t, "cookie", at(t, schemes, sessionCookie, "in"))
	require.Equal(t, "__Host-kabinet_access", at(t, schemes, sessionCookie, "name"))
}

func TestTagsAreDescribedAndUsed(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(doc node)
		want   string
	}{
		"not described": {
			func(doc node) { doc["tags"] = doc["tags"].([]any)[:1] },
			`delete /v1/sessions/current: tag "sessions" is not described`,
		},
		"without a text": {
			func(doc node) { delete(doc["tags"].([]any)[0].(node), "description") },
			`tag "registrations" has no @tag.description`,
		},
		"not used": {
			func(doc node) {
				doc["tags"] = append(doc["tags"].([]any), node{"name": "spare", "description": "Spare."})
			},
			`tag "spare" is used by no operation`,
		},
		"none": {
			func(doc node) { delete(doc["paths"].(node)[current].(node)["delete"].(node), "tags") },
			"delete /v1/sessions/current has 0 tags, not one",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := buildChanged(t, test.change)
			require.ErrorContains(t, err, test.want)
		})
	}
}

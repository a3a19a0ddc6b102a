package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func responsesOf(t *testing.T, doc node, path, method string) node {
	t.Helper()
	return nodeAt(t, doc, "paths", path, method, "responses")
}

func TestSharedProblemAnswersStandWhereTheyApply(t *testing.T) {
	t.Parallel()
	doc := built(t, unchanged)
	tests := []struct {
		path, method, codes string
	}{
		{registrations, "post", "201 400 403 409 413 415 422 429 500 503"},
		{registration, "get", "200 400 401 403 404 429 500 503"},
		{current, "delete", "204 400 401 403 429 500 503"},
	}
	for _, test := range tests {
		require.Equal(t, test.codes, strings.Join(keys(responsesOf(t, doc, test.path, test.method)), " "), test.path)
	}
}

func TestProblemsAreProblemsAndOthersAreNot(t *testing.T) {
	t.Parallel()
	doc := built(t, func(doc node) {
		get := nodeAt(t, doc, "paths", registration, "get")
		get["produces"] = []any{"application/json", problemType}
	})
	for _, op := range operations(doc) {
		for code, r := range object(op.node, "responses") {
			response := r.(node)
			if ref, ok := response["$ref"].(string); ok {
				response = nodeAt(t, doc, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
			}
			require.NotNil(t, object(response, "headers")["X-Request-Id"], op.name()+code)
			if code >= "400" {
				require.Equal(t, []string{problemType}, keys(object(response, "content")), op.name()+code)
				continue
			}
			require.NotContains(t, keys(object(response, "content")), problemType, op.name()+code)
		}
	}
}

func TestOwnProblemKeepsItsWords(t *testing.T) {
	t.Parallel()
	doc := built(t, func(doc node) {
		responsesOf(t, doc, registrations, "post")["429"] = node{"description": "Too many codes."}
	})
	answer := nodeAt(t, responsesOf(t, doc, registrations, "post"), "429")
	require.Equal(t, "Too many codes.", answer["description"])
	require.NotNil(t, at(t, answer, "headers", "Retry-After"))
	require.Equal(t, "No such registration", at(t, responsesOf(t, doc, registration, "get"), "404", "description"))
}

func TestRetryAfterAndChallenge(t *testing.T) {
	t.Parallel()
	responses := nodeAt(t, built(t, unchanged), "components", "responses")
	at(t, responses, "TooManyRequests", "headers", "Retry-After")
	at(t, responses, "ServiceUnavailable", "headers", "Retry-After")
	at(t, responses, "Unauthorized", "headers", "WWW-Authenticate")
	require.NotContains(t, keys(nodeAt(t, responses, "BadRequest", "headers")), "Retry-After")
}

func TestRateLimitHeadersStandWhereDeclared(t *testing.T) {
	t.Parallel()
	doc := built(t, unchanged)
	limited := nodeAt(t, responsesOf(t, doc, registrations, "post"), "201", "headers")
	require.Contains(t, keys(limited), "RateLimit")
	require.Contains(t, keys(limited), "RateLimit-Policy")
	free := nodeAt(t, responsesOf(t, doc, registration, "get"), "200", "headers")
	require.NotContains(t, keys(free), "RateLimit")
}

func TestIdempotencyIsForPOSTs(t *testing.T) {
	t.Parallel()
	doc := built(t, func(doc node) {
		post := nodeAt(t, doc, "paths", registrations, "post")
		post["parameters"] = append(post["parameters"].([]any), node{"name": "Idempotency-Key", "in": "header", "type": "string"})
	})
	key := reference("parameters/IdempotencyKey")
	require.Equal(t, []any{key}, at(t, doc, "paths", registrations, "post", "parameters"))
	require.NotContains(t, at(t, doc, "paths", registration, "get", "parameters"), key)
	require.NotContains(t, keys(nodeAt(t, doc, "paths", current, "delete")), "parameters")
	require.Contains(t, keys(nodeAt(t, responsesOf(t, doc, registrations, "post"), "201", "headers")), "Idempotency-Replayed")
	require.NotContains(t, keys(nodeAt(t, responsesOf(t, doc, registration, "get"), "200", "headers")), "Idempotency-Replayed")
}

// A POST whose answer must not be kept takes no key, and does not say so in a word
// of its own.
func TestRepeatablePOSTs(t *testing.T) {
	t.Parallel()
	doc := built(t, func(doc node) { nodeAt(t, doc, "paths", registrations, "post")["x-repeatable"] = true })
	post := nodeAt(t, doc, "paths", registrations, "post")
	require.NotContains(t, keys(post), "x-repeatable")
	require.NotContains(t, keys(post), "parameters")
	require.NotContains(t, keys(nodeAt(t, responsesOf(t, doc, registrations, "post"), "201", "headers")), "Idempotency-Replayed")
}

func TestSecurity(t *testing.T) {
	t.Parallel()
	doc := built(t, unchanged)
	require.Equal(t, []any{}, at(t, doc, "paths", registrations, "post", "security"), "public")
	require.Equal(t, []any{node{flowToken: []any{}}}, at(t, doc, "paths", registration, "get", "security"))
	require.Equal(t, []any{node{accessToken: []any{}}, node{sessionCookie: []any{}}}, at(t, doc, "paths", current, "delete", "security"))
}

func TestUnusedComponentsAreDropped(t *testing.T) {
	t.Parallel()
	doc := built(t, func(doc node) {
		doc["paths"] = node{current: doc["paths"].(node)[current]}
		doc["tags"] = doc["tags"].([]any)[1:]
	})
	components := nodeAt(t, doc, "components")
	require.Empty(t, keys(nodeAt(t, components, "parameters")))
	require.NotContains(t, keys(nodeAt(t, components, "responses")), "ContentTooLarge")
	require.NotContains(t, keys(nodeAt(t, components, "headers")), "IdempotencyReplayed")
}

func TestOperationsAreRefused(t *testing.T) {
	t.Parallel()
	remove := func(doc node) node { return doc["paths"].(node)[current].(node)["delete"].(node) }
	tests := map[string]struct {
		change func(doc node)
		want   string
	}{
		"no id":          {func(doc node) { delete(remove(doc), "operationId") }, "delete /v1/sessions/current has no @ID"},
		"same id":        {func(doc node) { remove(doc)["operationId"] = "getRegistration" }, "share the @ID getRegistration"},
		"unknown scheme": {func(doc node) { remove(doc)["security"] = []any{node{"basic": []any{}}} }, "@Security basic is neither"},
		"no problem":     {func(doc node) { renameProblem(doc) }, "no schema is called Problem"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := buildChanged(t, test.change)
			require.ErrorContains(t, err, test.want)
		})
	}
}

func renameProblem(doc node) {
	definitions := doc["definitions"].(node)
	definitions["Trouble"] = definitions["Problem"]
	delete(definitions, "Problem")
	walk(doc, func(n node) {
		if n["$ref"] == "#/definitions/Problem" {
			n["$ref"] = "#/definitions/Trouble"
		}
	})
}

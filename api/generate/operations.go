package main

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
)

// finishOperations gives every operation its security, its idempotency and its
// problem answers.
func finishOperations(doc node) error {
	components := child(doc, "components")
	components["headers"] = sharedHeaders()
	components["parameters"] = node{"IdempotencyKey": idempotencyKey()}
	var problems []error
	seen := map[string]string{}
	for _, op := range operations(doc) {
		id, _ := op.node["operationId"].(string)
		switch {
		case id == "":
			problems = append(problems, fmt.Errorf("%s has no @ID", op.name()))
		case seen[id] != "":
			problems = append(problems, fmt.Errorf("%s and %s share the @ID %s", seen[id], op.name(), id))
		default:
			seen[id] = op.name()
		}
		problems = append(problems, secure(op))
		idempotent(op)
		answer(op, child(components, "responses"))
		delete(op.node, repeatable)
	}
	if len(seen) > 0 && object(object(components, "schemas"), "Problem") == nil {
		problems = append(problems, errors.New("no schema is called Problem: name it so by // @name Problem and refer to it in one @Failure"))
	}
	dropUnused(doc)
	return errors.Join(problems...)
}

// secure marks public operations as such, and lets the cookie stand for the
// access token.
func secure(op operation) error {
	list, _ := op.node["security"].([]any)
	if len(list) == 0 {
		op.node["security"] = []any{}
		return nil
	}
	takesCookie := false
	for _, requirement := range list {
		for _, scheme := range keys(requirement.(node)) {
			if scheme != accessToken && scheme != flowToken {
				return fmt.Errorf("%s: @Security %s is neither %s nor %s", op.name(), scheme, accessToken, flowToken)
			}
			takesCookie = takesCookie || scheme == accessToken
		}
	}
	if takesCookie {
		op.node["security"] = append(list, node{sessionCookie: []any{}})
	}
	return nil
}

// idempotencyKey is the header that lets a client repeat a POST safely.
func idempotencyKey() node {
	return node{
		"name": "Idempotency-Key", "in": "header", "required": false,
		"description": "A value of the client's own, best a UUID. The same key with the same body gives the first answer again for 24 hours; with another body, 422 `idempotency_key_reused`; while the first request still runs, 409.",
		"schema":      node{"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
	}
}

// repeatable marks, by @x-repeatable, a POST that is safe to repeat as it is, and
// whose answer must not be kept: it takes no Idempotency-Key.
const repeatable = "x-repeatable"

// replayable tells whether an answer of the operation can be given again.
func replayable(op operation) bool { return op.method == "post" && op.node[repeatable] == nil }

// idempotent adds the header Idempotency-Key to a POST.
func idempotent(op operation) {
	if !replayable(op) {
		return
	}
	parameters, _ := op.node["parameters"].([]any)
	parameters = slices.DeleteFunc(parameters, func(p any) bool {
		return p.(node)["name"] == "Idempotency-Key"
	})
	op.node["parameters"] = append(parameters, reference("parameters/IdempotencyKey"))
}

// answer adds the problem answers that the operation shares with others,
// finishes those of its own, and gives every answer its headers.
func answer(op operation, shared node) {
	limited := declaresRateLimit(op)
	responses := child(op.node, "responses")
	for _, p := range problemAnswers() {
		_, declared := responses[p.code()]
		if declared || !p.applies(op) {
			continue
		}
		shared[p.name] = problemResponse(p.description, p.headers)
		responses[p.code()] = reference("responses/" + p.name)
	}
	for _, code := range keys(responses) {
		response := object(responses, code)
		switch {
		case response["$ref"] != nil:
		case code >= "400":
			responses[code] = problemResponse(response["description"], headersOf(code))
		default:
			success(op, response, limited)
		}
	}
}

// success finishes an answer below 400.
func success(op operation, response node, limited bool) {
	headers := child(response, "headers")
	headers["X-Request-Id"] = reference("headers/XRequestId")
	if limited {
		headers["RateLimit"] = reference("headers/RateLimit")
		headers["RateLimit-Policy"] = reference("headers/RateLimitPolicy")
	}
	if replayable(op) {
		headers["Idempotency-Replayed"] = reference("headers/IdempotencyReplayed")
	}
	delete(object(response, "content"), problemType)
}

// declaresRateLimit tells whether any answer of the operation was annotated
// with the header RateLimit; its other answers get it too.
func declaresRateLimit(op operation) bool {
	responses := object(op.node, "responses")
	return slices.ContainsFunc(keys(responses), func(code string) bool {
		return object(object(responses, code), "headers")["RateLimit"] != nil
	})
}

// dropUnused removes shared components that no operation refers to.
func dropUnused(doc node) {
	used := map[string]bool{}
	walk(doc, func(n node) {
		if ref, ok := n["$ref"].(string); ok {
			used[ref] = true
		}
	})
	for _, kind := range []string{"headers", "parameters", "responses"} {
		all := object(object(doc, "components"), kind)
		for name := range all {
			if !used["#/components/"+kind+"/"+name] {
				delete(all, name)
			}
		}
	}
}

// always, secured, posted and so on say where a shared problem answer applies.
func always(operation) bool       { return true }
func secured(op operation) bool   { return op.secured() }
func withBody(op operation) bool  { return op.hasBody() }
func posted(op operation) bool    { return op.method == "post" }
func guarded(op operation) bool   { return op.secured() || posted(op) }
func checkable(op operation) bool { return op.hasBody() || posted(op) }

// problemAnswer is an answer that many operations share.
type problemAnswer struct {
	status      int
	name        string // in components/responses
	description string
	headers     []string // beside X-Request-Id
	applies     func(operation) bool
}

// code is the status as a key of the document.
func (p problemAnswer) code() string {
	return strconv.Itoa(p.status)
}

func problemAnswers() []problemAnswer {
	return []problemAnswer{
		{http.StatusBadRequest, "BadRequest", "The request is malformed: not JSON, an unknown field, a wrong type or parameter.", nil, always},
		{http.StatusUnauthorized, "Unauthorized", "The token is missing, wrong or expired.", []string{"WWW-Authenticate"}, secured},
		{http.StatusForbidden, "Forbidden", "The token does not open this resource, or the Origin is not allowed.", nil, guarded},
		{http.StatusConflict, "Conflict", "The first request with this Idempotency-Key still runs, or the resource is in another state.", nil, replayable},
		{http.StatusRequestEntityTooLarge, "ContentTooLarge", "The body is larger than 64 KiB.", nil, withBody},
		{http.StatusUnsupportedMediaType, "UnsupportedMediaType", "The body is not application/json.", nil, withBody},
		{http.StatusUnprocessableEntity, "UnprocessableContent", "Fields are wrong (all are named at once), or the Idempotency-Key was used with another body.", nil, checkable},
		{http.StatusTooManyRequests, "TooManyRequests", "A limit is reached; Retry-After tells when to try again.", []string{"Retry-After", "RateLimit", "RateLimit-Policy"}, always},
		{http.StatusInternalServerError, "InternalServerError", "The server failed. Tell its operators the X-Request-Id.", nil, always},
		{http.StatusServiceUnavailable, "ServiceUnavailable", "The server has no room for the request now; Retry-After tells when to try again.", []string{"Retry-After"}, always},
	}
}

package main

import "strings"

// problemType is the media type of every answer from 400 on (RFC 9457).
const problemType = "application/problem+json"

// problemResponse is an answer with a problem document.
func problemResponse(description any, headers []string) node {
	all := node{"X-Request-Id": reference("headers/XRequestId")}
	for _, name := range headers {
		all[name] = reference("headers/" + componentName(name))
	}
	return node{
		"description": description,
		"headers":     all,
		"content":     node{problemType: node{"schema": reference("schemas/Problem")}},
	}
}

// headersOf returns the headers that a problem answer of this status carries
// wherever it is described.
func headersOf(code string) []string {
	for _, p := range problemAnswers() {
		if p.code() == code {
			return p.headers
		}
	}
	return nil
}

// componentName makes "RetryAfter" of "Retry-After": components have no hyphens.
func componentName(header string) string {
	return strings.ReplaceAll(header, "-", "")
}

func sharedHeaders() node {
	printable := func(maxLength int) node {
		return node{"type": "string", "maxLength": maxLength, "pattern": "^[ -~]*$"}
	}
	return node{
		"IdempotencyReplayed": node{
			"description": "Present and true when this is the first answer to the same Idempotency-Key, given again.",
			"schema":      node{"type": "string", "enum": []any{"true"}},
		},
		"RateLimit": node{
			"description": "What is left of the limit (draft-ietf-httpapi-ratelimit-headers).",
			"schema":      printable(200),
		},
		"RateLimitPolicy": node{
			"description": "The limits that apply (draft-ietf-httpapi-ratelimit-headers).",
			"schema":      printable(200),
		},
		"RetryAfter": node{
			"description": "Seconds to wait before another attempt (RFC 9110, 10.2.3).",
			"schema":      node{"type": "integer", "format": "int32", "minimum": 0, "maximum": 604800},
		},
		"WWWAuthenticate": node{
			"description": "The scheme that the resource wants (RFC 6750, 3).",
			"schema":      printable(500),
		},
		"XRequestId": node{
			"description": "Identifies this request in the server's logs; problem documents repeat it as instance.",
			"schema":      printable(128),
		},
	}
}

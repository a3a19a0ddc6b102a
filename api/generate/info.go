package main

import (
	"errors"
	"fmt"
)

// Names of the security schemes. Annotations use the first two; whoever takes
// the access token takes the cookie as well.
const (
	accessToken   = "accessToken"
	flowToken     = "flowToken"
	sessionCookie = "sessionCookie"
)

// finishInfo sets what the document says of itself: version, servers and
// security schemes, and checks its tags.
func finishInfo(doc node) error {
	doc["openapi"] = "3.1.0"
	doc["servers"] = []any{
		node{"url": "/", "description": "The server that answers with this document: production, or a sandbox for trying.", "x-internal": false},
		node{"url": "http://127.0.0.1:8080", "description": "A local sandbox.", "x-internal": true},
	}
	child(doc, "components")["securitySchemes"] = securitySchemes()
	return checkTags(doc)
}

func securitySchemes() node {
	return node{
		accessToken: node{
			"type": "http", "scheme": "bearer", "bearerFormat": "JWT",
			"description": "Access token of a session: a JWT (RFC 9068) signed with ES256, handled as RFC8725 demands.",
		},
		flowToken: node{
			"type": "http", "scheme": "bearer", "bearerFormat": "opaque",
			"description": "Capability of one multi-step flow (256 random bits, RFC 6750), answered where the flow starts. It opens that flow alone.",
		},
		sessionCookie: node{
			"type": "apiKey", "in": "cookie", "name": "__Host-kabinet_access",
			"description": "The access token as a cookie (HttpOnly, Secure, SameSite=Strict) for browsers that chose the cookie transport. Requests that change something then need an allowed Origin.",
		},
	}
}

// checkTags wants every tag described, and every described tag used.
func checkTags(doc node) error {
	var problems []error
	described := map[string]bool{}
	list, _ := doc["tags"].([]any)
	for _, t := range list {
		tag, _ := t.(node)
		name, _ := tag["name"].(string)
		if text, _ := tag["description"].(string); text == "" {
			problems = append(problems, fmt.Errorf("tag %q has no @tag.description", name))
		}
		described[name] = true
	}
	used := map[string]bool{}
	for _, op := range operations(doc) {
		tags, _ := op.node["tags"].([]any)
		if len(tags) != 1 {
			problems = append(problems, fmt.Errorf("%s has %d tags, not one", op.name(), len(tags)))
		}
		for _, t := range tags {
			name, _ := t.(string)
			if used[name] = true; !described[name] {
				problems = append(problems, fmt.Errorf("%s: tag %q is not described by @tag.name", op.name(), name))
			}
		}
	}
	for name := range described {
		if !used[name] {
			problems = append(problems, fmt.Errorf("tag %q is used by no operation", name))
		}
	}
	return errors.Join(problems...)
}

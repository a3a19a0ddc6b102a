package main

import (
	"maps"
	"slices"
)

// node is one object of the document.
type node = map[string]any

// child returns the object under a key, which it makes where it is missing.
func child(n node, key string) node {
	if c, ok := n[key].(node); ok {
		return c
	}
	c := node{}
	n[key] = c
	return c
}

// object returns the object under a key, or an empty one that is not kept.
func object(n node, key string) node {
	c, _ := n[key].(node)
	return c
}

// keys returns the keys of an object in a stable order.
func keys(n node) []string {
	return slices.Sorted(maps.Keys(n))
}

// reference points to a component, such as "schemas/Problem".
func reference(component string) node {
	return node{"$ref": "#/components/" + component}
}

// walk calls f for every object of the document, parents first.
func walk(v any, f func(node)) {
	switch t := v.(type) {
	case node:
		f(t)
		for _, key := range keys(t) {
			walk(t[key], f)
		}
	case []any:
		for _, item := range t {
			walk(item, f)
		}
	}
}

// eachSchema calls f for the schema and for every schema inside it, the inner
// ones first, with the way that leads there, such as "Session.contact.masked".
func eachSchema(way string, schema node, f func(way string, schema node)) {
	properties := object(schema, "properties")
	for _, name := range keys(properties) {
		eachSchema(way+"."+name, object(properties, name), f)
	}
	for _, key := range []string{"items", "additionalProperties"} {
		if inner, ok := schema[key].(node); ok {
			eachSchema(way+"[]", inner, f)
		}
	}
	for _, key := range []string{"allOf", "anyOf", "oneOf"} {
		list, _ := schema[key].([]any)
		for _, inner := range list {
			if s, ok := inner.(node); ok {
				eachSchema(way, s, f)
			}
		}
	}
	f(way, schema)
}

// methods are the keys of a path that hold an operation.
func methods() []string {
	return []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}
}

// operation is one method of one path.
type operation struct {
	method, path string
	node         node
}

// operations lists all operations, ordered by path and method.
func operations(doc node) []operation {
	var all []operation
	paths := object(doc, "paths")
	for _, path := range keys(paths) {
		for _, method := range methods() {
			if op, ok := object(paths, path)[method].(node); ok {
				all = append(all, operation{method: method, path: path, node: op})
			}
		}
	}
	return all
}

// name tells an operation apart in messages to the author.
func (o operation) name() string {
	return o.method + " " + o.path
}

// hasBody tells whether the operation takes a request body.
func (o operation) hasBody() bool {
	return o.node["requestBody"] != nil
}

// secured tells whether the operation needs a token.
func (o operation) secured() bool {
	list, _ := o.node["security"].([]any)
	return len(list) > 0
}

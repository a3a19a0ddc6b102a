package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Limits of values that the annotations leave open in answers. In requests an
// open length is an error, since the server has to refuse what is longer.
const (
	defaultMaxLength     = 1000
	defaultMaxItems      = 100
	defaultMaxProperties = 50
	maxInt32             = 1<<31 - 1
	maxFile              = 64 << 20
)

// namedFormats are formats of our own for the tag `format:"…"`, which become
// patterns; swag has no tag for patterns. Each value is a pattern and the
// longest text that it can match.
func namedFormats() map[string]namedFormat {
	return map[string]namedFormat{
		"code6":    {`^[0-9]{6}$`, 6},
		"e164":     {`^\+[1-9][0-9]{6,14}$`, 16},
		"hhmm":     {`^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$`, 5},
		"inn":      {`^([0-9]{10}|[0-9]{12})$`, 12},
		"jwt":      {`^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$`, 4096},
		"regnum":   {`^[0-9]{3}-?[0-9]{3}-?[0-9]{6}$`, 14},
		"sha256":   {`^[0-9a-f]{64}$`, 64},
		"slug":     {`^[a-z0-9]+([_.-][a-z0-9]+)*$`, 100},
		"snils":    {`^[0-9]{3}-?[0-9]{3}-?[0-9]{3}[ -]?[0-9]{2}$`, 14},
		"token256": {`^[A-Za-z0-9_-]{43}$`, 43},
	}
}

type namedFormat struct {
	pattern   string
	maxLength int
}

// formatLengths are the longest texts of the usual formats; 0 says nothing.
func formatLengths() map[string]int {
	return map[string]int{
		"binary": maxFile, "byte": 0, "date": 10, "date-time": 35, "email": 254,
		"password": 0, "uri": 2000, "uri-reference": 2000, "uuid": 36,
	}
}

// finishSchemas closes request bodies, turns named formats into patterns, sets
// the limits that are left open, and speaks JSON Schema 2020-12 where
// OpenAPI 3.0 had words of its own.
func finishSchemas(doc node) error {
	var asked, answered finisher
	asked.request = true
	schemas := object(object(doc, "components"), "schemas")
	for _, name := range keys(schemas) {
		schema := object(schemas, name)
		if strings.HasSuffix(name, "Request") {
			schema["additionalProperties"] = false
			eachSchema(name, schema, asked.finish)
			continue
		}
		eachSchema(name, schema, answered.finish)
	}
	for _, op := range operations(doc) {
		parameters, _ := op.node["parameters"].([]any)
		for _, p := range parameters {
			parameter, _ := p.(node)
			name, _ := parameter["name"].(string)
			eachSchema(op.name()+" "+name, object(parameter, "schema"), asked.finish)
		}
		walk(op.node["responses"], func(n node) {
			if schema, ok := n["schema"].(node); ok {
				eachSchema(op.name(), schema, answered.finish)
			}
		})
	}
	walk(doc, dropLeftovers)
	return errors.Join(append(asked.problems, answered.problems...)...)
}

// dropLeftovers removes what the converter and swag leave for themselves.
func dropLeftovers(n node) {
	for _, key := range []string{"x-enum-comments", "x-enum-descriptions", "x-formData-name", "x-originalParamName"} {
		delete(n, key)
	}
}

// finisher finishes schemas and remembers what they lack.
type finisher struct {
	request  bool // the client sends it
	problems []error
}

// finish finishes one schema whose inner schemas are finished.
func (f *finisher) finish(way string, schema node) {
	if schema["type"] == "string" && schema["enum"] == nil {
		f.text(way, schema)
	}
	limit(schema)
	nullable(schema)
	if example, ok := schema["example"]; ok {
		delete(schema, "example")
		schema["examples"] = []any{example}
	}
}

// text sets the format of a string and the length that follows from it.
func (f *finisher) text(way string, schema node) {
	if strings.HasSuffix(way, "_at") {
		setDefault(schema, "format", "date-time")
	}
	format, _ := schema["format"].(string)
	if named, ok := namedFormats()[format]; ok {
		delete(schema, "format")
		schema["pattern"] = named.pattern
		setDefault(schema, "maxLength", named.maxLength)
		return
	}
	length, known := formatLengths()[format]
	if format != "" && !known {
		f.problems = append(f.problems, fmt.Errorf("%s: format %q is neither usual nor named in api/generate", way, format))
	}
	if length > 0 {
		setDefault(schema, "maxLength", length)
	}
	if f.request && schema["maxLength"] == nil {
		f.problems = append(f.problems, fmt.Errorf("%s: has neither maxLength nor a format that has one", way))
	}
}

// limit sets the limits that are left open.
func limit(schema node) {
	switch schema["type"] {
	case "string":
		if schema["enum"] != nil {
			return
		}
		setDefault(schema, "maxLength", defaultMaxLength)
		if schema["format"] == nil {
			setDefault(schema, "pattern", `^[^\x00]*$`)
		}
	case "integer":
		setDefault(schema, "format", "int32")
		setDefault(schema, "minimum", 0)
		setDefault(schema, "maximum", maxInt32)
	case "array":
		setDefault(schema, "maxItems", defaultMaxItems)
	case "object":
		if _, open := schema["additionalProperties"].(node); open {
			setDefault(schema, "maxProperties", defaultMaxProperties)
		}
	}
}

// nullable says "or null" in the words of JSON Schema 2020-12.
func nullable(schema node) {
	for _, key := range []string{"nullable", "x-nullable"} {
		if schema[key] == true {
			orNull(schema)
		}
		delete(schema, key)
	}
}

func orNull(schema node) {
	if kind, ok := schema["type"].(string); ok {
		schema["type"] = []any{kind, "null"}
		if values, ok := schema["enum"].([]any); ok {
			schema["enum"] = append(slices.Clone(values), nil)
		}
		return
	}
	if inner, ok := schema["allOf"].([]any); ok {
		delete(schema, "allOf")
		schema["anyOf"] = append(slices.Clone(inner), node{"type": "null"})
	}
}

// setDefault sets a key that is not set.
func setDefault(n node, key string, value any) {
	if _, set := n[key]; !set {
		n[key] = value
	}
}

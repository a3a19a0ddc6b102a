package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"gopkg.in/yaml.v3"
)

// encodeJSON writes the document with sorted keys and two spaces of indent.
func encodeJSON(doc node) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(doc); err != nil {
		return nil, fmt.Errorf("encode as JSON: %w", err)
	}
	return out.Bytes(), nil
}

// encodeYAML writes the document in the order in which people read it at the
// top, with sorted keys below.
func encodeYAML(doc node) ([]byte, error) {
	root := &yaml.Node{Kind: yaml.MappingNode}
	for _, key := range topKeys(doc) {
		encoded, err := json.Marshal(doc[key])
		if err != nil {
			return nil, fmt.Errorf("encode %s: %w", key, err)
		}
		var value yaml.Node
		if err := yaml.Unmarshal(encoded, &value); err != nil {
			return nil, fmt.Errorf("encode %s as YAML: %w", key, err)
		}
		plain(&value)
		root.Content = append(root.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, value.Content[0])
	}
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(root); err != nil {
		return nil, fmt.Errorf("encode as YAML: %w", err)
	}
	return out.Bytes(), nil
}

// topKeys orders the document's own keys: the known ones first, then the rest.
func topKeys(doc node) []string {
	known := []string{"openapi", "info", "externalDocs", "servers", "security", "tags", "paths", "components"}
	var ordered []string
	for _, key := range known {
		if _, ok := doc[key]; ok {
			ordered = append(ordered, key)
		}
	}
	for _, key := range keys(doc) {
		if !slices.Contains(known, key) {
			ordered = append(ordered, key)
		}
	}
	return ordered
}

// plain drops the JSON style (quotes and braces) that a node was read with; the
// encoder quotes again what needs it.
func plain(n *yaml.Node) {
	n.Style = 0
	for _, c := range n.Content {
		plain(c)
	}
}

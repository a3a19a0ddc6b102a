// Package api holds the published contract of Kabinet, an OpenAPI 3.1
// document in two forms, made by api/generate and built into the program.
package api

import (
	"bytes"
	_ "embed"
)

//go:embed openapi.yaml
var openapiYAML []byte

//go:embed openapi.json
var openapiJSON []byte

// YAML returns a copy of the contract as YAML.
func YAML() []byte {
	return bytes.Clone(openapiYAML)
}

// JSON returns a copy of the contract as JSON.
func JSON() []byte {
	return bytes.Clone(openapiJSON)
}

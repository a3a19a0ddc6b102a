// Package goclient is where scripts/clients puts the Go client that it
// generates from api/openapi.yaml, to see that it compiles. The client itself
// is not kept.
package goclient

import _ "github.com/oapi-codegen/runtime" // what generated clients stand on

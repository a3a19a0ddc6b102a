// Command generate makes the published contract, api/openapi.yaml and
// api/openapi.json (OpenAPI 3.1), from the Swagger 2.0 document that swag
// reads off the handlers. What every operation has in common (problem
// answers, request ids, idempotency, limits) is added here once, so that the
// annotations tell only what is particular.
//
// Usage: generate docs/swagger.json api
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// run reads the Swagger document that the first argument names and writes
// openapi.yaml and openapi.json into the folder that the second one names.
// Nothing is written unless the whole document is valid.
func run(ctx context.Context, args []string) error {
	if len(args) != 2 {
		return errors.New("usage: generate SWAGGER.json FOLDER")
	}
	swagger, err := os.ReadFile(args[0])
	if err != nil {
		return fmt.Errorf("read the swagger document: %w", err)
	}
	doc, err := build(ctx, swagger)
	if err != nil {
		return err
	}
	asYAML, err := encodeYAML(doc)
	if err != nil {
		return err
	}
	asJSON, err := encodeJSON(doc)
	if err != nil {
		return err
	}
	return errors.Join(
		write(filepath.Join(args[1], "openapi.yaml"), asYAML),
		write(filepath.Join(args[1], "openapi.json"), asJSON),
	)
}

// write replaces a published file, readable by everybody.
func write(path string, content []byte) error {
	if err := os.WriteFile(path, content, 0o644); err != nil {
		return fmt.Errorf("write the contract: %w", err)
	}
	return nil
}

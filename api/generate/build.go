package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
)

// build turns a Swagger 2.0 document into the finished contract, or tells
// everything that the annotations lack.
func build(ctx context.Context, swagger []byte) (node, error) {
	doc, err := convert(swagger)
	if err != nil {
		return nil, err
	}
	steps := []func(node) error{
		renameSchemas,
		finishInfo,
		finishOperations,
		finishSchemas,
	}
	for _, step := range steps {
		if err := step(doc); err != nil {
			return nil, err
		}
	}
	return doc, validate(ctx, doc)
}

// convert makes OpenAPI 3.0 of Swagger 2.0.
func convert(swagger []byte) (node, error) {
	var old openapi2.T
	if err := json.Unmarshal(swagger, &old); err != nil {
		return nil, fmt.Errorf("parse the swagger document: %w", err)
	}
	typed, err := openapi2conv.ToV3(&old)
	if err != nil {
		return nil, fmt.Errorf("convert to OpenAPI 3: %w", err)
	}
	encoded, err := json.Marshal(typed)
	if err != nil {
		return nil, fmt.Errorf("encode OpenAPI 3: %w", err)
	}
	var doc node
	if err := json.Unmarshal(encoded, &doc); err != nil {
		return nil, fmt.Errorf("decode OpenAPI 3: %w", err)
	}
	return doc, nil
}

// validate has the finished document checked by an independent reader.
func validate(ctx context.Context, doc node) error {
	encoded, err := encodeJSON(doc)
	if err != nil {
		return err
	}
	loaded, err := openapi3.NewLoader().LoadFromData(encoded)
	if err != nil {
		return fmt.Errorf("load the finished document: %w", err)
	}
	if err := loaded.Validate(ctx); err != nil {
		return fmt.Errorf("validate the finished document: %w", err)
	}
	return nil
}

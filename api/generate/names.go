package main

import (
	"fmt"
	"strings"
)

const schemaPrefix = "#/components/schemas/"

// renameSchemas takes the package out of the schemas' names, so that generated
// clients speak of a Registration and not of a HandlerRegistration. Two schemas
// that would share a name are an error.
func renameSchemas(doc node) error {
	components := child(doc, "components")
	old := child(components, "schemas")
	renamed := node{}
	from := map[string]string{}
	for _, name := range keys(old) {
		short := schemaName(name)
		if other, taken := from[short]; taken {
			return fmt.Errorf("schemas %s and %s would both be called %s: rename one", other, name, short)
		}
		from[short] = name
		renamed[short] = old[name]
	}
	components["schemas"] = renamed
	walk(doc, func(n node) {
		if ref, ok := n["$ref"].(string); ok {
			if name, found := strings.CutPrefix(ref, schemaPrefix); found {
				n["$ref"] = schemaPrefix + schemaName(name)
			}
		}
	})
	return nil
}

// schemaName makes "Registration" of "handler.Registration" and "PageSession"
// of swag's name for a generic type, "handler.Page-handler_Session".
func schemaName(swagName string) string {
	var short strings.Builder
	for part := range strings.SplitSeq(swagName, "-") {
		short.WriteString(part[strings.LastIndexAny(part, "._")+1:])
	}
	return short.String()
}

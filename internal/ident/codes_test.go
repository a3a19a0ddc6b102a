package ident_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
)

// The reasons of this package are public codes of fields, each one once.
func TestReasonsArePublicCodes(t *testing.T) {
	t.Parallel()
	reasons := map[string]bool{}
	file, err := parser.ParseFile(token.NewFileSet(), "ident.go", nil, parser.SkipObjectResolution)
	require.NoError(t, err)
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		code, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		require.NoError(t, err)
		require.Equal(t, apperr.KindField, apperr.Code(code).Kind(), code)
		require.False(t, reasons[code], "%s stands twice", code)
		reasons[code] = true
		return true
	})
	require.Greater(t, len(reasons), 30)
}

package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
)

// Limits of docs/architecture.md, in lines from the first to the last.
const (
	maxFunctionLines  = 70
	maxFunctionLines9 = 40 // nine functions of ten
	maxFileLines      = 500
	maxParameters     = 4
)

// sizes are the lengths of what was measured, and what breaks a limit.
type sizes struct {
	functions, files []int
	breaches         []string
}

// measure adds one file that is no test. A file that says it is generated
// counts for nothing.
func (s *sizes) measure(path string, source any) error {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return fmt.Errorf("parse %s: %w", path, err)
	}
	if ast.IsGenerated(file) {
		return nil
	}
	lines := fset.File(file.FileStart).LineCount()
	s.files = append(s.files, lines)
	if lines > maxFileLines {
		s.breaches = append(s.breaches, fmt.Sprintf("%s has %d lines, over %d", path, lines, maxFileLines))
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch f := n.(type) {
		case *ast.FuncDecl:
			s.function(fset, f)
			s.parameters(fset, f.Type, f.Name.Name)
		case *ast.FuncLit:
			s.parameters(fset, f.Type, "a function literal")
		}
		return true
	})
	return nil
}

// function measures a declared function with its signature and braces.
func (s *sizes) function(fset *token.FileSet, f *ast.FuncDecl) {
	lines := fset.Position(f.End()).Line - fset.Position(f.Pos()).Line + 1
	s.functions = append(s.functions, lines)
	if lines > maxFunctionLines {
		s.breaches = append(s.breaches, fmt.Sprintf("%s: %s has %d lines, over %d",
			position(fset, f), f.Name.Name, lines, maxFunctionLines))
	}
}

// parameters counts the parameters of a function, a context among them.
func (s *sizes) parameters(fset *token.FileSet, f *ast.FuncType, name string) {
	if count := f.Params.NumFields(); count > maxParameters {
		s.breaches = append(s.breaches, fmt.Sprintf("%s: %s has %d parameters, over %d: make a struct of them",
			position(fset, f), name, count, maxParameters))
	}
}

func position(fset *token.FileSet, n ast.Node) string {
	at := fset.Position(n.Pos())
	return fmt.Sprintf("%s:%d", at.Filename, at.Line)
}

// share returns the length that this share (0 to 1) of the lengths does not
// exceed, and 0 when there are none.
func share(lengths []int, of float64) int {
	if len(lengths) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(lengths))
	return sorted[min(int(of*float64(len(sorted))), len(sorted)-1)]
}

// measurePackages measures every file of the packages that is no test.
func measurePackages(all []goPackage) (sizes, error) {
	var s sizes
	for _, p := range all {
		for _, name := range p.GoFiles {
			if err := s.measure(filepath.Join(p.Dir, name), nil); err != nil {
				return s, err
			}
		}
	}
	return s, nil
}

package archtest

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// packages lists the packages of the whole module.
func packages(t *testing.T) []goPackage {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Dir,Doc,GoFiles,Imports", module+"/...")
	var problems strings.Builder
	command.Stderr = &problems
	out, err := command.Output()
	require.NoError(t, err, problems.String())
	var all []goPackage
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		all = append(all, p)
	}
	require.NotEmpty(t, all)
	return all
}

func TestImports(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		for _, breach := range breaches(p) {
			t.Error(breach)
		}
	}
}

func TestSizes(t *testing.T) {
	t.Parallel()
	s, err := measurePackages(packages(t))
	require.NoError(t, err)
	for _, breach := range s.breaches {
		t.Error(breach)
	}
	t.Logf("functions: median %d, nine of ten %d lines (aims 12 and %d); files: median %d (aim 100)",
		share(s.functions, 0.5), share(s.functions, 0.9), maxFunctionLines9, share(s.files, 0.5))
	require.LessOrEqual(t, share(s.functions, 0.9), maxFunctionLines9, "nine functions of ten")
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if len(p.GoFiles) > 0 && p.Doc == "" {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
	}
}

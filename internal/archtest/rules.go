package archtest

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// module is the path of this module.
const module = "example.org/kabinet"

// layer says what the packages below one folder may import of this module. An
// entry means one package; one that ends in /... means the whole folder.
type layer struct {
	folder  string
	imports []string
}

// layers are rules 1 to 9 of docs/architecture.md; the longest folder wins.
func layers() []layer {
	leaves := []string{"internal/apperr", "internal/clock", "internal/ident"}
	all := []layer{
		{"cmd", []string{"internal/app", "internal/clock", "internal/config"}},
		{"api", nil},
		{"internal/app", []string{"..."}},
		{"internal/archtest", nil},
		{"internal/problem", []string{"internal/apperr", "internal/i18n"}},
		{"internal/i18n", []string{"internal/apperr"}},
		{"internal/domain", []string{"internal/ident", "internal/apperr", "internal/calendar"}},
		{"internal/service", []string{
			"internal/domain", "internal/ident", "internal/apperr", "internal/clock",
			"internal/calendar", "internal/otp", "internal/password", "internal/table", "internal/token",
		}},
		{"internal/repository", []string{
			"internal/domain", "internal/ident", "internal/apperr", "internal/cipher", "internal/repository/migrations/...",
		}},
		{"internal/repository/repotest", []string{"..."}},
		{"internal/delivery", []string{
			"internal/delivery", "internal/breaker", "internal/domain", "internal/ident", "internal/apperr", "internal/i18n",
			"internal/tlsfile",
		}},
		{"internal/registry", []string{
			"internal/registry", "internal/breaker", "internal/domain", "internal/ident", "internal/apperr", "internal/i18n",
			"internal/tlsfile",
		}},
		{"internal/handler", []string{
			"internal/handler/...", "internal/domain", "internal/ident", "internal/apperr", "internal/problem", "internal/i18n",
		}},
		{"internal/job", []string{"internal/clock", "internal/domain", "internal/apperr"}},
		{"internal/testkit", []string{"..."}},
		{"test", []string{"..."}},
	}
	for _, leaf := range leaves {
		all = append(all, layer{leaf, nil})
	}
	for _, means := range []string{"breaker", "calendar", "cipher", "config", "otp", "password", "table", "token", "tlsfile"} {
		all = append(all, layer{"internal/" + means, leaves})
	}
	return all
}

// wanted says who may import a package that belongs to one layer's trade. The
// key is an import path that stands for everything below it, too.
func wanted() map[string][]string {
	tests := []string{"internal/testkit/...", "internal/repository/repotest", "test/..."}
	return map[string][]string{
		"gorm.io":                                append([]string{"internal/repository/...", "internal/app"}, tests...),
		"database/sql":                           append([]string{"internal/repository/...", "internal/app"}, tests...),
		"github.com/riverqueue":                  append([]string{"internal/repository/...", "internal/job", "internal/app"}, tests...),
		"github.com/labstack/echo":               append([]string{"internal/handler/...", "internal/problem", "internal/app"}, tests...),
		"net/http":                               append(speakHTTP(), tests...),
		module + "/internal/app":                 append([]string{"cmd/..."}, tests...),
		module + "/internal/testkit":             tests,
		module + "/internal/archtest":            nil,
		module + "/internal/repository/repotest": nil,
	}
}

// speakHTTP lists those that answer over HTTP or call others over it.
func speakHTTP() []string {
	return []string{
		"api/generate", "cmd/...", "internal/app", "internal/delivery/...", "internal/handler/...",
		"internal/problem", "internal/registry/...",
	}
}

// goPackage is a package as go list tells it.
type goPackage struct {
	ImportPath string
	Dir        string
	Doc        string
	GoFiles    []string
	Imports    []string // by files that are not tests
}

// breaches lists what the imports of a package break.
func breaches(p goPackage) []string {
	from := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
	own, known := layerOf(from)
	if !known {
		return []string{p.ImportPath + " belongs to no layer: name it in archtest and in docs/architecture.md"}
	}
	var found []string
	for _, path := range p.Imports {
		to, ours := strings.CutPrefix(path, module+"/")
		if ours && !matches(to, own.imports) || !tradeAllows(from, path) {
			found = append(found, from+" must not import "+path)
		}
	}
	return found
}

// layerOf finds the layer of a package, the longest folder that holds it.
func layerOf(from string) (layer, bool) {
	held := slices.DeleteFunc(layers(), func(l layer) bool { return !within(from, l.folder) })
	if len(held) == 0 {
		return layer{}, false
	}
	return slices.MaxFunc(held, func(a, b layer) int { return cmp.Compare(len(a.folder), len(b.folder)) }), true
}

// tradeAllows tells whether the package may import what belongs to the trade of
// certain layers.
func tradeAllows(from, path string) bool {
	for trade := range maps.Keys(wanted()) {
		if within(path, trade) && !within(module+"/"+from, trade) && !matches(from, wanted()[trade]) {
			return false
		}
	}
	return true
}

// matches tells whether a path is one of the entries, or below one that ends in
// /...
func matches(path string, entries []string) bool {
	return slices.ContainsFunc(entries, func(entry string) bool {
		folder, whole := strings.CutSuffix(entry, "...")
		return path == entry || whole && within(path, strings.TrimSuffix(folder, "/"))
	})
}

// within tells whether a path is the folder or below it; "" holds all paths.
func within(path, folder string) bool {
	return folder == "" || path == folder || strings.HasPrefix(path, folder+"/")
}

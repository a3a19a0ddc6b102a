package archtest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// broken tells whether one import by one package breaks a rule. Paths that
// begin with internal, api, cmd or test are ours.
func broken(from, to string) bool {
	return len(breaches(goPackage{ImportPath: module + "/" + from, Imports: []string{full(to)}})) > 0
}

func full(path string) string {
	switch first, _, _ := strings.Cut(path, "/"); first {
	case "internal", "api", "cmd", "test":
		return module + "/" + path
	}
	return path
}

func TestEachRuleIsCaught(t *testing.T) {
	t.Parallel()
	tests := []struct{ rule, from, to string }{
		{"1", "internal/apperr", "internal/ident"},
		{"1", "internal/clock", "internal/apperr"},
		{"1", "internal/ident", "net/http"},
		{"1", "internal/otp", "internal/domain"},
		{"1", "internal/cipher", "gorm.io/gorm"},
		{"1", "internal/config", "internal/password"},
		{"1", "internal/calendar", "internal/domain"},
		{"1", "internal/breaker", "internal/delivery"},
		{"2", "internal/domain", "internal/clock"},
		{"2", "internal/domain", "net/http"},
		{"2", "internal/domain", "database/sql"},
		{"3", "internal/service/registration", "github.com/labstack/echo/v4"},
		{"3", "internal/service/registration", "gorm.io/gorm"},
		{"3", "internal/service/registration", "net/http"},
		{"3", "internal/service/registration", "internal/config"},
		{"3", "internal/service/registration", "internal/service/session"},
		{"3", "internal/service/registration", "internal/repository"},
		{"3", "internal/service/registration", "internal/i18n"},
		{"4", "internal/repository", "internal/service/session"},
		{"4", "internal/repository", "net/http"},
		{"4", "internal/repository", "internal/repository/repotest"},
		{"5", "internal/delivery/email", "internal/delivery/sms"},
		{"5", "internal/registry/migration", "internal/registry/payers"},
		{"5", "internal/registry/migration", "internal/delivery"},
		{"5", "internal/delivery/email", "gorm.io/gorm"},
		{"6", "internal/handler", "internal/service/session"},
		{"6", "internal/handler", "internal/repository"},
		{"6", "internal/handler/middleware", "gorm.io/gorm"},
		{"6", "internal/handler", "github.com/riverqueue/river"},
		{"7", "internal/job", "internal/service/notification"},
		{"7", "internal/job", "net/http"},
		{"8", "internal/problem", "internal/domain"},
		{"9", "internal/handler", "internal/app"},
		{"9", "cmd/api", "internal/handler"},
		{"9", "internal/app", "internal/testkit"},
		{"9", "internal/repository", "internal/testkit/pg"},
		{"10", "internal/surprise", "fmt"},
		{"10", "internal", "fmt"},
	}
	for _, test := range tests {
		require.True(t, broken(test.from, test.to), "rule %s: %s imports %s", test.rule, test.from, test.to)
	}
}

func TestAllowedImportsPass(t *testing.T) {
	t.Parallel()
	tests := [][2]string{
		{"cmd/api", "internal/app"},
		{"cmd/api", "internal/config"},
		{"internal/app", "internal/service/session"},
		{"internal/app", "gorm.io/gorm"},
		{"internal/app", "api"},
		{"internal/apperr", "fmt"},
		{"internal/ident", "golang.org/x/text/unicode/norm"},
		{"internal/token", "internal/clock"},
		{"internal/domain", "internal/calendar"},
		{"internal/service/session", "internal/password"},
		{"internal/repository", "internal/repository/migrations/postgres"},
		{"internal/repository", "github.com/riverqueue/river"},
		{"internal/repository/repotest", "internal/testkit"},
		{"internal/delivery/email", "internal/delivery"},
		{"internal/handler", "internal/handler/middleware"},
		{"internal/handler/middleware", "github.com/labstack/echo/v4/middleware"},
		{"internal/job", "github.com/riverqueue/river"},
		{"internal/problem", "net/http"},
		{"internal/testkit", "internal/app"},
		{"test/e2e", "internal/testkit/pg"},
	}
	for _, test := range tests {
		require.False(t, broken(test[0], test[1]), "%s imports %s", test[0], test[1])
	}
}

func TestSizeLimitsAreCaught(t *testing.T) {
	t.Parallel()
	body := func(lines int) string { return "func f() {\n" + strings.Repeat("\t_ = 1\n", lines-2) + "}\n" }
	tests := map[string]struct {
		source string
		want   string
	}{
		"largest function":   {body(70), ""},
		"too large function": {body(71), "x.go:2: f has 71 lines, over 70"},
		"largest file":       {strings.Repeat("\n", 498), ""},
		"too large file":     {strings.Repeat("\n", 500), "x.go has 501 lines, over 500"},
		"four parameters":    {"func f(a, b int, c, d string) {}", ""},
		"five parameters":    {"func f(a, b int, c, d, e string) {}", "x.go:2: f has 5 parameters, over 4: make a struct of them"},
		"five in a method":   {"type T int\nfunc (T) f(a, b, c, d, e int) {}", "x.go:3: f has 5 parameters, over 4: make a struct of them"},
		"five in a literal":  {"func f() { func(a, b, c, d, e int) {}(1, 2, 3, 4, 5) }", "x.go:2: a function literal has 5 parameters, over 4: make a struct of them"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var s sizes
			require.NoError(t, s.measure("x.go", "package x\n"+test.source))
			require.Equal(t, test.want, strings.Join(s.breaches, "\n"))
		})
	}
}

func TestGeneratedFilesDoNotCount(t *testing.T) {
	t.Parallel()
	var s sizes
	require.NoError(t, s.measure("x.go", "// Code generated by hand. DO NOT EDIT.\n\npackage x\n"+strings.Repeat("\n", 600)))
	require.Empty(t, s.files)
	require.ErrorContains(t, s.measure("y.go", "package"), "parse y.go")
}

func TestShare(t *testing.T) {
	t.Parallel()
	require.Zero(t, share(nil, 0.5))
	tests := []struct {
		of   float64
		want int
	}{{0, 1}, {0.5, 6}, {0.9, 10}, {1, 10}}
	for _, test := range tests {
		require.Equal(t, test.want, share([]int{10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, test.of), fmt.Sprint(test.of))
	}
}

package config

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func known() []variable { return variables(reflect.TypeFor[Config]()) }

// documented are the rows of the tables in docs/configuration.md: name and
// default by name.
func documented(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../../docs/configuration.md")
	require.NoError(t, err)
	rows := map[string]string{}
	row := regexp.MustCompile("(?m)^\\| `(KABINET_[A-Z_]+)` \\| ([^|]*) \\|")
	for _, m := range row.FindAllStringSubmatch(string(text), -1) {
		require.NotContains(t, rows, m[1], "documented twice")
		rows[m[1]] = m[2]
	}
	return rows
}

func TestEveryVariableIsDocumented(t *testing.T) {
	t.Parallel()
	rows := documented(t)
	for _, v := range known() {
		cell, ok := rows[v.name]
		require.True(t, ok, "%s is not in docs/configuration.md", v.name)
		if value := v.field.Tag.Get("envDefault"); value != "" {
			require.Equal(t, "`"+value+"`", strings.TrimSpace(cell), v.name)
		}
		delete(rows, v.name)
	}
	require.Empty(t, rows, "documented, but not read")
}

func TestBoundsAreDocumented(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/configuration.md")
	require.NoError(t, err)
	for _, v := range known() {
		if v.bounds() == "" {
			continue
		}
		bounds := v.field.Tag.Get("min") + " – " + v.field.Tag.Get("max")
		require.Regexp(t, "(?m)^\\| `"+v.name+"` \\|[^|]*\\| "+bounds+" \\|", string(text))
	}
}

func TestSecretsAreDocumentedWithTheirFiles(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/configuration.md")
	require.NoError(t, err)
	for _, v := range known() {
		if v.secret {
			require.Contains(t, string(text), "`"+v.name+fileSuffix+"`")
		}
	}
}

// A wrong value is traced to its variable by the name of the field.
func TestFieldsAndVariablesAreUnique(t *testing.T) {
	t.Parallel()
	fields, names := map[string]bool{}, map[string]bool{}
	for _, v := range known() {
		require.False(t, fields[v.field.Name], v.field.Name)
		require.False(t, names[v.name], v.name)
		fields[v.field.Name], names[v.name] = true, true
		require.True(t, strings.HasPrefix(v.name, prefix), v.name)
	}
}

func TestPolicyVariablesAreNamedAfterTheirFields(t *testing.T) {
	t.Parallel()
	word := regexp.MustCompile(`SMS|SNILS|[A-Z][a-z]+`)
	for f := range reflect.TypeFor[Policies]().Fields() {
		words := word.FindAllString(f.Name, -1)
		require.Equal(t, f.Name, strings.Join(words, ""))
		require.Equal(t, policyPrefix+strings.ToUpper(strings.Join(words, "_")), f.Tag.Get("env"))
		require.NotEmpty(t, f.Tag.Get("min"), f.Name)
		require.NotEmpty(t, f.Tag.Get("max"), f.Name)
	}
}

// Every value that can fail to be read says what it should look like.
func TestEveryTypeSaysWhatItWants(t *testing.T) {
	t.Parallel()
	for _, v := range known() {
		if v.field.Type.Kind() == reflect.String || v.secret || v.field.Type == reflect.TypeFor[[]string]() {
			continue
		}
		name, want := wanted(v.field.Name, known())
		require.Equal(t, v.name, name)
		require.NotEqual(t, "must be ", want, v.name)
	}
}

func TestDefaultsLieWithinTheirBounds(t *testing.T) {
	t.Parallel()
	for _, v := range known() {
		if v.bounds() == "" {
			continue
		}
		least, most := limit(v.field.Tag.Get("min")), limit(v.field.Tag.Get("max"))
		value := limit(v.field.Tag.Get("envDefault"))
		require.LessOrEqual(t, least, value, v.name)
		require.LessOrEqual(t, value, most, v.name)
		require.Less(t, least, most, v.name)
	}
}

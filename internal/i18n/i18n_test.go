package i18n_test

import (
	"flag"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/i18n"
)

var update = flag.Bool("update", false, "add new codes to testdata/codes.txt")

func catalog(t *testing.T) *i18n.Catalog {
	t.Helper()
	c, err := i18n.New()
	require.NoError(t, err)
	return c
}

// keysOf are the keys that a code needs.
func keysOf(code apperr.Code) []string {
	return []string{i18n.TitleKey(code), i18n.DetailKey(code), i18n.HelpKey(code)}
}

// pageKeys are the labels of the pages under /problems.
func pageKeys() []string {
	return []string{
		"page.problems.title", "page.problems.intro", "page.problems.status",
		"page.problems.field", "page.problems.help", "page.problems.all",
	}
}

// storedKeys are the keys of a language's file in their order; a key given
// twice fails the test.
func storedKeys(t *testing.T, locale i18n.Locale) []string {
	t.Helper()
	raw, err := os.ReadFile("messages/" + string(locale) + ".json")
	require.NoError(t, err)
	require.True(t, jsontext.Value(raw).IsValid(), "%s.json is not valid, or has a key twice", locale)
	var keys []string
	d := jsontext.NewDecoder(strings.NewReader(string(raw)))
	_, err = d.ReadToken()
	require.NoError(t, err)
	for d.PeekKind() == '"' {
		name, err := d.ReadToken()
		require.NoError(t, err)
		keys = append(keys, name.String())
		value, err := d.ReadToken()
		require.NoError(t, err)
		require.NotEmpty(t, strings.TrimSpace(value.String()), keys[len(keys)-1])
	}
	return keys
}

func TestEveryCodeHasItsSentences(t *testing.T) {
	t.Parallel()
	c := catalog(t)
	for _, locale := range i18n.Locales() {
		for _, entry := range apperr.Catalogue() {
			for _, key := range keysOf(entry.Code) {
				text := c.Text(locale, key, nil)
				assert.NotEqual(t, key, text, "%s: no sentence", locale)
				assert.NotEmpty(t, strings.TrimSpace(text), "%s %s", locale, key)
			}
		}
	}
}

func TestNoSuperfluousKeys(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, key := range pageKeys() {
		known[key] = true
	}
	for _, entry := range apperr.Catalogue() {
		for _, key := range keysOf(entry.Code) {
			known[key] = true
		}
	}
	for _, locale := range i18n.Locales() {
		stored := storedKeys(t, locale)
		for _, key := range stored {
			text := slices.ContainsFunc([]string{"message.", "reason.", "letter.", "card.", "edo.", "payer.", "service.", "page.not_me."},
				func(p string) bool { return strings.HasPrefix(key, p) })
			assert.True(t, known[key] || text, "%s: %s belongs to nothing", locale, key)
		}
		for key := range known {
			assert.Contains(t, stored, key, "%s", locale)
		}
	}
}

func TestLanguagesAgree(t *testing.T) {
	t.Parallel()
	c := catalog(t)
	ru, en := storedKeys(t, i18n.Russian), storedKeys(t, i18n.English)
	slices.Sort(ru)
	slices.Sort(en)
	require.Equal(t, ru, en, "the languages have different keys")

	placeholder := regexp.MustCompile(`\{[a-z_]+\}`)
	names := func(locale i18n.Locale, key string) []string {
		found := placeholder.FindAllString(c.Text(locale, key, nil), -1)
		slices.Sort(found)
		return slices.Compact(found)
	}
	for _, key := range ru {
		assert.Equal(t, names(i18n.Russian, key), names(i18n.English, key), "%s: placeholders differ", key)
	}
}

// Titles and help stand on pages and as a fallback, where there are no parameters.
func TestTitlesAndHelpNeedNoParameters(t *testing.T) {
	t.Parallel()
	c := catalog(t)
	for _, locale := range i18n.Locales() {
		for _, entry := range apperr.Catalogue() {
			assert.NotContains(t, c.Text(locale, i18n.TitleKey(entry.Code), nil), "{")
			assert.NotContains(t, c.Text(locale, i18n.HelpKey(entry.Code), nil), "{")
		}
	}
}

func TestSentencesAreInTheirLanguage(t *testing.T) {
	t.Parallel()
	c := catalog(t)
	cyrillic := func(s string) bool {
		return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) })
	}
	for _, key := range storedKeys(t, i18n.Russian) {
		assert.True(t, cyrillic(c.Text(i18n.Russian, key, nil)), "%s is not Russian", key)
		assert.False(t, cyrillic(c.Text(i18n.English, key, nil)), "%s is not English", key)
	}
	for _, entry := range apperr.Catalogue() {
		for _, locale := range i18n.Locales() {
			detail := c.Text(locale, i18n.DetailKey(entry.Code), nil)
			assert.True(t, strings.HasSuffix(detail, "."), "%s: %q is not a sentence", entry.Code, detail)
			title := c.Text(locale, i18n.TitleKey(entry.Code), nil)
			assert.False(t, strings.HasSuffix(title, "."), "%s: %q is not a title", entry.Code, title)
		}
	}
}

// A published code never disappears and never changes its kind. New codes are
// added to the file by: go test ./internal/i18n -run Published -update.
func TestPublishedCodesStay(t *testing.T) {
	t.Parallel()
	const golden = "testdata/codes.txt"
	var lines []string
	seen := map[apperr.Code]bool{}
	for _, entry := range apperr.Catalogue() {
		require.False(t, seen[entry.Code], "%s stands twice in the catalogue", entry.Code)
		seen[entry.Code] = true
		require.Regexp(t, `^[a-z]+(_[a-z]+)*$`, string(entry.Code))
		lines = append(lines, string(entry.Code)+" "+kindName(entry.Kind))
	}
	slices.Sort(lines)
	raw, err := os.ReadFile(golden)
	require.NoError(t, err)
	for line := range strings.Lines(string(raw)) {
		require.Contains(t, lines, strings.TrimSpace(line), "a published code is gone or has another kind")
	}
	text := strings.Join(lines, "\n") + "\n"
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(text), 0o600))
		return
	}
	assert.Equal(t, text, string(raw), "new codes: run with -update")
}

func kindName(kind apperr.Kind) string {
	return map[apperr.Kind]string{
		apperr.KindInternal: "internal", apperr.KindUnavailable: "unavailable",
		apperr.KindMalformed: "malformed", apperr.KindInvalid: "invalid",
		apperr.KindTooLarge: "too_large", apperr.KindUnsupported: "unsupported",
		apperr.KindUnauthenticated: "unauthenticated", apperr.KindForbidden: "forbidden",
		apperr.KindNotFound: "not_found", apperr.KindMethod: "method",
		apperr.KindConflict: "conflict", apperr.KindTooMany: "too_many",
		apperr.KindField: "field",
	}[kind]
}

func TestText(t *testing.T) {
	t.Parallel()
	c := catalog(t)
	for name, test := range map[string]struct {
		locale i18n.Locale
		key    string
		params map[string]string
		want   string
	}{
		"filled":               {i18n.English, "field.wrong_type", map[string]string{"expected": "string"}, "The value has a wrong type; expected: string."},
		"other language":       {i18n.Russian, "field.wrong_type", map[string]string{"expected": "string"}, "Неверный тип значения; ожидается string."},
		"unknown language":     {"de", "field.required", nil, "Заполните это поле."},
		"unknown key":          {i18n.English, "field.nothing", nil, "field.nothing"},
		"missing parameter":    {i18n.English, "field.wrong_type", nil, "The value has a wrong type; expected: {expected}."},
		"superfluous":          {i18n.English, "field.required", map[string]string{"x": "y"}, "Fill in this field."},
		"values are not keys":  {i18n.English, "field.wrong_type", map[string]string{"expected": "{expected}"}, "The value has a wrong type; expected: {expected}."},
		"no second evaluation": {i18n.English, "field.wrong_type", map[string]string{"expected": "{b}", "b": "c"}, "The value has a wrong type; expected: {b}."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, c.Text(test.locale, test.key, test.params))
		})
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]i18n.Locale{
		"":                                  i18n.Russian,
		"ru":                                i18n.Russian,
		"ru-RU":                             i18n.Russian,
		"en":                                i18n.English,
		"EN-us":                             i18n.English,
		"en-GB,en;q=0.9":                    i18n.English,
		"ru;q=0.5, en;q=0.8":                i18n.English,
		"en;q=0.5, ru;q=0.8":                i18n.Russian,
		"de, en;q=0.1":                      i18n.English,
		"de":                                i18n.Russian,
		"*":                                 i18n.Russian,
		"en;q=0":                            i18n.Russian,
		"not a language!":                   i18n.Russian,
		"en;q=x":                            i18n.Russian,
		"\x00":                              i18n.Russian,
		strings.Repeat("en-", 5000):         i18n.Russian,
		strings.Repeat("de,", 1000) + ",en": i18n.English,
	} {
		assert.Equal(t, want, i18n.Match(header), "%.40q", header)
	}
}

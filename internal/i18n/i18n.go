// Package i18n holds every sentence that people read, in Russian and English,
// under the code or message that it belongs to. It knows no HTTP beyond the
// syntax of Accept-Language (RFC 9110, section 12.5.4).
package i18n

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"

	"golang.org/x/text/language"

	"example.org/kabinet/internal/apperr"
)

// Locale is a language that Kabinet speaks.
type Locale string

// The languages. Russian is the default.
const (
	Russian Locale = "ru"
	English Locale = "en"
)

// Locales lists the languages, the default first.
func Locales() []Locale { return []Locale{Russian, English} }

//go:embed messages/*.json
var files embed.FS

// Catalog is all sentences in all languages. It is safe for concurrent use.
type Catalog struct {
	texts map[Locale]map[string]string
}

// New reads the sentences that are built into the program. It fails if they
// cannot be read.
func New() (*Catalog, error) {
	texts := map[Locale]map[string]string{}
	for _, locale := range Locales() {
		raw, err := files.ReadFile("messages/" + string(locale) + ".json")
		if err != nil {
			return nil, fmt.Errorf("read messages: %w", err)
		}
		entries := map[string]string{}
		if err := json.Unmarshal(raw, &entries); err != nil {
			return nil, fmt.Errorf("messages of %q: %w", locale, err)
		}
		texts[locale] = entries
	}
	return &Catalog{texts: texts}, nil
}

// Text is the sentence of key with its {placeholders} filled from params. An
// unknown language reads as Russian, an unknown key as the key itself, and a
// placeholder without a parameter stays as it is.
func (c *Catalog) Text(locale Locale, key string, params map[string]string) string {
	entries, ok := c.texts[locale]
	if !ok {
		entries = c.texts[Russian]
	}
	text, ok := entries[key]
	if !ok {
		return key
	}
	pairs := make([]string, 0, 2*len(params))
	for name, value := range params {
		pairs = append(pairs, "{"+name+"}", value)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// Match is the language that suits an Accept-Language header best. Nothing, an
// unknown language or an unreadable header mean Russian.
func Match(acceptLanguage string) Locale {
	wanted, weights, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil {
		return Russian
	}
	for i, tag := range wanted {
		base, _ := tag.Base()
		if weights[i] == 0 {
			continue
		}
		for _, locale := range Locales() {
			if base.String() == string(locale) {
				return locale
			}
		}
	}
	return Russian
}

// TitleKey is the key of the short name of code.
func TitleKey(code apperr.Code) string { return "problem." + string(code) + ".title" }

// HelpKey is the key of the paragraph that says why code happens and what to do.
func HelpKey(code apperr.Code) string { return "problem." + string(code) + ".help" }

// DetailKey is the key of the sentence that goes with code in an answer.
func DetailKey(code apperr.Code) string {
	if code.Kind() == apperr.KindField {
		return "field." + string(code)
	}
	return "problem." + string(code) + ".detail"
}

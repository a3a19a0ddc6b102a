package delivery_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/delivery"
	"example.org/kabinet/internal/domain"
)

var update = flag.Bool("update", false, "write docs/messages anew")

// docs/messages shows all that people are sent, a file for each kind and no
// other: go test ./internal/delivery -update.
func TestTheGalleryIsCurrent(t *testing.T) {
	t.Parallel()
	const folder, advice = "../../docs/messages", "run go test ./internal/delivery -update"
	want := gallery(t)
	if *update {
		hang(t, folder, want)
	}
	entries, err := os.ReadDir(folder)
	require.NoError(t, err, advice)
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	require.ElementsMatch(t, slices.Collect(maps.Keys(want)), names, advice)
	for name, content := range want {
		got, err := os.ReadFile(filepath.Join(folder, filepath.Base(name)))
		require.NoError(t, err)
		require.Equal(t, content, string(got), "%s: %s", name, advice)
	}
}

// hang replaces the files of a folder.
func hang(t *testing.T, folder string, files map[string]string) {
	t.Helper()
	require.NoError(t, os.RemoveAll(folder))
	require.NoError(t, os.MkdirAll(folder, 0o750))
	for name, content := range files {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600))
	}
}

// gallery is the files of docs/messages by their names.
func gallery(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{}
	var b strings.Builder
	b.WriteString(`# Messages

All that Kabinet sends to people, in both languages, with synthetic values. Made from the texts in ` + "`internal/i18n/messages`" + `
by ` + "`go test ./internal/delivery -update`" + `; a test compares. After a change of a text, read here what became of it.

## SMS and e-mail

The length of an SMS is that in UCS-2: 70 characters in one part, 67 in each of several. A code comes in one part
even if it is good for the longest time that can be configured: TestTheLongestCodeIsOnePart.

| kind | SMS in Russian | SMS in English | subject of the e-mail |
|---|---|---|---|
`)
	for _, kind := range domain.MessageKinds() {
		e := exhibitOf(t, kind)
		files[e.name] = e.page
		fmt.Fprintf(&b, "| [%s](%s) | %s | %s | %s |\n", kind, e.name,
			size(e.longest[domain.LocaleRussian]), size(e.longest[domain.LocaleEnglish]), e.subject)
	}
	b.WriteString(`
## E-mail as a page

Every e-mail is a text and a page with the same words; mail programs show one of them. These are pages:

`)
	sent := pages(t)
	maps.Copy(files, sent)
	for _, name := range slices.Sorted(maps.Keys(sent)) {
		fmt.Fprintf(&b, "- [%s](%s)\n", strings.TrimSuffix(name, ".html"), name)
	}
	b.WriteString(`
## Papers and electronic documents

Their words alone. ` + "`go test ./internal/delivery/letter -files DIR`" + ` leaves the papers themselves in a folder.

| | subject |
|---|---|
`)
	for _, e := range papers(t) {
		files[e.name] = e.page
		fmt.Fprintf(&b, "| [%s](%s) | %s |\n", strings.TrimSuffix(e.name, ".md"), e.name, e.subject)
	}
	files["README.md"] = b.String()
	return files
}

// pages are e-mails with a code and with a link in every language, by the names
// of their files.
func pages(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, kind := range []domain.MessageKind{domain.MessageRegistrationCode, domain.MessageIdentityConfirmed} {
		for _, locale := range locales() {
			r := renderer(t).Render(message(t, kind, locale, "person@example.org"))
			all[fmt.Sprintf("%s.%s.html", kind, locale)] = r.HTML
		}
	}
	return all
}

// exhibit is a page of the gallery.
type exhibit struct {
	name, page string
	// subject is what its reader sees first, in Russian.
	subject string
	// longest is the longest SMS in each language.
	longest map[domain.Locale]string
}

// exhibitOf shows a kind of message in every language, to every kind of address,
// for every reason.
func exhibitOf(t *testing.T, kind domain.MessageKind) exhibit {
	t.Helper()
	e := exhibit{name: string(kind) + ".md", longest: map[domain.Locale]string{}}
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n", kind)
	for _, login := range logins() {
		for _, locale := range locales() {
			for _, v := range variants(t, message(t, kind, locale, login)) {
				b.WriteString(v.section(locale))
				if v.Channel == domain.ChannelSMS && units(v.Text) > units(e.longest[locale]) {
					e.longest[locale] = v.Text
				}
				if v.Channel == domain.ChannelEmail && locale == domain.LocaleRussian {
					e.subject = v.Subject
				}
			}
		}
	}
	e.page = b.String()
	return e
}

// variant is one of the texts of a message, and the reasons that have it.
type variant struct {
	delivery.Rendered

	reasons []string
}

// variants are the texts that a message has for its reasons.
func variants(t *testing.T, m domain.Message) []variant {
	t.Helper()
	renderer := renderer(t)
	var all []variant
	for _, reason := range reasons(m.Kind) {
		m.Reason = reason
		r := renderer.Render(m)
		i := slices.IndexFunc(all, func(v variant) bool { return v.Text == r.Text })
		if i < 0 {
			i, all = len(all), append(all, variant{Rendered: r})
		}
		all[i].reasons = append(all[i].reasons, reason)
	}
	return all
}

// section is a variant with its title.
func (v variant) section(locale domain.Locale) string {
	title, text := "E-mail in "+language(locale), written(v.Subject, v.Text)
	if v.Channel == domain.ChannelSMS {
		title, text = "SMS in "+language(locale), "Characters: "+size(v.Text)+".\n\n"+fenced(v.Text)
	}
	if v.reasons[0] != "" {
		title += ": " + strings.Join(v.reasons, ", ")
	}
	return "\n## " + title + "\n\n" + text
}

func language(locale domain.Locale) string {
	return map[domain.Locale]string{domain.LocaleRussian: "Russian", domain.LocaleEnglish: "English"}[locale]
}

// written is a text below its subject.
func written(subject, text string) string { return "**" + subject + "**\n\n" + fenced(text) }

func fenced(text string) string { return "```text\n" + strings.TrimSpace(text) + "\n```\n" }

// size is how long an SMS is, and in how many parts it travels.
func size(text string) string {
	const perPart = 67
	length := units(text)
	if length <= maxSMS {
		return fmt.Sprintf("%d in one part", length)
	}
	return fmt.Sprintf("%d in %d parts", length, (length+perPart-1)/perPart)
}

package delivery_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"example.org/kabinet/internal/delivery"
	"example.org/kabinet/internal/domain"
)

// parsed is an e-mail as a browser reads it.
func parsed(t *testing.T, r delivery.Rendered) *html.Node {
	t.Helper()
	page, err := html.Parse(strings.NewReader(r.HTML))
	require.NoError(t, err)
	return page
}

// shown are the words of a page's body, without space between them.
func shown(page *html.Node) string {
	var b strings.Builder
	for n := range page.Descendants() {
		if n.Type == html.TextNode && n.Parent.DataAtom != atom.Title {
			b.WriteString(n.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// only is the one element of a page with a tag.
func only(t *testing.T, page *html.Node, tag atom.Atom) *html.Node {
	t.Helper()
	var all []*html.Node
	for n := range page.Descendants() {
		if n.DataAtom == tag {
			all = append(all, n)
		}
	}
	require.Len(t, all, 1)
	return all[0]
}

// Who reads the page learns what those learn who read the text.
func TestThePageSaysWhatTheTextSays(t *testing.T) {
	t.Parallel()
	open := map[domain.Locale]string{domain.LocaleRussian: "Открыть ссылку", domain.LocaleEnglish: "Open the link"}
	each(t, func(t *testing.T, m domain.Message, r delivery.Rendered) {
		t.Helper()
		if r.Channel == domain.ChannelSMS {
			require.Empty(t, r.HTML)
			return
		}
		require.NotRegexp(t, `[^\n]\n[^\n]`, r.Text, "a line break would be lost")
		page := parsed(t, r)
		want := strings.ReplaceAll(r.Text, link, open[m.Locale]+" "+link)
		require.Equal(t, strings.Join(strings.Fields(want), " "), shown(page))
		require.Equal(t, r.Subject, only(t, page, atom.Title).FirstChild.Data)
		require.Equal(t, string(m.Locale), attribute(only(t, page, atom.Html), "lang"))
		require.Equal(t, m.Locale, r.Locale)
	})
}

// Opening the page asks nobody for anything, and leads nowhere but to the link
// of the message.
func TestThePageIsAllThereIs(t *testing.T) {
	t.Parallel()
	tags := []string{"html", "head", "meta", "title", "body", "div", "p", "span", "a"}
	attributes := []string{"lang", "charset", "name", "content", "style", "href"}
	each(t, func(t *testing.T, m domain.Message, r delivery.Rendered) {
		t.Helper()
		for n := range parsed(t, r).Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			require.Contains(t, tags, n.Data)
			require.NotContains(t, attribute(n, "style"), "url")
			for _, a := range n.Attr {
				require.Contains(t, attributes, a.Key)
			}
			if n.DataAtom == atom.A {
				require.Equal(t, m.Link, attribute(n, "href"))
			}
		}
	})
}

// A code stands alone and is marked as a whole, even where other numbers look
// like it.
func TestThePageShowsTheCode(t *testing.T) {
	t.Parallel()
	m := message(t, domain.MessagePayerApplication, domain.LocaleRussian, "person@example.org")
	m.About = "087-214-" + code
	page := parsed(t, renderer(t).Render(m))
	span := only(t, page, atom.Span)
	require.Equal(t, code, span.FirstChild.Data)
	require.Contains(t, attribute(span, "style"), "user-select: all")
	require.Contains(t, shown(page), m.About)
}

// No value becomes a part of the page.
func TestThePageEscapesValues(t *testing.T) {
	t.Parallel()
	const hostile = `"><script>alert(1)</script><!-- {code} & <b>`
	m := message(t, domain.MessagePayerApplication, domain.LocaleEnglish, "person@example.org")
	m.About, m.Code = hostile, hostile
	page := parsed(t, renderer(t).Render(m))
	require.Equal(t, 2, strings.Count(shown(page), hostile))

	m = message(t, domain.MessageIdentityConfirmed, domain.LocaleEnglish, "person@example.org")
	m.Link = "https://cabinet.example.org/" + hostile
	page = parsed(t, renderer(t).Render(m))
	require.Contains(t, shown(page), m.Link)
	m.Link = "javascript:alert(1)"
	scripted := parsed(t, renderer(t).Render(m))
	for _, p := range []*html.Node{page, scripted} {
		for n := range p.Descendants() {
			require.False(t, slices.Contains([]atom.Atom{atom.Script, atom.B}, n.DataAtom))
			require.NotContains(t, attribute(n, "href"), "script:")
			require.NotContains(t, attribute(n, "href"), `"`)
		}
	}
}

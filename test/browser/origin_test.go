package browser

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// try fetches something of the API from the page at hand and tells what the
// page's script learns: the status, or nothing.
func try(b *tab, url, options string) string {
	b.t.Helper()
	return evaluate[string](b, fmt.Sprintf(
		`fetch(%q, %s).then((answer) => answer.type + " " + answer.status, () => "nothing")`, url, options))
}

// M26 M27: a page that the configuration does not name learns nothing and
// changes nothing, though the browser holds the visitor's cookies: neither on
// another site, to which they are not sent, nor on another port of the same
// one, to which they are.
func TestForeignPagesAreKeptOut(t *testing.T) {
	t.Parallel()
	w, b := newWorld(t), newTab(t)
	register(b, w, "cookie")
	before := b.cookies(w.URL)
	require.Len(t, before, 2)

	for _, origin := range []string{w.foreign, strings.Replace(w.foreign, "127.0.0.1", "localhost", 1)} {
		b.open(origin)
		const signIn = `{method: "POST", credentials: "include", headers: {"Content-Type": "application/json"},
			body: '{"account_type":"citizen","login":"` + phone + `","password":"` + password + `","transport":"cookie"}'}`
		require.Equal(t, "nothing", try(b, w.URL+"/v1/me", `{credentials: "include"}`))
		require.Equal(t, "nothing", try(b, w.URL+"/v1/policies", `{}`))
		require.Equal(t, "nothing", try(b, w.URL+"/v1/sandbox/messages", `{}`))
		require.Equal(t, "nothing", try(b, w.URL+"/v1/sessions", signIn))
		require.Equal(t, "nothing", try(b, w.URL+"/v1/sessions/current", `{method: "DELETE", credentials: "include"}`))
		// No preflight holds these back. Of the answers the page gets nothing.
		blind := `{method: "POST", mode: "no-cors", credentials: "include"}`
		require.Equal(t, "nothing", try(b, w.URL+"/v1/sessions/refresh", blind))
		plain := strings.NewReplacer(`"POST",`, `"POST", mode: "no-cors",`, "application/json", "text/plain").Replace(signIn)
		require.Equal(t, "nothing", try(b, w.URL+"/v1/sessions", plain))
		require.ElementsMatch(t, before, b.cookies(w.URL))
		require.Equal(t, 2, strings.Count(w.Log.String(), `"code":"origin_not_allowed"`),
			"the two from the other port, which brought cookies")
	}
	require.Equal(t, 1, w.Count(t, "SELECT count(*) FROM sessions"))
	require.Equal(t, 1, w.Count(t, "SELECT count(*) FROM refresh_tokens"))

	b.open("about:blank")
	b.open(w.page + "#cabinet")
	b.shows("#cabinet", "Анна Синтетическая")
}

// The page that the configuration does name is let in, without cookies, too.
func TestAllowedPageReadsWhatIsPublic(t *testing.T) {
	t.Parallel()
	w, b := newWorld(t), newTab(t)
	b.open(w.page)
	require.Equal(t, "cors 200", try(b, w.URL+"/v1/policies", `{}`))
	require.Equal(t, "cors 401", try(b, w.URL+"/v1/me", `{credentials: "include"}`))
	require.NotEmpty(t, evaluate[string](b, fmt.Sprintf(
		`fetch(%q).then((answer) => answer.headers.get("X-Request-Id"))`, w.URL+"/v1/policies")))
}

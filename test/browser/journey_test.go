package browser

import (
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/stretchr/testify/require"
)

const (
	phone    = "+79001234567"
	password = "correct horse battery staple"
)

// register takes the page from its first form to the cabinet.
func register(b *tab, w world, transport string) {
	b.t.Helper()
	b.open(w.page)
	b.click("[name=transport][value=" + transport + "]")
	b.fill("#register", "family_name", "Синтетическая", "given_name", "Анна", "contact", "8 900 123-45-67")
	b.picture(transport + "-1-register")
	b.click("#register button")
	b.shows("#code", "+7 *** ***-**-67")
	b.fill("#code", "code", w.Await(b.t, phone, 1)[0].Code)
	b.picture(transport + "-2-code")
	b.click("#code button")
	b.fill("#password", "password", password, "password_confirmation", password)
	b.picture(transport + "-3-password")
	b.click("#password button")
	b.shows("#cabinet", "Анна Синтетическая")
	b.shows("#cabinet", "упрощённый")
	b.shows("#sessions", "этот сеанс")
}

// signIn takes the page from its second form to the cabinet.
func signIn(b *tab) {
	b.t.Helper()
	b.shows("#signin", "Вход")
	b.fill("#signin", "login", phone, "password", password)
	b.click("#signin button")
	b.shows("#cabinet", "Анна Синтетическая")
}

// M01 M02 M03 M11 M23: the whole journey by a frontend of another origin, with
// tokens that its script holds.
func TestJourneyWithTokensInTheBody(t *testing.T) {
	t.Parallel()
	w, b := newWorld(t), newTab(t)
	register(b, w, "body")
	require.Contains(t, b.learned(), `"refresh_token":`)
	require.Empty(t, b.cookies(w.URL), "nobody asked for cookies")
	b.picture("body-4-cabinet")

	b.click("#refresh")
	b.shows("#refreshed", "Сеанс продлён")
	b.click("#signout")
	signIn(b)
	b.click("#signout")
	b.shows("#signin", "Вход")
	require.Equal(t, 2, w.Count(t, "SELECT count(*) FROM sessions WHERE status = 'signed_out'"))
	require.Empty(t, b.complaints())
}

// M11 M27: the same journey with tokens that no script ever sees.
func TestJourneyWithTokensInCookies(t *testing.T) {
	t.Parallel()
	w, b := newWorld(t), newTab(t)
	register(b, w, "cookie")
	first := requireGuarded(t, b, w)

	b.click("#refresh")
	b.shows("#refreshed", "Сеанс продлён")
	second := requireGuarded(t, b, w)
	require.NotEqual(t, first, second, "a refresh token is good for one exchange")
	b.picture("cookie-4-refreshed")
	requireUnseen(t, b, append(first, second...))

	b.open("about:blank")
	b.open(w.page + "#cabinet")
	b.shows("#cabinet", "Анна Синтетическая")
	b.click("#signout")
	signIn(b)
	requireUnseen(t, b, requireGuarded(t, b, w))
	b.click("#signout")
	b.shows("#signin", "Вход")
	require.Empty(t, b.cookies(w.URL))
	require.Empty(t, b.complaints())
}

// M11: a session of another device is seen, and ended.
func TestAnotherDeviceIsSignedOut(t *testing.T) {
	t.Parallel()
	w, b, other := newWorld(t), newTab(t), newTab(t)
	register(b, w, "body")
	other.open(w.page + "#signin")
	other.click("[name=transport][value=cookie]")
	signIn(other)
	other.picture("two-sessions")
	other.click("#sessions li button")
	require.Eventually(t, func() bool {
		return w.Count(t, "SELECT count(*) FROM sessions WHERE status = 'signed_out'") == 1
	}, patience, glance)
	b.click("#refresh")
	b.shows("#problem", "Войдите снова")
	b.picture("signed-out-elsewhere")
	signIn(b)
}

// M11: who stays longer than an access token lasts notices nothing.
func TestSessionOutlivesItsAccessToken(t *testing.T) {
	t.Parallel()
	for _, transport := range []string{"body", "cookie"} {
		t.Run(transport, func(t *testing.T) {
			t.Parallel()
			w, b := newWorld(t), newTab(t)
			register(b, w, transport)
			w.Clock.Advance(11 * time.Minute)
			b.click("#signout")
			b.shows("#signin", "Вход")
			require.Equal(t, 2, w.Count(t, "SELECT count(*) FROM refresh_tokens"))
			require.Equal(t, 1, w.Count(t, "SELECT count(*) FROM sessions WHERE status = 'signed_out'"))
		})
	}
}

// M01 M02: what is wrong is shown where it is wrong.
func TestMistakesAreShownBesideTheirFields(t *testing.T) {
	t.Parallel()
	w, b := newWorld(t), newTab(t)
	b.open(w.page)
	b.fill("#register", "family_name", "Иvanova", "contact", "+7 495 123-45-67")
	b.click("#register button")
	b.shows("#register .wrong", "")
	require.Equal(t, 3, evaluate[int](b, `document.querySelectorAll("#register .wrong").length`))
	b.picture("mistakes-register")
	b.fitsPhone("mistakes-register-phone")

	b.fill("#register", "family_name", "Синтетическая", "given_name", "Анна", "contact", phone)
	b.click("#register button")
	b.shows("#code", "+7 *** ***-**-67")
	right := w.Await(t, phone, 1)[0].Code
	wrong := "000000"
	if right == wrong {
		wrong = "000001"
	}
	b.fill("#code", "code", wrong)
	b.click("#code button")
	b.shows("#problem", "Осталось попыток: 4.")
	b.picture("mistakes-code")

	b.fill("#code", "code", right)
	b.click("#code button")
	b.fill("#password", "password", "password1234", "password_confirmation", "password12345")
	b.click("#password button")
	b.shows("#password .wrong", "")
	require.Equal(t, 2, evaluate[int](b, `document.querySelectorAll("#password .wrong").length`))
	b.picture("mistakes-password")
}

// requireGuarded returns the values of the two cookies of a session, which
// must have all the guards that a browser knows.
func requireGuarded(t *testing.T, b *tab, w world) []string {
	t.Helper()
	cookies := b.cookies(w.URL)
	require.Len(t, cookies, 2)
	var values []string
	for _, c := range cookies {
		require.Contains(t, []string{"__Host-kabinet_access", "__Host-kabinet_refresh"}, c.Name)
		require.True(t, c.HTTPOnly, c.Name)
		require.True(t, c.Secure, c.Name)
		require.Equal(t, network.CookieSameSiteStrict, c.SameSite, c.Name)
		require.Equal(t, "/", c.Path, c.Name)
		require.Equal(t, "127.0.0.1", c.Domain, c.Name)
		values = append(values, c.Value)
	}
	return values
}

// requireUnseen makes sure that no script of the page could know a token.
func requireUnseen(t *testing.T, b *tab, values []string) {
	t.Helper()
	require.Empty(t, evaluate[string](b, "document.cookie"))
	require.Zero(t, evaluate[int](b, "localStorage.length + sessionStorage.length"))
	learned := b.learned()
	require.Contains(t, learned, `"transport":"cookie"`)
	require.NotContains(t, learned, "access_token")
	require.NotContains(t, learned, "refresh_token")
	for _, value := range values {
		require.NotContains(t, learned, value)
	}
}

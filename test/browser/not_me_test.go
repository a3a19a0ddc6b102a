package browser

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// confirmed makes an account whose identity a letter has confirmed, from a page
// of the API's own origin, and returns the link of the notice.
const confirmed = `(async () => {
	const contact = "anna@example.org", password = "correct horse battery staple";
	const call = async (method, path, body, token) => {
		const headers = body === undefined ? {} : { "Content-Type": "application/json" };
		if (token) headers.Authorization = "Bearer " + token;
		const answer = await fetch("/v1" + path, { method, headers, body: body && JSON.stringify(body) });
		const text = await answer.text();
		if (!answer.ok) throw new Error(method + " " + path + ": " + text);
		return text && JSON.parse(text);
	};
	const until = async (find) => {
		for (;;) {
			const found = await find();
			if (found) return found;
		}
	};
	const messages = async (to) => (await call("GET", "/sandbox/messages?limit=100&to=" + encodeURIComponent(to))).items;
	const names = { family_name: "Синтетическая", given_name: "Анна" };
	const r = await call("POST", "/registrations", { ...names, email: contact });
	const code = await until(async () => (await messages(contact))[0]?.code);
	await call("POST", "/registrations/" + r.id + "/confirmation", { code }, r.flow_token);
	const own = await call("POST", "/registrations/" + r.id + "/password", { password, password_confirmation: password }, r.flow_token);
	const token = own.access_token;
	const address = { postal_index: "236000", region: "Калининградская область", city: "Калининград", street: "ул. Учебная", house: "7" };
	await call("PUT", "/me/personal-data", {
		...names, no_patronymic: true, birth_date: "1984-05-17", gender: "female", birthplace: "гор. Калининград", snils: "00000060031",
		passport: { series: "2714", number: "000600", issue_date: "2014-06-02", department_code: "390-001", issued_by: "ОУФМС" },
		registration_address: address, accepted_consent_version: (await call("GET", "/terms/personal-data")).version,
	}, token);
	await until(async () => (await call("GET", "/me/verification?wait=10s", undefined, token)).status === "passed");
	const letter = await call("POST", "/me/confirmations", { method: "registered_letter", postal_address: address }, token);
	await call("POST", "/sandbox/letters/" + letter.id + "/delivery");
	const printed = (await messages("")).find((m) => m.id === letter.id);
	await call("POST", "/me/confirmations/" + letter.id + "/code", { code: printed.code }, token);
	return until(async () => (await messages(contact)).map((m) => m.text.match(/\S+\/not-me#\S+/)?.[0]).find(Boolean));
})()`

// The page of the notice denies a confirmation with one press, under its strict
// policy, and keeps the token from the server's logs until then. // M07
func TestNotMePage(t *testing.T) {
	t.Parallel()
	w, b := newWorld(t), newTab(t)
	b.open(w.URL + "/problems")
	link := evaluate[string](b, confirmed)
	require.Contains(t, link, w.URL+"/not-me#")
	b.open(link)
	b.shows("h1", "Это были не Вы?")
	require.False(t, evaluate[bool](b, `document.getElementById("deny").disabled`))
	b.picture("not-me")
	b.fitsPhone("not-me-phone")
	require.Equal(t, 1, w.Count(t, "SELECT count(*) FROM accounts WHERE level = 'confirmed'"), "looking changes nothing")
	b.click("#deny")
	b.shows("#done", "Подтверждение отменено")
	b.picture("not-me-done")
	require.NotContains(t, evaluate[string](b, "location.href"), "#")
	require.Zero(t, w.Count(t, "SELECT count(*) FROM accounts WHERE level = 'confirmed'"))
	require.Empty(t, b.complaints())
	require.NotContains(t, w.Log.String(), link[len(link)-43:])

	b.open("about:blank")
	b.open(link)
	b.click("#deny")
	b.shows("#invalid", "Ссылка неверна, уже использована")
	b.picture("not-me-invalid")
	b.open("about:blank")
	b.open(w.URL + "/not-me")
	b.shows("#invalid", "Откройте её из сообщения целиком")
	require.True(t, evaluate[bool](b, `document.getElementById("ask").hidden`))
}

package api_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit"
)

// canaries are values that occur nowhere but in what this test sends.
type canaries struct {
	family, given, phone, email, password, wrongPassword, agent, key, login string
	// learned are the codes and tokens that the server makes.
	learned []string
	// sent counts the requests, each of which has a key of its own.
	sent int
}

// keyed is the client with a fresh Idempotency-Key.
func (c *canaries) keyed(client *client) *client {
	c.sent++
	return client.with(keyHeader, fmt.Sprintf("%s-%d", c.key, c.sent))
}

func newCanaries() *canaries {
	return &canaries{
		family: "Канарейкина", given: "Желтопёра", phone: "+79038675309", email: "zanzibar.canary@canary-island.example",
		password: "plumage and perch 8675", wrongPassword: "feathers all over 8675", agent: "CanaryBrowser/86.75",
		key: "canary-key-8675309", login: "unknown.canary@nowhere.example",
	}
}

func (c *canaries) learn(values ...string) {
	for _, value := range values {
		if value != "" {
			c.learned = append(c.learned, value)
		}
	}
}

// all are the values in every form in which they could leak.
func (c *canaries) all() []string {
	values := append([]string{
		c.family, c.given, c.phone, c.phone[2:], c.email, "zanzibar", c.password, c.wrongPassword, c.agent, c.key, c.login,
	}, c.learned...)
	for _, value := range values[:len(values):len(values)] {
		quoted, err := json.Marshal(value)
		if err != nil {
			panic(err)
		}
		values = append(values, strings.Trim(fmt.Sprintf("%+q", value), `"`), strings.Trim(string(quoted), `"`),
			url.QueryEscape(value), base64.StdEncoding.EncodeToString([]byte(value)))
	}
	return values
}

// tells finds a canary in a text. Six digits are found on their own only: they
// turn up by chance in longer numbers and ids.
func tells(text, canary string) bool {
	if len(canary) != 6 || strings.Trim(canary, "0123456789") != "" {
		return strings.Contains(text, canary)
	}
	before := byte(' ')
	for {
		at := strings.Index(text, canary)
		if at < 0 {
			return false
		}
		if at > 0 {
			before = text[at-1]
		}
		after := text[at+len(canary):]
		if before != '.' && !isWord(before) && (after == "" || !isWord(after[0])) {
			return true
		}
		before, text = text[at], text[at+1:]
	}
}

// isWord tells whether a byte is a digit or a Latin letter.
func isWord(b byte) bool {
	return '0' <= b && b <= '9' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z'
}

func TestTells(t *testing.T) {
	t.Parallel()
	for text, told := range map[string]bool{
		"123456": true, "code 123456, once": true, "0123456 (123456)": true, "код123456код": true,
		"0123456": false, "1234567": false, "12.123456": false, "a123456": false, "123456Z": false, "123123456456": false, "": false,
	} {
		require.Equal(t, told, tells(text, "123456"), text)
	}
	require.True(t, tells("a longer secret9", "secret"))
	require.True(t, tells("91234567", "1234567"))
}

// watch keeps what every answer says outside of successful bodies and cookies.
type watch struct {
	answers []answer
}

func (w *watch) see(a answer) answer {
	w.answers = append(w.answers, a)
	return a
}

// text is everything that others than the person may come to see.
func (w *watch) text() string {
	var out strings.Builder
	for _, a := range w.answers {
		for name, values := range a.header {
			if name != "Set-Cookie" {
				_, _ = fmt.Fprintln(&out, name, values)
			}
		}
		if a.status >= http.StatusBadRequest {
			_, _ = out.Write(a.body)
		}
	}
	return out.String()
}

// walk goes through every operation, rightly and wrongly.
func (c *canaries) walk(t *testing.T, client *client, contact string, w *watch) {
	t.Helper()
	s := client.server
	client = client.with("User-Agent", c.agent).with("Referer", s.URL+"/?who="+c.family)
	body := object{"family_name": c.family, "given_name": c.given, kindOf(contact): contact}
	r := as[registration](t, w.see(c.keyed(client).post(t, "/v1/registrations", body)), http.StatusCreated)
	c.learn(r.FlowToken)
	s.Await(t, contact, 1)
	s.Clock.Advance(time.Minute)
	w.see(c.keyed(client).resend(t, r)).ok(t, http.StatusCreated)
	for _, m := range s.Await(t, contact, 2) {
		c.learn(m.Code)
	}
	right := c.learned[len(c.learned)-2]
	w.see(c.keyed(client).enter(t, r, wrongCode(right))).fails(t, http.StatusUnprocessableEntity, "code_incorrect")
	w.see(c.keyed(client).enter(t, r, right)).ok(t, http.StatusOK)
	w.see(c.keyed(client).choose(t, r, c.family+" kabinet")).fails(t, http.StatusUnprocessableEntity, "validation_failed")
	in := as[signedIn](t, w.see(c.keyed(client).choose(t, r, c.password)), http.StatusCreated)
	c.learn(in.AccessToken, in.RefreshToken)
	c.walkOn(t, client, contact, w)
}

// walkOn is what somebody with an account does.
func (c *canaries) walkOn(t *testing.T, client *client, contact string, w *watch) {
	t.Helper()
	s := client.server
	w.see(c.keyed(client).signIn(t, contact, c.wrongPassword)).fails(t, http.StatusUnauthorized, "credentials_incorrect")
	w.see(c.keyed(client).signIn(t, c.login, c.password)).fails(t, http.StatusUnauthorized, "credentials_incorrect")
	in := as[signedIn](t, w.see(c.keyed(client).signIn(t, contact, c.password)), http.StatusCreated)
	next := as[signedIn](t, w.see(c.keyed(client).refresh(t, in.RefreshToken)), http.StatusOK)
	c.learn(in.AccessToken, in.RefreshToken, next.AccessToken, next.RefreshToken)
	signedInNow := client.bearing(next.AccessToken)
	w.see(signedInNow.get(t, "/v1/me")).ok(t, http.StatusOK)
	w.see(signedInNow.get(t, "/v1/sessions")).ok(t, http.StatusOK)
	c.fillIn(t, signedInNow, w)
	w.see(client.get(t, "/v1/sandbox/messages?to="+url.QueryEscape(contact))).ok(t, http.StatusOK)
	cookie := c.keyed(client).with("Origin", s.URL).post(t, "/v1/sessions", object{
		"account_type": "citizen", "login": contact, "password": c.password, "transport": "cookie",
	})
	w.see(cookie).ok(t, http.StatusCreated)
	for _, line := range cookie.header.Values("Set-Cookie") {
		parsed, err := http.ParseSetCookie(line)
		require.NoError(t, err)
		c.learn(parsed.Value)
	}
	s.Clock.Advance(time.Minute)
	theft := c.keyed(client).refresh(t, in.RefreshToken)
	w.see(theft).fails(t, http.StatusUnauthorized, "refresh_token_reused")
	for _, odd := range []string{
		"/v1/" + c.key, "/v1/registrations/" + c.key, "/v1/me?who=" + url.QueryEscape(contact), "/problems/" + c.key,
		"/docs/" + c.key, "/v1/sessions?cursor=" + c.key + "&limit=" + c.key,
	} {
		for _, method := range []string{http.MethodGet, http.MethodDelete, c.key} {
			w.see(client.do(t, call{method: method, path: odd, outside: true}))
		}
	}
	for _, raw := range []string{
		`{"` + c.key + `":"` + c.password + `"`, `{"phone":"` + c.phone[2:] + `x","email":"` + c.email + `>"}`, `"` + c.password + `"`,
	} {
		w.see(client.do(t, call{method: http.MethodPost, path: "/v1/registrations", raw: []byte(raw), wrong: true}))
	}
}

// fillIn gives personal data, rightly and wrongly, and has them checked.
func (c *canaries) fillIn(t *testing.T, client *client, w *watch) {
	t.Helper()
	body := client.papers(t, "600", "600")
	body["family_name"], body["given_name"], body["patronymic"] = c.family, c.given, "Зябликовна"
	body["birth_date"], body["birthplace"], body["snils"] = "1979-08-23", "гор. Снегирёвск", "112-233-445 95"
	passport := object{
		"series": "9753", "number": "864209x", "issue_date": "1999-09-17", "department_code": "777-318",
		"issued_by": "Отдел Пернатых Документов",
	}
	body["passport"] = passport
	body["registration_address"].(object)["street"] = "ул. Щегловая"
	c.learn("Зябликовна", "1979-08-23", "Снегирёвск", "112-233-445", "11223344595", "864209", "1999-09-17",
		"777-318", "777318", "Пернатых", "Щегловая")
	w.see(client.do(t, call{method: http.MethodPut, path: "/v1/me/personal-data", body: body, wrong: true})).
		fails(t, http.StatusUnprocessableEntity, "validation_failed")
	passport["number"] = "864209"
	w.see(client.put(t, body)).ok(t, http.StatusAccepted)
	client.becomes(t, "passed", 0)
	w.see(client.get(t, "/v1/me/personal-data")).ok(t, http.StatusOK)
	w.see(client.get(t, "/v1/me/verification")).ok(t, http.StatusOK)
}

// Nothing that tells of a person leaves the program but to that person. // M27
func TestCanaries(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, client := newServer(t, e)
		c, w := newCanaries(), &watch{}
		c.walk(t, client, c.phone, w)
		c.walk(t, client, c.email, w)
		s.Settle(t)
		require.Greater(t, len(c.learned), 20)
		require.NotEmpty(t, s.Spans.GetSpans())
		places := map[string]string{
			"log": s.Log.String(), "metrics": series(t, s), "spans": spans(s), "answers": w.text(),
		}
		for place, text := range places {
			require.NotEmpty(t, text)
			for _, canary := range c.all() {
				require.False(t, tells(text, canary), "the %s tell %s", place, canary)
			}
		}
		require.Contains(t, places["log"], "/v1/registrations/:id/confirmation", "it is a log after all")
		require.Contains(t, places["metrics"], "kabinet_http_request_duration_seconds")
		require.Contains(t, places["spans"], "POST /v1/sessions")
	})
}

// series are the names and labels of the metrics without their values.
func series(t *testing.T, s *testkit.Server) string {
	t.Helper()
	return regexp.MustCompile(`(?m) [^ ]+$`).ReplaceAllString(metrics(t, s), "")
}

// metrics is what /metrics tells.
func metrics(t *testing.T, s *testkit.Server) string {
	t.Helper()
	a := admin(t, s, "/metrics")
	require.Equal(t, http.StatusOK, a.status)
	return string(a.body)
}

// admin asks the server's other side.
func admin(t *testing.T, s *testkit.Server, path string) answer {
	t.Helper()
	recorder := httptest.NewRecorder()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	s.App.AdminHandler(make(chan struct{})).ServeHTTP(recorder, request)
	return read(t, recorder.Result())
}

// spans is everything that the traces tell.
func spans(s *testkit.Server) string {
	var out strings.Builder
	for _, span := range s.Spans.GetSpans() {
		_, _ = fmt.Fprintln(&out, span.Name, span.Attributes, span.Status, span.Resource)
		for _, event := range span.Events {
			_, _ = fmt.Fprintln(&out, event.Name, event.Attributes)
		}
	}
	return out.String()
}

// Whoever gets hold of a copy of the database cannot read it. // M27
func TestCanariesInTheDatabase(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, client := newServer(t, e)
		c := newCanaries()
		c.walk(t, client, c.email, &watch{})
		c.keyed(client).post(t, "/v1/registrations", object{"family_name": c.family, "given_name": c.given, "phone": c.phone})
		dump := string(testkit.Dump(t, e, s.Database))
		require.Contains(t, dump, "registration.complete")
		for _, canary := range append(c.all(), "127.0.0.1") {
			require.False(t, tells(dump, canary), "the dump tells %s", canary)
		}
	})
}

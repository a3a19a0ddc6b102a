package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/delivery/outbox"
	"example.org/kabinet/internal/testkit"
)

// journey is a walk from nothing to a signed-in account and out again.
type journey struct {
	contact, masked string
	// login is another spelling of the contact.
	login, language string
	lifetime        time.Duration
	channel, text   string
}

func journeys() map[string]journey {
	return map[string]journey{
		"phone, Russian": {
			contact: phone, masked: "+7 *** ***-**-67", login: "8 (900) 123-45-67", language: "ru",
			lifetime: 10 * time.Minute, channel: "sms", text: "Никому его не сообщайте",
		},
		"phone, English": {
			contact: phone, masked: "+7 *** ***-**-67", login: "9001234567", language: "en",
			lifetime: 10 * time.Minute, channel: "sms", text: "Tell it to nobody",
		},
		"e-mail, Russian": {
			contact: mailbox, masked: "a***@e***.org", login: "Anna.Smirnova@EXAMPLE.org", language: "ru",
			lifetime: time.Hour, channel: "email", text: "Здравствуйте",
		},
		"e-mail, English": {
			contact: mailbox, masked: "a***@e***.org", login: " anna.smirnova@example.org ", language: "en",
			lifetime: time.Hour, channel: "email", text: "Hello",
		},
	}
}

// M01 M02 M03 M11 M23
func TestJourney(t *testing.T) {
	t.Parallel()
	for name, j := range journeys() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
				t.Helper()
				_, c := newServer(t, e)
				c = c.with("Accept-Language", j.language).with("User-Agent", "journey/1.0")
				r := j.register(t, c)
				right := j.confirm(t, c, r)
				first := j.setPassword(t, c, r, right)
				second := j.signIn(t, c)
				j.walkOut(t, c, first, second)
			})
		})
	}
}

// register leaves the locale to Accept-Language. // M01
func (j journey) register(t *testing.T, c *client) registration {
	t.Helper()
	now := c.server.Clock.Now()
	a := c.post(t, "/v1/registrations", applicant(j.contact))
	r := as[registration](t, a, http.StatusCreated)
	require.Equal(t, "/v1/registrations/"+r.ID, a.header.Get("Location"))
	require.Equal(t, "code_sent", r.Status)
	require.Equal(t, j.masked, r.Contact)
	require.Len(t, r.FlowToken, 43)
	require.Equal(t, now, r.CreatedAt)
	require.Equal(t, now.Add(24*time.Hour), r.ExpiresAt)
	require.Equal(t, []string{"confirm_contact", "resend_code"}, r.NextActions)
	require.Equal(t, &code{6, now.Add(j.lifetime), now.Add(time.Minute), 5}, r.Code)

	again := c.look(t, r)
	require.Empty(t, again.FlowToken)
	again.FlowToken = r.FlowToken
	require.Equal(t, r, again)
	return r
}

// confirm types a wrong code and then the right one, which it returns. // M02
func (j journey) confirm(t *testing.T, c *client, r registration) string {
	t.Helper()
	sent := c.server.Await(t, j.contact, 1)[0]
	j.checkMessage(t, sent)
	p := c.enter(t, r, wrongCode(sent.Code)).fails(t, http.StatusUnprocessableEntity, "code_incorrect")
	require.Equal(t, 4, *p.AttemptsLeft)
	require.Equal(t, []string{"confirm_contact", "resend_code"}, p.NextActions)
	require.Equal(t, 4, c.look(t, r).Code.AttemptsLeft)

	spaced := sent.Code[:3] + "-" + sent.Code[3:] + " "
	after := as[registration](t, c.enter(t, r, spaced), http.StatusOK)
	require.Equal(t, "contact_confirmed", after.Status)
	require.Equal(t, []string{"set_password"}, after.NextActions)
	require.Nil(t, after.Code)
	require.Equal(t, c.server.Clock.Now().Add(30*time.Minute), after.ExpiresAt)
	c.enter(t, r, sent.Code).fails(t, http.StatusConflict, "invalid_transition")
	return sent.Code
}

func (j journey) checkMessage(t *testing.T, sent outbox.Message) {
	t.Helper()
	require.Regexp(t, `^[0-9]{6}$`, sent.Code)
	require.Equal(t, j.channel, string(sent.Channel))
	require.Contains(t, sent.Text, j.text)
	require.Contains(t, sent.Text, sent.Code)
	require.Equal(t, j.channel == "email", sent.Subject != "")
	require.Empty(t, sent.Attachments)
}

// M03
func (j journey) setPassword(t *testing.T, c *client, r registration, code string) signedIn {
	t.Helper()
	unequal := object{"password": password, "password_confirmation": another}
	p := c.flow(r).post(t, r.path("/password"), unequal).fails(t, http.StatusUnprocessableEntity, "validation_failed")
	require.Equal(t, "password_mismatch", p.Errors[0].Code)
	in := as[signedIn](t, c.choose(t, r, password), http.StatusCreated)
	j.checkSession(t, c, in)
	require.Equal(t, "simplified", in.Account.Level)
	require.Equal(t, "citizen", in.Account.AccountType)
	require.Equal(t, "active", in.Account.Status)
	require.Equal(t, "Смирнова", in.Account.FamilyName)
	require.Equal(t, "Анна", in.Account.GivenName)
	require.Equal(t, j.language, in.Account.Locale)
	require.Equal(t, j.masked, in.Account.Contacts[0].Value)

	require.Equal(t, in.Account, c.me(t, in.AccessToken))
	over := c.look(t, r)
	require.Equal(t, "completed", over.Status)
	require.Equal(t, []string{"sign_in"}, over.NextActions)
	c.choose(t, r, password).fails(t, http.StatusConflict, "invalid_transition")
	c.enter(t, r, code).fails(t, http.StatusConflict, "invalid_transition")
	return in
}

func (j journey) checkSession(t *testing.T, c *client, in signedIn) {
	t.Helper()
	now := c.server.Clock.Now()
	require.Equal(t, "Bearer", in.TokenType)
	require.Equal(t, 600, in.ExpiresIn)
	require.Len(t, in.RefreshToken, 43)
	s := in.Session
	require.Equal(t, []any{"active", true, "body", "journey/1.0", "127.0.0.1"},
		[]any{s.Status, s.Current, s.Transport, s.UserAgent, s.Address})
	require.Equal(t, now.Add(30*time.Minute), s.IdleAt)
	require.Equal(t, now.Add(12*time.Hour), s.ExpiresAt)
}

// M11
func (j journey) signIn(t *testing.T, c *client) signedIn {
	t.Helper()
	c.server.Clock.Advance(time.Minute)
	c.signIn(t, j.login, another).fails(t, http.StatusUnauthorized, "credentials_incorrect")
	in := as[signedIn](t, c.signIn(t, j.login, password), http.StatusCreated)
	j.checkSession(t, c, in)
	c.server.Clock.Advance(5 * time.Minute)
	next := as[signedIn](t, c.refresh(t, in.RefreshToken), http.StatusOK)
	require.Equal(t, in.Session.ID, next.Session.ID)
	require.Equal(t, c.server.Clock.Now().Add(30*time.Minute), next.Session.IdleAt)
	require.Equal(t, in.Session.ExpiresAt, next.Session.ExpiresAt, "refreshing does not prolong the whole")
	require.NotEqual(t, in.RefreshToken, next.RefreshToken)
	require.NotEqual(t, in.AccessToken, next.AccessToken)
	return next
}

// walkOut ends the first session from the second one, and then that.
func (j journey) walkOut(t *testing.T, c *client, first, second signedIn) {
	t.Helper()
	here, there := c.bearing(second.AccessToken), c.bearing(first.AccessToken)
	list := c.sessions(t, second.AccessToken)
	require.Len(t, list.Items, 2)
	require.Equal(t, []string{second.Session.ID, first.Session.ID}, []string{list.Items[0].ID, list.Items[1].ID})
	require.Equal(t, []bool{true, false}, []bool{list.Items[0].Current, list.Items[1].Current})
	require.Nil(t, list.NextCursor)

	here.delete(t, "/v1/sessions/"+first.Session.ID).ok(t, http.StatusNoContent)
	there.get(t, "/v1/me").fails(t, http.StatusUnauthorized, "access_token_invalid")
	c.refresh(t, first.RefreshToken).fails(t, http.StatusUnauthorized, "refresh_token_invalid")
	here.delete(t, "/v1/sessions/"+first.Session.ID).fails(t, http.StatusNotFound, "not_found")
	require.Len(t, c.sessions(t, second.AccessToken).Items, 1)

	here.delete(t, "/v1/sessions/current").ok(t, http.StatusNoContent)
	for _, path := range []string{"/v1/me", "/v1/sessions"} {
		here.get(t, path).fails(t, http.StatusUnauthorized, "access_token_invalid")
	}
	here.delete(t, "/v1/sessions/current").fails(t, http.StatusUnauthorized, "access_token_invalid")
	c.refresh(t, second.RefreshToken).fails(t, http.StatusUnauthorized, "refresh_token_invalid")
}

// The locale that was asked for is stronger than Accept-Language.
func TestLocaleOfMessages(t *testing.T) {
	t.Parallel()
	s, c := newServer(t, testkit.SQLite)
	body := applicant(phone)
	body["locale"] = "en"
	c.with("Accept-Language", "ru").post(t, "/v1/registrations", body).ok(t, http.StatusCreated)
	require.Contains(t, s.Await(t, phone, 1)[0].Text, "Tell it to nobody")
	c.with("Accept-Language", "fr, *;q=0.1").start(t, mailbox)
	require.Contains(t, s.Await(t, mailbox, 1)[0].Text, "Здравствуйте", "Russian where no language fits")
}

// Problems are told in the language of the request.
func TestLanguageOfProblems(t *testing.T) {
	t.Parallel()
	_, c := newServer(t, testkit.SQLite)
	for header, language := range map[string]string{
		"": "ru", "ru-RU": "ru", "en": "en", "en-GB, ru;q=0.5": "en", "de": "ru", "ru;q=0.1, en;q=0.9": "en",
	} {
		a := c.with("Accept-Language", header).get(t, "/v1/me")
		p := a.fails(t, http.StatusUnauthorized, "unauthenticated")
		require.Equal(t, language, a.header.Get("Content-Language"), header)
		require.Contains(t, a.header.Values("Vary"), "Accept-Language")
		require.Equal(t, language == "en", p.Title == "Sign-in required", header)
	}
}

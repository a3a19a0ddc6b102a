package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit"
)

// whyCanary is a reason in an operator's words that stands nowhere else.
const whyCanary = "гнездо оказалось пустым 8675"

// enrolled is a supervisor at work who came by an enrolment link.
func (c *canaries) enrolled(t *testing.T, client *client, w *watch) counter {
	t.Helper()
	s := client.server
	at, in := place(t, s, domain.CentreMFC), invited(domain.RoleSupervisor)
	in.FamilyName, in.GivenName, in.Places = "Снегирёва", "Овсянка", []string{placeCode(t, s, at)}
	link, _, err := s.App.CreateOperator(t.Context(), in)
	require.NoError(t, err)
	token := tokenOf(t, link)
	c.learn(token, in.FamilyName, in.GivenName, in.Email, in.SNILS)
	begin := object{"enrolment_token": token}
	shown := as[enrolment](t, w.see(c.keyed(client).post(t, "/v1/operator-enrolments", begin)), http.StatusCreated)
	o := operatorAccount{login: in.Login, secret: shown.TOTP.Secret}
	c.learn(o.secret)
	complete := object{
		"enrolment_token": token, "password": c.password, "password_confirmation": c.password, "otp": o.otp(t, s, -otpStep),
	}
	w.see(c.keyed(client).post(t, "/v1/operator-enrolments/completion", complete)).ok(t, http.StatusCreated)
	w.see(c.keyed(client).post(t, "/v1/operator-enrolments", begin)).fails(t, http.StatusUnauthorized, "enrolment_invalid")
	body := o.signInBody(t, s, 0)
	body["password"] = c.password
	session := as[signedIn](t, w.see(c.keyed(client).post(t, "/v1/sessions", body)), http.StatusCreated)
	c.learn(session.AccessToken, session.RefreshToken)
	return counter{client.bearing(session.AccessToken), at}
}

// otpStep is how long a code of the second factor is shown.
const otpStep = 30 * time.Second

// named are the papers of somebody with a canary's name.
func (c *canaries) named(t *testing.T, client *client, snils string) object {
	t.Helper()
	body := client.papers(t, snils, "600")
	body["family_name"], body["given_name"], body["patronymic"] = c.family, c.given, "Зябликовна"
	body["registration_address"].(object)["street"] = "ул. Щегловая"
	number := body["snils"].(string)
	c.learn("Зябликовна", "Щегловая", number, strings.NewReplacer("-", "", " ", "").Replace(number))
	return body
}

// byLetter is somebody who confirms their identity and then denies it, after an
// operator has looked for them.
func (c *canaries) byLetter(t *testing.T, client *client, desk counter, w *watch) {
	t.Helper()
	in := client.register(t, c.phone)
	c.learn(in.AccessToken, in.RefreshToken)
	anna := citizen{client.bearing(in.AccessToken), in, c.phone, c.named(t, client.bearing(in.AccessToken), "600")}
	anna.submit(t, anna.papers)
	anna.becomes(t, "passed", 0)
	ask := func(body object) confirmation {
		return as[confirmation](t, w.see(c.keyed(anna.client).post(t, confirmationsPath, body)), http.StatusCreated)
	}
	at, order := ask(visit("service_centre")), ask(anna.byLetter())
	c.learn(at.VisitCode, strings.ReplaceAll(at.VisitCode, "-", ""), at.QRPayload)
	for key, value := range map[string]string{"visit_code": at.VisitCode, "phone": c.phone, "snils": anna.papers["snils"].(string)} {
		w.see(c.keyed(desk.client).post(t, desk.path("/account-searches"), object{key: value})).ok(t, http.StatusOK)
	}
	other := document(anna.papers)
	other["family_name"] = "Перепёлкина"
	c.learn("Перепёлкина")
	w.see(c.keyed(desk.client).post(t, desk.path("/accounts/%s/confirmation", in.Account.ID), other)).
		fails(t, http.StatusUnprocessableEntity, "document_mismatch")
	code := anna.delivered(t, order)
	c.learn(code, strings.ReplaceAll(code, "-", ""), wrongLetterCode(code))
	enter := func(code string) answer {
		return w.see(c.keyed(anna.client).post(t, order.path("/code"), object{"code": code}))
	}
	enter(wrongLetterCode(code)).fails(t, http.StatusUnprocessableEntity, "code_incorrect")
	enter(code).ok(t, http.StatusOK)
	token := anna.notice(t)
	c.learn(token)
	for _, status := range []int{http.StatusOK, http.StatusUnprocessableEntity} {
		w.see(c.keyed(client).post(t, "/v1/confirmation-disputes", object{"token": token})).ok(t, status)
	}
}

// walkIn is somebody who is registered at the counter, signs in and is shut out.
func (c *canaries) walkIn(t *testing.T, client *client, desk counter, w *watch) {
	t.Helper()
	body := c.named(t, client, "700")
	body["email"] = c.email
	made := as[walkedIn](t, w.see(c.keyed(desk.client).post(t, desk.path("/registrations"), body)), http.StatusCreated)
	w.see(c.keyed(desk.client).post(t, desk.path("/registrations"), body)).ok(t, http.StatusConflict)
	code := firstCode(t, client.server, c.email)
	c.learn(code)
	sign := func(code string) answer {
		body := object{"login": c.email, "code": code, "password": c.password, "password_confirmation": c.password}
		return w.see(c.keyed(client).post(t, "/v1/first-sign-ins", body))
	}
	sign(wrongLetterCode(code)).fails(t, http.StatusUnprocessableEntity, "code_incorrect")
	in := as[signedIn](t, sign(code), http.StatusCreated)
	c.learn(in.AccessToken, in.RefreshToken, whyCanary)
	suspension := desk.path("/accounts/%s/suspension", made.AccountID)
	w.see(c.keyed(desk.client).post(t, suspension, object{"reason": whyCanary})).ok(t, http.StatusCreated)
}

// Nothing of what citizens and operators tell each other and the program on the
// way to a confirmed identity leaves it, or stands in its database for
// everybody to read: data, codes of letters, visits and first sign-ins, links,
// the second factor, reasons. // M27
func TestCanariesOfIdentity(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, client := newServer(t, e, roomy())
		c, w := newCanaries(), &watch{}
		client = client.with("User-Agent", c.agent)
		desk := c.enrolled(t, client, w)
		c.byLetter(t, client, desk, w)
		c.walkIn(t, client, desk, w)
		s.Settle(t)
		require.Greater(t, len(c.learned), 25)
		dump := string(testkit.Dump(t, e, s.Database))
		for _, action := range []string{"operator.enrol", "confirmation.dispute", "account.suspend", "letter.enter_code"} {
			require.Contains(t, dump, action, "the dump is one")
		}
		require.Contains(t, s.Log.String(), "/account-searches", "it is a log after all")
		places := map[string]string{
			"dump": dump, "log": s.Log.String(), "metrics": series(t, s), "spans": spans(s), "answers": w.text(),
		}
		for where, text := range places {
			require.NotEmpty(t, text)
			for _, canary := range c.all() {
				require.False(t, tells(text, canary), "the %s tell %s", where, canary)
			}
		}
	})
}

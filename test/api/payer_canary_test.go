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

// payerCanaries is a walk of payers through all that there is for them, with
// everything noted that nobody else may come to see.
type payerCanaries struct {
	*canaries

	client *client
	watch  *watch
	desk   counter
}

func newPayerCanaries(t *testing.T, s *testkit.Server, client *client) *payerCanaries {
	t.Helper()
	c := &payerCanaries{
		canaries: newCanaries(), watch: &watch{}, desk: payersOffice(t, s, domain.RoleOperator),
	}
	c.client = client.with("User-Agent", c.agent)
	for _, p := range []payer{thirdPayer(), secondPayer(), connectedPayer(), liquidatedPayer()} {
		c.learn(p.number, digitsOf(p.number), p.unified, p.inn, p.email)
	}
	c.learn("Пример Второй", "Пример Подключённый", connectedPassword, whoCame, "664422")
	return c
}

// whoCame is a visitor's name that stands nowhere else.
const whoCame = "Свиристелева"

// send posts a body with a key of its own, and notes the answer.
func (c *payerCanaries) send(t *testing.T, client *client, path string, body object) answer {
	t.Helper()
	return c.watch.see(c.keyed(client.with("User-Agent", c.agent)).post(t, path, body))
}

// file is an application in the canary's name, whose address is proven.
func (c *payerCanaries) file(t *testing.T, p payer, method string) payerApplication {
	t.Helper()
	s := c.client.server
	body := applicationOf(p, method)
	body["email"] = c.email
	a := as[payerApplication](t, c.send(t, c.client, applicationsPath, body), http.StatusCreated)
	c.learn(a.FlowToken)
	var code string
	require.Eventually(t, func() bool {
		for _, m := range s.Sent(t, c.email) {
			if m.Code != "" && !strings.Contains(strings.Join(c.learned, " "), m.Code) {
				code = m.Code
			}
		}
		return code != ""
	}, patience, 20*time.Millisecond)
	c.learn(code)
	flow := c.client.bearing(a.FlowToken)
	c.send(t, flow, a.path("/confirmation"), object{"code": wrongCode(code)}).
		fails(t, http.StatusUnprocessableEntity, "code_incorrect")
	c.send(t, flow, a.path("/confirmation"), object{"code": code}).ok(t, http.StatusOK)
	c.watch.see(flow.get(t, a.path("")))
	return a
}

// activate connects a payer with the canary's password, wrongly first.
func (c *payerCanaries) activate(t *testing.T, p payer, code string) {
	t.Helper()
	body := c.client.activation(t, p, code)
	c.learn(code, digitsOf(code))
	wrong := wrongActivationCode(t)
	c.learn(wrong)
	body["activation_code"] = wrong
	c.send(t, c.client, activationsPath, body).fails(t, http.StatusUnprocessableEntity, "code_incorrect")
	body["activation_code"], body["password"], body["password_confirmation"] = code, p.number+" pass", p.number+" pass"
	c.send(t, c.client, activationsPath, body).fails(t, http.StatusUnprocessableEntity, "validation_failed")
	body["password"], body["password_confirmation"] = c.password, c.password
	c.send(t, c.client, activationsPath, body).ok(t, http.StatusCreated)
}

// signIn opens a session of a payer, wrongly first.
func (c *payerCanaries) signIn(t *testing.T, p payer, password string) *client {
	t.Helper()
	body := object{"account_type": "payer", "login": p.number, "password": c.wrongPassword}
	c.send(t, c.client, "/v1/sessions", body).fails(t, http.StatusUnauthorized, "credentials_incorrect")
	body["password"] = password
	in := as[signedIn](t, c.send(t, c.client, "/v1/sessions", body), http.StatusCreated)
	c.learn(in.AccessToken, in.RefreshToken)
	return c.client.bearing(in.AccessToken)
}

// byAllWays connects a payer by electronic document, and one by letter.
func (c *payerCanaries) byAllWays(t *testing.T) {
	t.Helper()
	s := c.client.server
	a := c.file(t, thirdPayer(), "edo")
	c.client.reaches(t, a, "sent")
	c.activate(t, thirdPayer(), documentCode(t, s, thirdPayer(), 1))
	b := c.file(t, secondPayer(), "edo")
	c.client.reaches(t, b, "method_required")
	c.send(t, c.client.bearing(b.FlowToken), b.path("/delivery-method"), object{"delivery_method": "registered_mail"}).ok(t, http.StatusOK)
	c.client.reaches(t, b, "code_preparing")
	c.send(t, c.client, "/v1/sandbox/letters/"+b.ID+"/delivery", object{"outcome": "delivered"}).ok(t, http.StatusOK)
	c.activate(t, secondPayer(), c.client.printedCode(t, b.ID))
	for _, p := range []payer{liquidatedPayer(), connectedPayer()} {
		c.file(t, p, "registered_mail")
	}
}

// byCard has a lost password replaced.
func (c *payerCanaries) byCard(t *testing.T) {
	t.Helper()
	desk := c.desk
	c.send(t, desk.client, desk.path("/payer-searches"), object{"registration_number": thirdPayer().number}).ok(t, http.StatusOK)
	body := cardFor(thirdPayer(), "lost_password")
	visitor := body["visitor"].(object)
	visitor["family_name"], visitor["passport_number"] = whoCame, "664422"
	body["authority"] = object{"kind": "power_of_attorney", "number": "доверенность 8675/ПК", "issued_on": "2026-02-03"}
	c.learn("8675/ПК")
	body["purpose"] = "connection"
	c.send(t, desk.client, desk.path("/registration-cards"), body).fails(t, http.StatusConflict, "payer_connected")
	body["purpose"] = "lost_password"
	card := c.watch.see(desk.post(t, desk.path("/registration-cards"), body))
	card.ok(t, http.StatusCreated)
	printed := printedPassword(t, card.body)
	c.learn(printed, strings.ToLower(printed))
	me := c.signIn(t, thirdPayer(), printed)
	change := newPassword(printed, c.password)
	c.send(t, me, passwordPath, change).fails(t, http.StatusUnprocessableEntity, "validation_failed")
	const own = "nest of twigs 8675"
	c.learn(own)
	c.send(t, me, passwordPath, newPassword(printed, own)).ok(t, http.StatusOK)
	c.send(t, me, acceptancesPath, object{"accepted_terms_version": "2020-01-01"}).fails(t, http.StatusUnprocessableEntity, "validation_failed")
}

// Nothing of what payers, those who apply and operators tell each other and the
// program leaves it, or stands in its database for everybody to read: numbers,
// names, addresses, codes, passwords, the visitor's papers. // M27
func TestCanariesOfPayers(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, client := newServer(t, e, payerLimits())
		c := newPayerCanaries(t, s, client)
		c.byAllWays(t)
		c.signIn(t, secondPayer(), c.password)
		c.byCard(t)
		c.watch.see(c.client.get(t, "/v1/payer-password-help?registration_number="+thirdPayer().number)).ok(t, http.StatusOK)
		c.watch.see(c.client.do(t, call{
			method: http.MethodGet, path: "/v1/payer-password-help?registration_number=" + thirdPayer().number + "x", wrong: true,
		})).fails(t, http.StatusUnprocessableEntity, "validation_failed")
		settled(t, s)
		require.Greater(t, len(c.learned), 45)
		dump := string(testkit.Dump(t, e, s.Database))
		for _, action := range []string{"payer.connect", "registration_card.issue", "payer.wrong_code", "payer_application.close"} {
			require.Contains(t, dump, action, "the dump is one")
		}
		require.Contains(t, s.Log.String(), "/v1/payer-password-help", "it is a log after all")
		places := map[string]string{
			"dump": dump, "log": s.Log.String(), "metrics": series(t, s), "spans": spans(s), "answers": c.watch.text(),
		}
		for where, text := range places {
			require.NotEmpty(t, text)
			for _, canary := range c.all() {
				require.False(t, tells(text, canary), "the %s tell %s", where, canary)
			}
		}
		require.NotContains(t, places["log"], "registration_number=")
	})
}

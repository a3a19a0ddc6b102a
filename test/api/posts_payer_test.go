package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit"
)

// The payers of a sandbox that the table of all POST routes needs. That of
// seededNumber is connected from the start.
const (
	freeNumber, freeINN     = "087-214-000001", "6700000014"
	seededNumber            = "087-214-000005"
	seededPassword          = "correct horse battery staple"
	counterNumber, otherOne = "049-001-000001", "049-001-000002"
	filingsPath             = "/v1/payer-applications"
)

// filing is an application as the body of a request.
func filing(number, inn, method string) object {
	return object{"registration_number": number, "inn": inn, "email": mailbox, "delivery_method": method}
}

// filed is an application that was filed.
type filed struct {
	ID        string `json:"id"`
	Status    string `json:"status"`
	FlowToken string `json:"flow_token"`
}

// file files an application of the sandbox's first payer, and waits for what
// becomes of it.
func (c *client) file(t *testing.T, method, becomes string) filed {
	t.Helper()
	f := as[filed](t, c.post(t, filingsPath, filing(freeNumber, freeINN, method)), http.StatusCreated)
	require.Eventually(t, func() bool {
		f.Status = column(t, c.server, "SELECT status FROM payer_applications WHERE id = '"+f.ID+"'")[0]
		return f.Status == becomes
	}, 20*time.Second, 20*time.Millisecond, "not %s", becomes)
	return f
}

func (f filed) path(step string) string { return filingsPath + "/" + f.ID + step }

// emailCode is the newest code that an applicant was sent.
func emailCode(t *testing.T, c *client) string {
	t.Helper()
	for _, m := range c.server.Sent(t, mailbox) {
		if m.Code != "" {
			return m.Code
		}
	}
	require.Eventually(t, func() bool { return len(c.server.Sent(t, mailbox)) > 0 }, 20*time.Second, 20*time.Millisecond)
	return emailCode(t, c)
}

// payerPosts are the payers' requests of the table of all POST routes.
func payerPosts() map[string]func(*testing.T, *client) post {
	return map[string]func(*testing.T, *client) post{
		filingsPath: func(_ *testing.T, c *client) post {
			return post{c, filingsPath, filing(freeNumber, freeINN, "in_person"), filing(freeNumber, freeINN, "edo")}
		},
		filingsPath + "/{id}/codes": func(t *testing.T, c *client) post {
			t.Helper()
			f := c.file(t, "in_person", "office_visit")
			c.server.Clock.Advance(time.Minute)
			return post{c.bearing(f.FlowToken), f.path("/codes"), nil, object{}}
		},
		filingsPath + "/{id}/confirmation": func(t *testing.T, c *client) post {
			t.Helper()
			f := c.file(t, "in_person", "office_visit")
			right := emailCode(t, c)
			return post{c.bearing(f.FlowToken), f.path("/confirmation"), object{"code": right}, object{"code": wrongCode(right)}}
		},
		filingsPath + "/{id}/delivery-method": postDeliveryMethod,
		"/v1/payer-activations":               postActivation,
		"/v1/me/password":                     postPassword,
		"/v1/me/terms-acceptances":            postAcceptance,
		"/v1/operator/places/{place_id}/payer-searches": func(t *testing.T, c *client) post {
			t.Helper()
			desk := newCounter(t, c.server, domain.RoleOperator, domain.CentreFundOffice)
			return post{
				desk.client, desk.path("/payer-searches"),
				object{"registration_number": counterNumber},
				object{"registration_number": otherOne},
			}
		},
	}
}

func postDeliveryMethod(t *testing.T, c *client) post {
	t.Helper()
	f := c.file(t, "in_person", "office_visit")
	flow := c.bearing(f.FlowToken)
	flow.post(t, f.path("/confirmation"), object{"code": emailCode(t, c)}).ok(t, http.StatusOK)
	return post{flow, f.path("/delivery-method"), object{"delivery_method": "edo"}, object{"delivery_method": "registered_mail"}}
}

func postActivation(t *testing.T, c *client) post {
	t.Helper()
	c.file(t, "edo", "sent")
	code := c.server.Await(t, freeNumber, 1)[0].Code
	version := c.terms(t, "payer-connection").Version
	body := func(password string) object {
		return object{
			"registration_number": freeNumber, "activation_code": code, "accepted_terms_version": version,
			"password": password, "password_confirmation": password,
		}
	}
	return post{c, "/v1/payer-activations", body(password), body(another)}
}

func postPassword(t *testing.T, c *client) post {
	t.Helper()
	person := c.bearing(c.register(t, phone).AccessToken)
	person.comeBack = func(t *testing.T) signedIn {
		t.Helper()
		return as[signedIn](t, c.signIn(t, phone, another), http.StatusCreated)
	}
	body := object{"current_password": password, "password": another, "password_confirmation": another}
	return post{person, "/v1/me/password", body, object{
		"current_password": password, "password": another + "!", "password_confirmation": another + "!",
	}}
}

// seededPayer is a client of the payer of the sandbox who is connected from the
// start.
func seededPayer(t *testing.T, c *client) *client {
	t.Helper()
	payer := *c
	payer.comeBack = func(t *testing.T) signedIn {
		t.Helper()
		return as[signedIn](t, c.post(t, "/v1/sessions", object{
			"account_type": "payer", "login": seededNumber, "password": seededPassword,
		}), http.StatusCreated)
	}
	return payer.back(t)
}

func postAcceptance(t *testing.T, c *client) post {
	t.Helper()
	version := c.terms(t, "payer-connection").Version
	return post{
		seededPayer(t, c), "/v1/me/terms-acceptances",
		object{"accepted_terms_version": version},
		object{"accepted_terms_version": "2099-01-01"},
	}
}

// cardOrder is a registration card as an operator asks for it.
func cardOrder(number, purpose string) object {
	return object{
		"registration_number": number, "purpose": purpose,
		"visitor": object{
			"family_name": "Синтетический", "given_name": "Пётр", "no_patronymic": true,
			"passport_series": "6614", "passport_number": "000600",
		},
		"authority": object{"kind": "head"},
	}
}

// A registration card is kept for no key: the next one is another, with another
// password, and the one before is worth nothing.
func TestCardIsKeptForNoKey(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, _ := newServer(t, e)
		desk := newCounter(t, s, domain.RoleOperator, domain.CentreFundOffice)
		order := func() answer {
			a := desk.with(keyHeader, "key-1").post(t, desk.path("/registration-cards"), cardOrder(counterNumber, "connection"))
			a.ok(t, http.StatusCreated)
			require.Empty(t, a.header.Values("Idempotency-Replayed"))
			return a
		}
		first, second := order(), order()
		require.NotEqual(t, first.body, second.body)
		require.Equal(t, 2, s.Count(t, "SELECT count(*) FROM registration_cards"))
	})
}

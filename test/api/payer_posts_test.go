package api_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit"
)

// payerPosts is one request for every POST route of payers, and of operators who
// serve them.
func payerPosts() map[string]func(*testing.T, *client) post {
	return map[string]func(*testing.T, *client) post{
		applicationsPath: func(_ *testing.T, c *client) post {
			return post{c, applicationsPath, applicationOf(firstPayer(), "in_person"), applicationOf(secondPayer(), "in_person")}
		},
		applicationsPath + "/{id}/codes": func(t *testing.T, c *client) post {
			t.Helper()
			a := visiting(t, c)
			c.server.Await(t, applicantsMailbox, 1)
			c.server.Clock.Set(a.Code.ResendAt)
			return post{c.bearing(a.FlowToken), a.path("/codes"), nil, object{}}
		},
		applicationsPath + "/{id}/confirmation": func(t *testing.T, c *client) post {
			t.Helper()
			a := visiting(t, c)
			right := c.server.Await(t, applicantsMailbox, 1)[0].Code
			return post{c.bearing(a.FlowToken), a.path("/confirmation"), object{"code": right}, object{"code": wrongCode(right)}}
		},
		applicationsPath + "/{id}/delivery-method": func(t *testing.T, c *client) post {
			t.Helper()
			a := c.proveAddress(t, visiting(t, c))
			return post{
				c.bearing(a.FlowToken), a.path("/delivery-method"),
				object{"delivery_method": "registered_mail"},
				object{"delivery_method": "edo"},
			}
		},
		activationsPath: func(t *testing.T, c *client) post {
			t.Helper()
			_, code := c.byDocument(t, firstPayer())
			other := c.activation(t, firstPayer(), code)
			other["password"], other["password_confirmation"] = another, another
			return post{c, activationsPath, c.activation(t, firstPayer(), code), other}
		},
		passwordPath: func(t *testing.T, c *client) post {
			t.Helper()
			return post{
				payerAtWork(t, c), passwordPath, newPassword(connectedPassword, another), newPassword(connectedPassword, password),
			}
		},
		acceptancesPath: func(t *testing.T, c *client) post {
			t.Helper()
			version := c.terms(t, connectionTerms).Version
			return post{
				payerAtWork(t, c), acceptancesPath,
				object{"accepted_terms_version": version},
				object{"accepted_terms_version": version + "x"},
			}
		},
		"/v1/operator/places/{place_id}/payer-searches": func(t *testing.T, c *client) post {
			t.Helper()
			desk := payersOffice(t, c.server, domain.RoleOperator)
			return post{
				desk.client, desk.path("/payer-searches"),
				object{"registration_number": firstPayer().number},
				object{"registration_number": secondPayer().number},
			}
		},
	}
}

// visiting is an application that waits for a visit.
func visiting(t *testing.T, c *client) payerApplication {
	t.Helper()
	return c.reaches(t, c.apply(t, secondPayer(), "in_person"), "office_visit")
}

// payerAtWork is the client of the payer who is connected from the start.
func payerAtWork(t *testing.T, c *client) *client {
	t.Helper()
	own := *c
	own.comeBack = func(t *testing.T) signedIn {
		t.Helper()
		in := c.signInPayer(t, connectedPayer().number, another)
		if in.status != http.StatusCreated {
			in = c.signInPayer(t, connectedPayer().number, connectedPassword)
		}
		return as[signedIn](t, in, http.StatusCreated)
	}
	return own.back(t)
}

// keptForNoKey are the POST routes that take no Idempotency-Key: they show a
// secret that is kept nowhere, or leave a file that is as good as the one before.
// See TestEnrolmentIsKeptForNoKey and TestCardIsKeptForNoKey.
func keptForNoKey() []string {
	return []string{
		"/v1/operator-enrolments", "/v1/operator/places/{place_id}/registration-cards", "/v1/sandbox/edo-documents/{id}/receipts",
	}
}

// A card is printed anew for the same key: the one before is worth nothing, and
// its password is kept nowhere. // M18 M27
func TestCardIsKeptForNoKey(t *testing.T) {
	t.Parallel()
	require.True(t, slices.Contains(keptForNoKey(), "/v1/operator/places/{place_id}/registration-cards"))
	s, c := newServer(t, "sqlite")
	desk := payersOffice(t, s, domain.RoleOperator)
	keyed := counter{desk.with(keyHeader, "card"), desk.place}
	first := keyed.card(t, secondPayer(), "connection")
	again := keyed.issueCard(t, secondPayer(), "connection")
	again.ok(t, http.StatusCreated)
	require.Empty(t, again.header.Values("Idempotency-Replayed"))
	c.signInPayer(t, secondPayer().number, first).fails(t, http.StatusUnauthorized, "credentials_incorrect")
	c.payerSession(t, secondPayer(), printedPassword(t, again.body), "password_change")
}

// The sign-in with a card says what is to be done now, and says it again for the
// same key. // M18
func TestSignInWithCardIsReplayed(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		printed := payersOffice(t, s, domain.RoleOperator).card(t, secondPayer(), "connection")
		keyed := c.with(keyHeader, "card")
		first := keyed.signInPayer(t, secondPayer().number, printed)
		require.Equal(t, "must_change", as[signedIn](t, first, http.StatusCreated).Account.Password)
		requireReplay(t, first, keyed.signInPayer(t, secondPayer().number, printed))
	})
}

package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit"
)

// Who refreshed the tokens in between gets the first answer, and the work is
// not done again.
func TestIdempotencyKeyOutlivesRefresh(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		anna := newCitizen(t, c, phone, "600", "passed")
		first := anna.with(keyHeader, "letter").post(t, confirmationsPath, anna.byLetter())
		first.ok(t, http.StatusCreated)
		s.Clock.Advance(10 * time.Minute)
		ended := anna.with(keyHeader, "letter").post(t, confirmationsPath, anna.byLetter())
		ended.fails(t, http.StatusUnauthorized, "access_token_invalid")
		next := as[signedIn](t, c.refresh(t, anna.RefreshToken), http.StatusOK)
		again := c.bearing(next.AccessToken).with(keyHeader, "letter").post(t, confirmationsPath, anna.byLetter())
		requireReplay(t, first, again)
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM confirmations"))
	})
}

// The same key and body of another account are another request.
func TestIdempotencyKeyOfAnotherAccount(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		anna := newCitizen(t, c, phone, "600", "passed")
		berta := newCitizen(t, c, mailbox, "700", "passed")
		first := anna.with(keyHeader, "visit").post(t, confirmationsPath, visit("fund_office"))
		hers := as[confirmation](t, first, http.StatusCreated)
		second := berta.with(keyHeader, "visit").post(t, confirmationsPath, visit("fund_office"))
		require.Empty(t, second.header.Values("Idempotency-Replayed"))
		require.NotEqual(t, hers.ID, as[confirmation](t, second, http.StatusCreated).ID)

		admin, other := newOperator(t, s, domain.RoleAdministrator), newOperator(t, s, domain.RoleAdministrator)
		body := hiring("anna", domain.RoleOperator)
		admin.with(keyHeader, "hire").post(t, staffPath, body).ok(t, http.StatusCreated)
		other.with(keyHeader, "hire").post(t, staffPath, body).fails(t, http.StatusConflict, "login_taken")
	})
}

// What an operator was told of a person is not told again to one who was shut
// out, nor to one who lost the place. // M25
func TestIdempotencyKeyOfOperatorWhoIsOut(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		newCitizen(t, c, phone, "600", "passed")
		admin := newOperator(t, s, domain.RoleAdministrator)
		desk := newCounter(t, s, domain.RoleOperator, domain.CentreMFC)
		search := func() answer {
			return desk.with(keyHeader, "who").post(t, desk.path("/account-searches"), object{"phone": phone})
		}
		first := search()
		require.Len(t, as[struct{ Items []found }](t, first, http.StatusOK).Items, 1)
		requireReplay(t, first, search())
		me := as[account](t, desk.get(t, "/v1/me"), http.StatusOK).ID
		one := staffPath + "/" + me
		elsewhere := object{"place_ids": []string{place(t, s, domain.CentreFundOffice).String()}}
		admin.do(t, call{method: http.MethodPut, path: one + "/places", body: elsewhere}).ok(t, http.StatusOK)
		search().fails(t, http.StatusForbidden, "place_not_assigned")
		admin.post(t, one+"/deactivation", nil).ok(t, http.StatusOK)
		search().fails(t, http.StatusUnauthorized, "access_token_invalid")
	})
}

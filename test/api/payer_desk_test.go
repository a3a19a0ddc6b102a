package api_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit"
)

// bothSteps sends what an operator does for a payer: a search and a card.
func (c counter) bothSteps(t *testing.T, p payer) map[string]answer {
	t.Helper()
	return map[string]answer{
		"search": c.post(t, c.path("/payer-searches"), object{"registration_number": p.number}),
		"card":   c.issueCard(t, p, "connection"),
	}
}

// Payers are served at their own office, by operators and supervisors who work
// there, and by nobody else; nothing is said of a payer elsewhere. // M18 M20 M25
func TestPayersOfOtherPlaces(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		here, there, mfc := officeOf(t, s, "087-214"), officeOf(t, s, "087-215"), place(t, s, domain.CentreMFC)
		at := func(client *client, place uuid.UUID) counter { return counter{client, place} }
		elsewhere := newOperator(t, s, domain.RoleOperator, there)
		citizen := c.bearing(c.register(t, phone).AccessToken)
		settled(t, s)
		before := s.Count(t, "SELECT count(*) FROM registration_cards")
		for name, row := range map[string]struct {
			desk   counter
			payer  payer
			status int
			code   string
		}{
			"nobody":                     {at(c, here), firstPayer(), http.StatusUnauthorized, "unauthenticated"},
			"a citizen":                  {at(citizen, here), firstPayer(), http.StatusForbidden, "forbidden"},
			"a payer":                    {at(payerAtWork(t, c), here), firstPayer(), http.StatusForbidden, "forbidden"},
			"an administrator":           {at(newOperator(t, s, domain.RoleAdministrator, here), here), firstPayer(), http.StatusForbidden, "forbidden"},
			"of another office":          {at(elsewhere, here), firstPayer(), http.StatusForbidden, "place_not_assigned"},
			"at another office":          {at(elsewhere, there), firstPayer(), http.StatusForbidden, "payer_of_other_office"},
			"connected, another office":  {at(elsewhere, there), connectedPayer(), http.StatusForbidden, "payer_of_other_office"},
			"liquidated, another office": {at(elsewhere, there), liquidatedPayer(), http.StatusForbidden, "payer_of_other_office"},
			"of a centre":                {at(newOperator(t, s, domain.RoleOperator, mfc), mfc), firstPayer(), http.StatusForbidden, "forbidden"},
			"of a centre, at the office": {at(newOperator(t, s, domain.RoleSupervisor, mfc), here), firstPayer(), http.StatusForbidden, "place_not_assigned"},
			"unknown number":             {payersOffice(t, s, domain.RoleOperator), unknownPayer(), http.StatusNotFound, "payer_not_found"},
		} {
			for step, a := range row.desk.bothSteps(t, row.payer) {
				require.Equal(t, row.status, a.status, "%s, %s: %s", name, step, a.body)
				a.fails(t, row.status, row.code)
			}
		}
		require.Equal(t, before, s.Count(t, "SELECT count(*) FROM registration_cards"))
		for _, role := range []domain.Role{domain.RoleOperator, domain.RoleSupervisor} {
			for _, a := range payersOffice(t, s, role).bothSteps(t, secondPayer()) {
				require.Less(t, a.status, 300, "%s", a.body)
			}
		}
	})
}

// What an operator does for a payer is in the audit log with the place, and with
// who came; nobody issues a card to the payer that they are. // M25
func TestCardsAreAudited(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, _ := newServer(t, e)
		own := invited(domain.RoleOperator)
		own.Email = firstPayer().email
		here := officeOf(t, s, "087-214")
		c := newClient(s)
		t.Cleanup(c.http.CloseIdleConnections)
		self := counter{c.bearing(c.signInOperator(t, newStaff(t, s, own, here)).AccessToken), here}
		for _, a := range self.bothSteps(t, firstPayer()) {
			a.fails(t, http.StatusForbidden, "own_account")
		}
		desk, admin := payersOffice(t, s, domain.RoleOperator), newOperator(t, s, domain.RoleAdministrator)
		found := desk.post(t, desk.path("/payer-searches"), object{"registration_number": connectedPayer().unified})
		require.Equal(t, connectedPayer().number, as[payerFound](t, found, http.StatusOK).Number)
		id := column(t, s, "SELECT account_id FROM payer_accounts")[0]
		desk.requireAudited(t, admin, found, event{Action: "payer.view", AccountID: &id})
		issued := desk.issueCard(t, connectedPayer(), "lost_password")
		desk.requireAudited(t, admin, issued, event{Action: "registration_card.issue", AccountID: &id, Reason: "lost_password"})
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM registration_cards WHERE purpose = 'lost_password'"))
		for _, refused := range desk.bothSteps(t, unknownPayer()) {
			refused.fails(t, http.StatusNotFound, "payer_not_found")
		}
		require.Equal(t, 4, s.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'payer.refuse'"), "with the own account's")
		require.Equal(t, "Выдана регистрационная карта", s.Await(t, connectedPayer().email, 1)[0].Subject)
	})
}

// The routes of a citizen's own data are closed to payers, those of payers to
// citizens, and those of both to operators. // M12
func TestRoutesOfOtherAccounts(t *testing.T) {
	t.Parallel()
	s, c := newServer(t, testkit.SQLite)
	citizen := c.bearing(c.register(t, phone).AccessToken)
	operator, own := newOperator(t, s, domain.RoleOperator, place(t, s, domain.CentreMFC)), payerAtWork(t, c)
	payersOwn := operatorRoute{http.MethodPost, acceptancesPath}
	forAll := openToNarrowSessions()
	tried := 0
	for _, r := range signedInRoutes(t) {
		if r == payersOwn {
			citizen.knock(t, r, uuid.Nil).fails(t, http.StatusForbidden, "forbidden")
			operator.knock(t, r, uuid.Nil).fails(t, http.StatusForbidden, "forbidden")
			continue
		}
		if slices.Contains(forAll, r) || r.path == "/v1/sessions" || r.path == "/v1/sessions/{id}" {
			continue
		}
		tried++
		own.knock(t, r, uuid.New()).refused(t, r)
	}
	require.Greater(t, tried, 40)
	operator.knock(t, operatorRoute{http.MethodPost, passwordPath}, uuid.Nil).fails(t, http.StatusForbidden, "forbidden")
}

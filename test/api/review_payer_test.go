package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit"
)

// lateCodes are the alarms over activation codes that are late, once there are so
// many.
func lateCodes(t *testing.T, s *testkit.Server, many int) {
	t.Helper()
	require.Eventually(t, func() bool { return alarmsOf(t, s, domain.AlarmPayerCodeLate) == many }, patience, 50*time.Millisecond)
}

// An alarm about a payer's application is settled like any other, be the payer
// known or not, but not by the operator whose address the payer has. // M25
func TestAlarmsAboutPayers(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		known := c.reaches(t, c.apply(t, firstPayer(), "registered_mail"), "code_preparing")
		s.Clock.Advance(7 * 24 * time.Hour)
		lateCodes(t, s, 1)
		// The register never told who it is.
		s.Exec(t, "UPDATE alarms SET kind = 'payer_code_overdue', account_id = NULL")
		lateCodes(t, s, 1)

		desk, _ := supervisors(t, s)
		admin := newOperator(t, s, domain.RoleAdministrator)
		list := func(kind string) map[string]any {
			items := as[struct{ Items []map[string]any }](t, desk.get(t, desk.path("/alarms?kind=%s", kind)), http.StatusOK).Items
			require.Len(t, items, 1)
			require.Equal(t, known.ID, items[0]["subject_id"])
			return items[0]
		}
		account := column(t, s, "SELECT account_id FROM payer_applications")[0]
		late, overdue := list("payer_code_late"), list("payer_code_overdue")
		require.Equal(t, account, late["account_id"])
		require.NotContains(t, overdue, "account_id")

		settlement := func(by counter, alarm map[string]any) answer {
			return by.post(t, by.path("/alarms/%s/settlement", alarm["id"]), object{"reason": why})
		}
		own := invited(domain.RoleSupervisor)
		own.Email = "payer1@example.org"
		payers := c.bearing(c.signInOperator(t, newStaff(t, s, own, desk.place)).AccessToken)
		settlement(counter{payers, desk.place}, late).fails(t, http.StatusForbidden, "own_account")

		did := settlement(desk, late)
		did.ok(t, http.StatusOK)
		desk.requireAudited(t, admin, did, event{Action: "alarm.settle", AccountID: &account, Reason: why})
		settlement(desk, overdue).ok(t, http.StatusOK)
		require.Equal(t, 2, s.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'alarm.settle'"))
		settlement(desk, late).fails(t, http.StatusConflict, "invalid_transition")
	})
}

// The account of a payer is suspended and reinstated like a citizen's. Meanwhile
// nothing leads into it, neither the password nor a registration card. // M25
func TestSuspensionOfAPayer(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		payer := c.bearing(c.payerSession(t, connectedPayer(), connectedPassword, "cabinet").AccessToken)
		id := as[account](t, payer.get(t, "/v1/me"), http.StatusOK).ID
		first, second := supervisors(t, s)
		admin := newOperator(t, s, domain.RoleAdministrator)
		desk := payersOffice(t, s, domain.RoleOperator)
		signIn := func() answer { return c.signInPayer(t, connectedPayer().number, connectedPassword) }

		did := first.suspend(t, id)
		require.Equal(t, "suspended", as[object](t, did, http.StatusCreated)["status"])
		first.requireAudited(t, admin, did, event{Action: "account.suspend", AccountID: &id, Reason: why})
		payer.get(t, "/v1/me").fails(t, http.StatusUnauthorized, "access_token_invalid")
		signIn().fails(t, http.StatusForbidden, "account_suspended")
		require.Contains(t, s.Await(t, "payer5@example.org", 1)[0].Text, "приостановлена")
		desk.issueCard(t, connectedPayer(), "lost_password").
			fails(t, http.StatusForbidden, "account_suspended")
		for _, kind := range []string{"undo_death", "award_snils"} {
			first.ask(t, kind, id).fails(t, http.StatusConflict, "invalid_transition")
		}
		approved(t, first, second, "reinstate", id)
		signIn().ok(t, http.StatusCreated)
		require.Contains(t, s.Await(t, "payer5@example.org", 2)[0].Text, "снова")
		desk.issueCard(t, connectedPayer(), "lost_password").ok(t, http.StatusCreated)
	})
}

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

// pastPayer is one whose agreement on electronic documents has ended.
func pastPayer() payer {
	return payer{"087-214-000006", "1000000006", "6700000060", "payer6@example.org"}
}

// A document that the exchange rejects leaves the application without a way: the
// applicant is told by e-mail, sees it once the address is proven, and chooses
// another way. The due date stays. // M14 M16
func TestRejectedDocument(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		p := firstPayer()
		a, code := c.byDocument(t, p)
		document := s.Await(t, p.number, 1)[0].ID.String()
		require.Equal(t, []string{"edo accepted"}, column(t, s,
			"SELECT provider || ' ' || outcome FROM message_attempts WHERE message_id = '"+document+"'"))
		c.receipt(t, document, "delivered")
		awaitDocument(t, s, document, "delivered")
		require.Equal(t, "sent", c.lookAt(t, a).Status)
		s.Clock.Advance(day)
		c.receipt(t, document, "rejected")
		becomesInside(t, s, a, "method_required")
		require.Eventually(t, func() bool {
			return strings.Join(payerKinds(t, s, applicantsMailbox), "|") == "Код активации отправлен|Выберите другой способ получения кода активации"
		}, patience, 20*time.Millisecond)
		hidden := c.lookAt(t, a)
		require.Equal(t, "submitted", hidden.Status)
		require.NotContains(t, hidden.NextActions, "choose_delivery_method")
		choose := object{"delivery_method": "registered_mail"}
		c.bearing(a.FlowToken).post(t, a.path("/delivery-method"), choose).fails(t, http.StatusConflict, "email_not_confirmed")
		c.activate(t, p, code).fails(t, http.StatusUnprocessableEntity, "code_incorrect")

		shown := c.proveAddressAgain(t, a)
		require.Equal(t, "method_required", shown.Status)
		require.Contains(t, shown.NextActions, "choose_delivery_method")
		c.bearing(a.FlowToken).post(t, a.path("/delivery-method"), choose).ok(t, http.StatusOK)
		now := c.reaches(t, a, "code_preparing")
		require.Equal(t, []string{"registered_mail", a.Delivery.FiledOn, a.Delivery.DueOn},
			[]string{now.Delivery.Method, now.Delivery.FiledOn, now.Delivery.DueOn})
		c.post(t, "/v1/sandbox/letters/"+a.ID+"/delivery", object{"outcome": "delivered"}).ok(t, http.StatusOK)
		c.activate(t, p, c.printedCode(t, a.ID)).ok(t, http.StatusCreated)
		requireConnected(t, c, p, password)
	})
}

// A document that is at the payer's is worth its code, though whoever sent it died
// before that was noted. // M16, M24
func TestCodeOfADocumentThatIsNotNoted(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		p := firstPayer()
		a, code := c.byDocument(t, p)
		settled(t, s)
		// The job that follows it would note it, too.
		require.Eventually(t, func() bool {
			s.Exec(t, "DELETE FROM river_job WHERE kind = 'carry_edo' AND state <> 'running'")
			return s.Count(t, "SELECT count(*) FROM river_job WHERE kind = 'carry_edo'") == 0
		}, patience, 10*time.Millisecond)
		s.Exec(t, "UPDATE message_attempts SET outcome = 'open', ended_at = NULL WHERE provider = 'edo'")
		s.Exec(t, "UPDATE edo_documents SET status = 'queued', sent_at = NULL")
		s.Exec(t, "UPDATE payer_applications SET status = 'code_preparing', sent_at = NULL")
		wrong := c.activate(t, p, wrongActivationCode(t))
		wrong.fails(t, http.StatusUnprocessableEntity, "code_incorrect")
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM edo_documents WHERE status = 'queued'"))
		c.activate(t, p, code).ok(t, http.StatusCreated)
		require.Equal(t, "activated", c.lookAt(t, a).Status)
		require.Equal(t, []string{"code_entered"}, column(t, s, "SELECT status FROM edo_documents"))
		requireConnected(t, c, p, password)
	})
}

// Without an agreement in force today there is no electronic document: the
// applicant is told, and chooses another way. // M14
func TestNoAgreement(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, payerLimits())
		for i, p := range []payer{pastPayer(), secondPayer()} {
			a := c.apply(t, p, "edo")
			becomesInside(t, s, a, "method_required")
			require.Equal(t, "submitted", c.lookAt(t, a).Status)
			s.Await(t, applicantsMailbox, 3*i+2)
			require.Equal(t, "Выберите другой способ получения кода активации", payerKinds(t, s, applicantsMailbox)[i])
			require.Equal(t, "method_required", c.proveAddressOf(t, a, i+1).Status)
			again := object{"delivery_method": "edo"}
			c.bearing(a.FlowToken).post(t, a.path("/delivery-method"), again).ok(t, http.StatusOK)
			c.reaches(t, a, "method_required")
			s.Await(t, applicantsMailbox, 3*i+3)
			visit := object{"delivery_method": "in_person"}
			c.bearing(a.FlowToken).post(t, a.path("/delivery-method"), visit).ok(t, http.StatusOK)
			require.NotNil(t, c.reaches(t, a, "office_visit").Office)
		}
		require.Zero(t, s.Count(t, "SELECT count(*) FROM edo_documents"))
	})
}

// A code that has not left calls for operators on the fourth working day, and on
// the sixth it is recorded that the term was missed; metrics and the supervisors'
// list say so. It can still be used. // M16 M17
func TestLateCode(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		p := secondPayer()
		a := c.reaches(t, c.apply(t, p, "registered_mail"), "code_preparing")
		require.Equal(t, "2026-03-12", a.Delivery.DueOn)
		open := func(kind domain.AlarmKind) int {
			return s.Count(t, "SELECT count(*) FROM alarms WHERE kind = '"+string(kind)+"' AND subject_id = '"+a.ID+"'")
		}
		step := func(on time.Time, late, overdue int) {
			t.Helper()
			s.Clock.Set(on.Add(-time.Second))
			sweptOnce(t, s)
			require.Equal(t, []int{late, overdue}, []int{open(domain.AlarmPayerCodeLate), open(domain.AlarmPayerCodeOverdue)})
			s.Clock.Set(on)
			sweptOnce(t, s)
		}
		began := func(day int) time.Time { return time.Date(2026, time.March, day, 0, 0, 0, 0, moscow()) }
		step(began(11), 0, 0)
		step(began(13), 1, 0)
		require.Equal(t, []int{1, 1}, []int{open(domain.AlarmPayerCodeLate), open(domain.AlarmPayerCodeOverdue)})
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'payer_application.breach'"))
		for _, kind := range []string{"payer_code_late", "payer_code_overdue"} {
			require.Contains(t, metricsOf(t, s), `kabinet_alarms_open{kind="`+kind+`"} 1`)
			desk := payersOffice(t, s, domain.RoleSupervisor)
			list := desk.get(t, desk.path("/alarms?settled=false&kind=%s", kind))
			items := as[struct{ Items []object }](t, list, http.StatusOK).Items
			require.Len(t, items, 1)
			require.Equal(t, a.ID, items[0]["subject_id"])
		}
		found := payersOffice(t, s, domain.RoleOperator).findPayer(t, p)
		require.WithinDuration(t, began(13), *found.Applications[0].BreachedAt, time.Second)
		c.post(t, "/v1/sandbox/letters/"+a.ID+"/delivery", object{"outcome": "delivered"}).ok(t, http.StatusOK)
		c.activate(t, p, c.printedCode(t, a.ID)).ok(t, http.StatusCreated)
	})
}

// moscow is the time of Moscow, which has not moved since 2014.
func moscow() *time.Location {
	const threeHours = 3 * 60 * 60
	return time.FixedZone("MSK", threeHours)
}

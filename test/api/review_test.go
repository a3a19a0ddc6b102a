package api_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit"
)

// approval is something that takes two people.
type approval struct {
	ID          string    `json:"id"`
	Kind        string    `json:"kind"`
	AccountID   string    `json:"account_id"`
	Status      string    `json:"status"`
	Reason      string    `json:"reason"`
	RequestedBy string    `json:"requested_by"`
	DecidedBy   string    `json:"decided_by"`
	ExpiresAt   time.Time `json:"expires_at"`
	NextActions []string  `json:"next_actions"`
}

// reviewed is a case as supervisors see it.
type reviewed struct {
	ID          string   `json:"id"`
	AccountID   string   `json:"account_id"`
	Status      string   `json:"status"`
	NextActions []string `json:"next_actions"`
}

const why = "Письмо реестра от 4 марта"

func (c counter) suspend(t *testing.T, account string) answer {
	t.Helper()
	return c.post(t, c.path("/accounts/%s/suspension", account), object{"reason": why})
}

func (c counter) ask(t *testing.T, kind, account string) answer {
	t.Helper()
	return c.post(t, c.path("/approvals"), object{"kind": kind, "account_id": account, "reason": why})
}

func (c counter) decide(t *testing.T, approval, decision string) answer {
	t.Helper()
	return c.post(t, c.path("/approvals/%s/decision", approval), object{"decision": decision, "reason": "Документы проверены"})
}

// approved is what two supervisors agree on.
func approved(t *testing.T, first, second counter, kind, account string) answer {
	t.Helper()
	asked := as[approval](t, first.ask(t, kind, account), http.StatusCreated)
	did := second.decide(t, asked.ID, "approve")
	require.Equal(t, "approved", as[approval](t, did, http.StatusOK).Status)
	return did
}

// supervisors are two, of a centre and of an office.
func supervisors(t *testing.T, s *testkit.Server) (first, second counter) {
	t.Helper()
	return newCounter(t, s, domain.RoleSupervisor, domain.CentreMFC), newCounter(t, s, domain.RoleSupervisor, domain.CentreFundOffice)
}

// awaitCase waits until an account's case has come to a status.
func awaitCase(t *testing.T, s *testkit.Server, account, want string, step time.Duration) (id string) {
	t.Helper()
	require.Eventually(t, func() bool {
		var status string
		if id, status = caseOf(t, s, account); status != want {
			s.Clock.Advance(step)
		}
		return status == want
	}, patience, 100*time.Millisecond, "not %s", want)
	return id
}

// waitsForReview is an account whose case no register has answered.
func waitsForReview(t *testing.T, c *client) (account, id string) {
	t.Helper()
	person := newCitizen(t, c, phone, "605", "waiting_registry")
	return person.Account.ID, awaitCase(t, c.server, person.Account.ID, "manual_review", 12*time.Hour)
}

// A supervisor decides in the place of a register that never answered, and the
// person learns it as ever. // M05 M25
func TestReviewPasses(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		account, id := waitsForReview(t, c)
		desk, _ := supervisors(t, s)
		admin := newOperator(t, s, domain.RoleAdministrator)
		list := as[struct{ Items []reviewed }](t, desk.get(t, desk.path("/reviews")), http.StatusOK).Items
		require.Equal(t, []reviewed{{id, account, "manual_review", []string{"decide_review"}}}, list)

		did := desk.get(t, desk.path("/reviews/%s", id))
		detail := as[object](t, did, http.StatusOK)
		require.Equal(t, "000-000-605 31", detail["personal_data"].(map[string]any)["snils"])
		desk.requireAudited(t, admin, did, event{Action: "personal_data.read", AccountID: &account, Reason: "review/manual_review"})

		path := desk.path("/reviews/%s/decision", id)
		before := len(s.Sent(t, phone))
		did = desk.post(t, path, object{"decision": "pass", "reason": why})
		require.Equal(t, "passed", as[reviewed](t, did, http.StatusOK).Status)
		require.Equal(t, "standard", levelOf(t, s, account))
		for _, action := range []string{"verification.pass", "account.pass_checks"} {
			desk.requireAudited(t, admin, did, event{Action: action, AccountID: &account, Reason: why})
		}
		require.Contains(t, s.Await(t, phone, before+1)[0].Text, "стандартн")
		person := c.bearing(as[signedIn](t, c.signIn(t, phone, password), http.StatusCreated).AccessToken)
		v := person.verification(t)
		require.Equal(t, "passed passed|passed", v.results())
		require.Equal(t, s.Clock.Now().Add(90*24*time.Hour), *v.Deadline)
		desk.post(t, path, object{"decision": "pass", "reason": why}).fails(t, http.StatusConflict, "invalid_transition")
		require.Empty(t, as[struct{ Items []reviewed }](t, desk.get(t, desk.path("/reviews")), http.StatusOK).Items)
	})
}

// A supervisor sends fields back, and the correction is checked by the registers
// again.
func TestReviewSendsBack(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		account, id := waitsForReview(t, c)
		desk, _ := supervisors(t, s)
		path := desk.path("/reviews/%s/decision", id)
		for _, body := range []object{
			{"decision": "correct", "reason": why},
			{"decision": "correct", "fields": []string{"shoes"}, "reason": why},
			{"decision": "pass", "fields": []string{"name"}, "reason": why},
			{"decision": "other", "reason": why},
			{"decision": "pass", "reason": "ab"},
			{"decision": "pass", "reason": "a\u0007bcd"},
		} {
			desk.do(t, call{method: http.MethodPost, path: path, body: body, wrong: true}).
				fails(t, http.StatusUnprocessableEntity, "validation_failed")
		}
		// Two at once: one decision.
		answers := parallel(t, 6, func(int) answer {
			return desk.post(t, path, object{"decision": "correct", "fields": []string{"snils", "name"}, "reason": why})
		})
		require.Equal(t, map[string]int{"200": 1, "invalid_transition": 5}, outcomes(t, answers))
		person := c.bearing(as[signedIn](t, c.signIn(t, phone, password), http.StatusCreated).AccessToken)
		require.Equal(t, "needs_correction mismatch:name+snils|passed", person.verification(t).results())
		person.submit(t, person.papers(t, "600", "600"))
		awaitCase(t, s, account, "passed", 0)
	})
}

// A suspended account is closed to its owner, who is told; two people bring it
// back, and never the same one. // M25
func TestSuspensionAndReinstatement(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		first, second := supervisors(t, s)
		admin := newOperator(t, s, domain.RoleAdministrator)
		anna := newCitizen(t, c, phone, "600", "passed")
		id := anna.Account.ID
		first.ask(t, "reinstate", id).fails(t, http.StatusConflict, "invalid_transition")

		did := first.suspend(t, id)
		require.Equal(t, "suspended", as[object](t, did, http.StatusCreated)["status"])
		first.requireAudited(t, admin, did, event{Action: "account.suspend", AccountID: &id, Reason: why})
		anna.get(t, "/v1/me").fails(t, http.StatusUnauthorized, "access_token_invalid")
		c.signIn(t, phone, password).fails(t, http.StatusForbidden, "account_suspended")
		require.Contains(t, s.Await(t, phone, 3)[0].Text, "приостановлена")
		first.suspend(t, id).fails(t, http.StatusConflict, "invalid_transition")
		require.Equal(t, []string{"request_approval"}, first.search(t, "phone", phone)[0].NextActions)

		did = first.ask(t, "reinstate", id)
		asked := as[approval](t, did, http.StatusCreated)
		require.Equal(t, s.Clock.Now().Add(7*24*time.Hour), asked.ExpiresAt)
		first.requireAudited(t, admin, did, event{Action: "approval.request", AccountID: &id, Reason: why})
		first.ask(t, "reinstate", id).fails(t, http.StatusConflict, "invalid_transition")
		first.decide(t, asked.ID, "approve").fails(t, http.StatusForbidden, "second_person_required")
		answers := parallel(t, 6, func(i int) answer {
			return second.decide(t, asked.ID, []string{"approve", "decline"}[i%2])
		})
		require.Equal(t, map[string]int{"200": 1, "invalid_transition": 5}, outcomes(t, answers))
		status := column(t, s, "SELECT status FROM approvals")[0]
		if status == "declined" {
			c.signIn(t, phone, password).fails(t, http.StatusForbidden, "account_suspended")
			approved(t, first, second, "reinstate", id)
		}
		c.signIn(t, phone, password).ok(t, http.StatusCreated)
		require.Equal(t, second.operatorID(t), *audited(t, admin, id, "account.reinstate").OperatorID)
		require.Equal(t, "standard", anna.level(t))
	})
}

// An approval that nobody decides on is of no use after seven days, and can be
// asked for again.
func TestApprovalExpires(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		first, _ := supervisors(t, s)
		anna := newCitizen(t, c, phone, "600", "passed")
		first.suspend(t, anna.Account.ID).ok(t, http.StatusCreated)
		old := as[approval](t, first.ask(t, "reinstate", anna.Account.ID), http.StatusCreated)
		s.Clock.Advance(7 * 24 * time.Hour)
		again, second := supervisors(t, s)
		second.decide(t, old.ID, "approve").fails(t, http.StatusConflict, "invalid_transition")
		list := func(status string) (ids []string) {
			query := url.Values{"status": {status}, "limit": {"1"}}
			a := again.get(t, again.path("/approvals?%s", query.Encode()))
			for _, item := range as[struct{ Items []approval }](t, a, http.StatusOK).Items {
				require.Equal(t, status, item.Status)
				ids = append(ids, item.ID)
			}
			return ids
		}
		require.Empty(t, list("requested"))
		require.Equal(t, []string{old.ID}, list("expired"))
		fresh := as[approval](t, again.ask(t, "reinstate", anna.Account.ID), http.StatusCreated)
		require.Equal(t, []string{fresh.ID}, list("requested"))
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'approval.expire'"))
		second.decide(t, fresh.ID, "decline").ok(t, http.StatusOK)
		require.Equal(t, []string{fresh.ID}, list("declined"))
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM accounts WHERE status = 'suspended'"))
		again.do(t, call{method: http.MethodGet, path: again.path("/approvals?status=x"), wrong: true}).
			fails(t, http.StatusUnprocessableEntity, "validation_failed")
		again.decide(t, uuid.NewString(), "approve").fails(t, http.StatusNotFound, "not_found")
	})
}

// Two people undo a death that a register was wrong about: the data have to be
// given again.
func TestDeathIsUndone(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		first, second := supervisors(t, s)
		admin := newOperator(t, s, domain.RoleAdministrator)
		in := c.register(t, phone)
		person := c.bearing(in.AccessToken)
		person.submit(t, person.papers(t, "603", "600"))
		awaitCase(t, s, in.Account.ID, "rejected", 0)
		first.ask(t, "reinstate", in.Account.ID).fails(t, http.StatusConflict, "invalid_transition")
		did := approved(t, first, second, "undo_death", in.Account.ID)
		for _, action := range []string{"approval.approve", "account.undo_death", "verification.undo_death"} {
			second.requireAudited(t, admin, did, event{Action: action, AccountID: &in.Account.ID, Reason: "Документы проверены"})
		}
		again := as[signedIn](t, c.signIn(t, phone, password), http.StatusCreated)
		require.Equal(t, []string{"fill_personal_data", "sign_out"}, again.Account.NextActions)
		person = c.bearing(again.AccessToken)
		person.submit(t, person.papers(t, "600", "600"))
		awaitCase(t, s, in.Account.ID, "passed", 0)
	})
}

// Two people give a SNILS to the account that waits for it; who had it loses
// what it proved.
func TestSNILSIsAwarded(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		first, second := supervisors(t, s)
		admin := newOperator(t, s, domain.RoleAdministrator)
		former := newCitizen(t, c, phone, "600", "passed")
		waiting := newCitizen(t, c, mailbox, "600", "passed")
		first.confirm(t, former.Account.ID, document(former.papers)).ok(t, http.StatusCreated)
		awaitCase(t, s, waiting.Account.ID, "on_hold", 0)
		require.Equal(t, "simplified", waiting.level(t))
		first.confirm(t, waiting.Account.ID, document(waiting.papers)).fails(t, http.StatusConflict, "identity_on_hold")
		first.ask(t, "award_snils", former.Account.ID).fails(t, http.StatusConflict, "invalid_transition")

		asked := as[approval](t, first.ask(t, "award_snils", waiting.Account.ID), http.StatusCreated)
		answers := parallel(t, 4, func(int) answer { return second.decide(t, asked.ID, "approve") })
		require.Equal(t, map[string]int{"200": 1, "invalid_transition": 3}, outcomes(t, answers))
		require.Equal(t, []string{"standard", "simplified"}, []string{waiting.level(t), former.level(t)})
		_, status := caseOf(t, s, waiting.Account.ID)
		require.Equal(t, "passed", status)
		_, status = caseOf(t, s, former.Account.ID)
		require.Equal(t, "on_hold", status)
		require.Equal(t, waiting.Account.ID, column(t, s, "SELECT account_id FROM snils_claims")[0])
		require.Zero(t, s.Count(t, "SELECT count(*) FROM confirmations WHERE status = 'confirmed'"))
		require.Equal(t, second.operatorID(t), *audited(t, admin, waiting.Account.ID, "verification.release").OperatorID)
		first.confirm(t, waiting.Account.ID, document(waiting.papers)).ok(t, http.StatusCreated)
		require.Equal(t, "confirmed", waiting.level(t))
		// And back: the ids are locked in the same order.
		approved(t, first, second, "award_snils", former.Account.ID)
		require.Equal(t, []string{"simplified", "standard"}, []string{waiting.level(t), former.level(t)})
	})
}

// Alarms are listed, page by page, and settled once, with what was found out.
func TestAlarms(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		first := newCitizen(t, c, phone, "600", "passed")
		second := newCitizen(t, c, mailbox, "600", "passed")
		desk, _ := supervisors(t, s)
		admin := newOperator(t, s, domain.RoleAdministrator)
		desk.confirm(t, first.Account.ID, document(first.papers)).ok(t, http.StatusCreated)
		awaitCase(t, s, second.Account.ID, "on_hold", 0)
		third := newCitizen(t, c, "+79007777777", "777", "passed")
		for range 3 {
			desk.post(t, desk.path("/accounts/%s/refusal", third.Account.ID), object{"reason": "no_document"}).ok(t, http.StatusCreated)
			s.Clock.Advance(time.Minute)
		}
		type alarm struct{ ID, Kind, Account_ID string } //nolint:revive // as the API has it
		list := func(query string) (items []alarm, next *string) {
			page := as[struct {
				Items      []alarm `json:"items"`
				NextCursor *string `json:"next_cursor"`
			}](t, desk.get(t, desk.path("/alarms?%s", query)), http.StatusOK)
			return page.Items, page.NextCursor
		}
		all, _ := list("settled=false")
		require.Len(t, all, 2)
		page, next := list("limit=1")
		require.Equal(t, all[:1], page)
		rest, end := list("limit=1&cursor=" + *next)
		require.Equal(t, all[1:], rest)
		require.Nil(t, end)
		of, _ := list("kind=repeated_refusals")
		require.Len(t, of, 1)
		did := desk.post(t, desk.path("/alarms/%s/settlement", of[0].ID), object{"reason": why})
		desk.requireAudited(t, admin, did, event{Action: "alarm.settle", AccountID: &third.Account.ID, Reason: why})
		desk.post(t, desk.path("/alarms/%s/settlement", of[0].ID), object{"reason": why}).fails(t, http.StatusConflict, "invalid_transition")
		settledOnes, _ := list("settled=true")
		require.Equal(t, of, settledOnes)
		for _, query := range []string{"kind=x", "settled=yes", "limit=0"} {
			desk.do(t, call{method: http.MethodGet, path: desk.path("/alarms?%s", query), wrong: true}).
				fails(t, http.StatusUnprocessableEntity, "validation_failed")
		}
	})
}

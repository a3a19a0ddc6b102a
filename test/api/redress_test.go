package api_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit"
)

// The owner can always tell that it was not them: the confirmation is taken back,
// sessions end and operators are called.
func TestDispute(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		anna := newCitizen(t, c, phone, "600", "passed")
		letter := anna.request(t, anna.byLetter())
		anna.enter(t, letter, anna.delivered(t, letter)).ok(t, http.StatusOK)
		token := anna.notice(t)
		c.dispute(t, "not the token").fails(t, http.StatusUnprocessableEntity, "dispute_token_invalid")
		require.Equal(t, "confirmed", anna.level(t))

		answers := parallel(t, 5, func(int) answer { return c.dispute(t, token) })
		require.Equal(t, 1, count(answers, http.StatusOK), "the token is good once")
		require.Equal(t, 4, count(answers, http.StatusUnprocessableEntity))
		for _, a := range answers {
			require.NotContains(t, string(a.body), anna.Account.ID)
			if a.status == http.StatusOK {
				require.Equal(t, object{"status": "disputed", "next_actions": []any{"visit_office", "request_confirmation"}}, as[object](t, a, http.StatusOK))
			}
		}
		require.Equal(t, "standard", anna.level(t))
		anna.get(t, "/v1/me").fails(t, http.StatusUnauthorized, "access_token_invalid")
		anna.refresh(t, anna.RefreshToken).ok(t, http.StatusUnauthorized)
		again := as[signedIn](t, c.signIn(t, phone, password), http.StatusCreated)
		require.Equal(t, "standard", again.Account.Level)
		anna.client = c.bearing(again.AccessToken)
		require.Equal(t, "disputed", anna.look(t, letter).Status)
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM alarms WHERE kind = 'confirmation_disputed'"))
		require.Zero(t, s.Count(t, "SELECT count(*) FROM snils_claims"))
		for _, action := range []string{"confirmation.dispute", "account.doubt_identity", "session.close"} {
			require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM audit_events WHERE action = '"+action+"'"), action)
		}
		s.Settle(t)
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM messages WHERE kind = 'confirmation_disputed'"))
		desk := newCounter(t, s, domain.RoleOperator, domain.CentreMFC)
		desk.confirm(t, anna.Account.ID, document(anna.papers)).ok(t, http.StatusCreated)
		require.Equal(t, "confirmed", anna.level(t), "a visit confirms again")
	})
}

// A denied confirmation that has given way to another one takes that with it: no
// account has a confirmation without the level.
func TestDisputeOfTheOneBefore(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		anna := newCitizen(t, c, phone, "600", "passed")
		letter := anna.request(t, anna.byLetter())
		anna.enter(t, letter, anna.delivered(t, letter)).ok(t, http.StatusOK)
		token := anna.notice(t)
		anna.papers["given_name"] = "Инна"
		anna.submit(t, anna.papers)
		anna.becomes(t, "passed", 0)
		newCounter(t, s, domain.RoleOperator, domain.CentreMFC).confirm(t, anna.Account.ID, document(anna.papers)).ok(t, http.StatusCreated)
		require.Equal(t, "confirmed", anna.level(t))
		c.dispute(t, token).ok(t, http.StatusOK)
		require.Equal(t, "standard", anna.level(t))
		require.Zero(t, s.Count(t, "SELECT count(*) FROM confirmations WHERE status = 'confirmed'"))
		require.Zero(t, s.Count(t, "SELECT count(*) FROM snils_claims"))
	})
}

// The token is good for thirty days.
func TestDisputeTooLate(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		anna := newCitizen(t, c, phone, "600", "passed")
		letter := anna.request(t, anna.byLetter())
		anna.enter(t, letter, anna.delivered(t, letter)).ok(t, http.StatusOK)
		token := anna.notice(t)
		s.Clock.Advance(30 * 24 * time.Hour)
		c.dispute(t, token).fails(t, http.StatusUnprocessableEntity, "dispute_token_invalid")
		require.Equal(t, "confirmed", anna.level(t))
	})
}

// Whoever has the password and a denied confirmation gets no letter any more: only
// a visit confirms, and after it everything is as for anybody else.
func TestAfterADisputeOnlyAVisitConfirms(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		desk := newCounter(t, s, domain.RoleOperator, domain.CentreMFC)
		anna := newCitizen(t, c, phone, "600", "passed")
		letter := anna.request(t, anna.byLetter())
		anna.enter(t, letter, anna.delivered(t, letter)).ok(t, http.StatusOK)
		c.dispute(t, anna.notice(t)).ok(t, http.StatusOK)
		s.Clock.Advance(48 * time.Hour)
		again := func() signedIn {
			in := as[signedIn](t, c.signIn(t, phone, password), http.StatusCreated)
			anna.client = c.bearing(in.AccessToken)
			return in
		}
		in := again()
		require.Equal(t, []string{"visit_office", "request_confirmation", "sign_out"}, in.Account.NextActions)
		require.Equal(t, in.Account.NextActions, c.me(t, in.AccessToken).NextActions)

		p := anna.post(t, confirmationsPath, anna.byLetter()).fails(t, http.StatusConflict, "method_not_available")
		require.Equal(t, []string{"visit_office", "request_confirmation"}, p.NextActions)
		require.Equal(t, []string{"/method", "method_in_person_only"}, []string{p.Errors[0].Pointer, p.Errors[0].Code})
		ways := anna.ways(t)
		require.Equal(t, "method_not_available", ways["registered_letter"].Reason.Code)
		require.Contains(t, ways["registered_letter"].Reason.Detail, "только лично")
		require.Equal(t, p.NextActions, ways["registered_letter"].NextActions)
		require.True(t, ways["service_centre"].Available)
		// New data do not help the thief.
		anna.papers["given_name"] = "Инна"
		anna.submit(t, anna.papers)
		anna.becomes(t, "passed", 0)
		anna.post(t, confirmationsPath, anna.byLetter()).fails(t, http.StatusConflict, "method_not_available")

		anna.request(t, visit("service_centre"))
		desk.client = newOperator(t, s, domain.RoleOperator, desk.place)
		desk.confirm(t, anna.Account.ID, document(anna.papers)).ok(t, http.StatusCreated)
		require.Equal(t, "confirmed", anna.level(t))
		anna.papers["given_name"] = "Анна"
		anna.submit(t, anna.papers)
		anna.becomes(t, "passed", 0)
		require.Equal(t, "request_confirmation", again().Account.NextActions[0])
		require.Equal(t, "requested", anna.request(t, anna.byLetter()).Status)
	})
}

// A suspension takes nothing away that is proven; what is under way ends.
func TestSuspensionKeepsWhatIsProven(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		first, second := supervisors(t, s)
		anna := newCitizen(t, c, phone, "600", "passed")
		maria := newCitizen(t, c, mailbox, "777", "passed")
		first.confirm(t, anna.Account.ID, document(anna.papers)).ok(t, http.StatusCreated)
		letter, open := maria.request(t, maria.byLetter()), maria.request(t, visit("service_centre"))
		for _, p := range []citizen{anna, maria} {
			first.suspend(t, p.Account.ID).ok(t, http.StatusCreated)
		}
		require.Equal(t, []string{"confirmed", "standard"}, []string{anna.level(t), maria.level(t)})
		require.Equal(t, anna.Account.ID, column(t, s, "SELECT account_id FROM snils_claims")[0])
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM confirmations WHERE status = 'confirmed'"))
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM letters WHERE status = 'superseded'"))
		for _, p := range []citizen{anna, maria} {
			approved(t, first, second, "reinstate", p.Account.ID)
		}
		in := as[signedIn](t, c.signIn(t, phone, password), http.StatusCreated)
		require.Equal(t, "confirmed", in.Account.Level)
		require.Equal(t, "use_services", in.Account.NextActions[0])
		maria.client = c.bearing(as[signedIn](t, c.signIn(t, mailbox, password), http.StatusCreated).AccessToken)
		for _, over := range []confirmation{letter, open} {
			require.Equal(t, "superseded", maria.look(t, over).Status)
		}
		require.Equal(t, "open", maria.request(t, visit("service_centre")).Status)
	})
}

// Whoever is given a SNILS by two people has it alone: an account that still was
// at passed with it goes on hold.
func TestAwardedSNILSIsSettled(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		first, second := supervisors(t, s)
		third := newCitizen(t, c, phone, "600", "passed")
		waiting := newCitizen(t, c, mailbox, "600", "passed")
		first.confirm(t, third.Account.ID, document(third.papers)).ok(t, http.StatusCreated)
		awaitCase(t, s, waiting.Account.ID, "on_hold", 0)
		c.dispute(t, third.notice(t)).ok(t, http.StatusOK)
		_, status := caseOf(t, s, third.Account.ID)
		require.Equal(t, "passed", status)
		approved(t, first, second, "award_snils", waiting.Account.ID)
		awaitCase(t, s, third.Account.ID, "on_hold", 0)
		require.Equal(t, []string{"simplified", "standard"}, []string{third.level(t), waiting.level(t)})
	})
}

// A visit is offered where the person lives, from the region's first day on; an
// operator elsewhere still confirms whoever comes. // M10
func TestVisitsAreOfferedByThePersonsRegion(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		desk := newCounter(t, s, domain.RoleOperator, domain.CentreFundOffice)
		in := c.register(t, phone)
		anna := citizen{c.bearing(in.AccessToken), in, phone, c.papers(t, "600", "600")}
		anna.papers["registration_address"].(object)["region"] = "СМОЛЕНСКАЯ  область"
		anna.submit(t, anna.papers)
		anna.becomes(t, "passed", 0)
		way := anna.ways(t)["fund_office"]
		require.False(t, way.Available)
		require.Equal(t, "method_not_available", way.Reason.Code)
		require.Contains(t, way.Reason.Detail, "В вашем регионе")
		require.Empty(t, way.AvailableFrom)
		require.Equal(t, "39", way.Regions[0].Region)
		p := anna.post(t, confirmationsPath, visit("fund_office")).fails(t, http.StatusConflict, "method_not_available")
		require.Equal(t, "method_not_in_region", p.Errors[0].Code)

		anna.papers["residence_address"] = anna.with("Authorization").papers(t, "600", "600")["registration_address"]
		anna.submit(t, anna.papers)
		anna.becomes(t, "passed", 0)
		require.True(t, anna.ways(t)["fund_office"].Available, "one of the two addresses is enough")
		delete(anna.papers, "residence_address")
		anna.submit(t, anna.papers)
		anna.becomes(t, "passed", 0)
		desk.confirm(t, anna.Account.ID, document(anna.papers)).ok(t, http.StatusCreated)
		require.Equal(t, "confirmed", anna.level(t))
	})
}

// A contact that was typed wrongly is put right at the counter, as long as nobody
// has proven it.
func TestMistypedContact(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		at := place(t, s, domain.CentreMFC)
		self := invited(domain.RoleOperator)
		desk := counter{c.bearing(c.signInOperator(t, newStaff(t, s, self, at)).AccessToken), at}
		admin := newOperator(t, s, domain.RoleAdministrator)
		c.register(t, mailbox)
		made := desk.register(t, walkIn(t, c, "600", phone))
		wrong := firstCode(t, s, phone)
		path := desk.path("/accounts/%s/first-sign-in-codes", made.AccountID)
		s.Clock.Advance(time.Minute)
		desk.do(t, call{method: http.MethodPost, path: path, body: object{"phone": phone, "email": mailbox}, wrong: true}).
			fails(t, http.StatusUnprocessableEntity, "validation_failed")
		desk.post(t, path, object{"email": mailbox}).fails(t, http.StatusConflict, "contact_taken")
		desk.post(t, path, object{"email": self.Email}).fails(t, http.StatusForbidden, "own_account")

		const right = "+79006666666"
		did := desk.post(t, path, object{"phone": right})
		did.ok(t, http.StatusCreated)
		require.NotContains(t, string(did.body), right)
		desk.requireAudited(t, admin, did, event{Action: "account.replace_contact", AccountID: &made.AccountID})
		code := firstCode(t, s, right)
		for _, login := range []string{phone, right} {
			c.post(t, "/v1/first-sign-ins", firstSignIn(login, wrong)).fails(t, http.StatusUnprocessableEntity, "code_incorrect")
		}
		c.post(t, "/v1/first-sign-ins", firstSignIn(phone, code)).fails(t, http.StatusUnprocessableEntity, "code_incorrect")
		in := as[signedIn](t, c.post(t, "/v1/first-sign-ins", firstSignIn(right, code)), http.StatusCreated)
		require.Equal(t, made.AccountID, in.Account.ID)
		s.Clock.Advance(time.Minute)
		desk.post(t, path, object{"phone": phone}).fails(t, http.StatusConflict, "invalid_transition")
		require.Zero(t, s.Count(t, "SELECT count(*) FROM messages WHERE kind = 'identity_confirmed'"), "nobody had proven the contact")
	})
}

// Who reads the lists of supervisors leaves a row each. // M25
func TestListsAreRecorded(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, _ := newServer(t, e, roomy())
		desk := newCounter(t, s, domain.RoleSupervisor, domain.CentreMFC)
		admin := newOperator(t, s, domain.RoleAdministrator)
		for path, action := range map[string]string{
			"/reviews": "review.list", "/approvals": "approval.list", "/alarms": "alarm.list",
		} {
			did := desk.get(t, desk.path("%s", path))
			did.ok(t, http.StatusOK)
			query := url.Values{"action": {action}}
			items := as[struct{ Items []event }](t, admin.get(t, "/v1/operator/audit-events?"+query.Encode()), http.StatusOK).Items
			require.Len(t, items, 1, action)
			require.Equal(t, desk.operatorID(t), *items[0].OperatorID)
			require.Equal(t, desk.place.String(), *items[0].PlaceID)
			require.Equal(t, did.header.Get("X-Request-Id"), items[0].RequestID)
		}
	})
}

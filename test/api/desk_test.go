package api_test

import (
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit"
)

// A person is found by each key, and the operator sees no number.
func TestSearchByEachKey(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		desk := newCounter(t, s, domain.RoleOperator, domain.CentreMFC)
		anna := newCitizen(t, c, phone, "600", "passed")
		other := newCitizen(t, c, mailbox, "777", "passed")
		visit := as[object](t, anna.post(t, "/v1/me/confirmations", object{"method": "service_centre"}), http.StatusCreated)
		for key, value := range map[string]string{
			"visit_code": visit["visit_code"].(string), "snils": "00000060031", "phone": "8 900 123-45-67",
		} {
			items := desk.search(t, key, value)
			require.Len(t, items, 1, key)
			require.Equal(t, anna.Account.ID, items[0].ID)
			require.Equal(t, []string{"confirm_identity", "refuse_identity"}, items[0].NextActions)
			require.Equal(t, visit["id"], items[0].OpenVisit.ID)
			require.Equal(t, "service_centre", items[0].OpenVisit.Method)
		}
		a := desk.post(t, desk.path("/account-searches"), object{"email": mailbox})
		require.NotEmpty(t, a.header.Get("RateLimit"))
		for _, secret := range []string{"777", "000777", "000600", "2714", "05-17", "390-001", "Синтетическая", mailbox} {
			require.NotContains(t, string(a.body), secret)
		}
		got := as[struct{ Items []found }](t, a, http.StatusOK).Items[0]
		require.Equal(t, found{
			ID: other.Account.ID, FamilyName: "Смирнова", GivenName: "Анна", Patronymic: "Петровна", BirthDate: "1984***",
			Level: "standard", Status: "active", VerificationStatus: "passed",
			NextActions: []string{"confirm_identity", "refuse_identity"},
		}, got)
		for key, value := range map[string]string{
			"visit_code": "0000-0000", "snils": "112-233-445 95", "phone": "+79009999999", "email": "nobody@example.org",
		} {
			require.Empty(t, desk.search(t, key, value))
		}
	})
}

// Two accounts with one SNILS are both shown.
func TestSearchShowsAllOfOneSNILS(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		desk := newCounter(t, s, domain.RoleOperator, domain.CentreMFC)
		first := newCitizen(t, c, phone, "600", "passed")
		second := newCitizen(t, c, mailbox, "600", "passed")
		var ids []string
		for _, item := range desk.search(t, "snils", "000-000-600 31") {
			ids = append(ids, item.ID)
		}
		require.ElementsMatch(t, []string{first.Account.ID, second.Account.ID}, ids)
	})
}

// Every search is recorded, the vain ones too, and an operator has so many of
// them. // M25
func TestSearchesAreRecordedAndBounded(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, testkit.Env("KABINET_POLICY_SEARCHES_PER_HOUR", "2"))
		desk := newCounter(t, s, domain.RoleOperator, domain.CentreMFC)
		admin := newOperator(t, s, domain.RoleAdministrator)
		anna := c.register(t, phone)
		did := desk.post(t, desk.path("/account-searches"), object{"phone": phone})
		desk.requireAudited(t, admin, did, event{Action: "account.search", AccountID: &anna.Account.ID, Reason: "phone"})
		desk.search(t, "snils", "112-233-445 95")
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'account.search' AND account_id IS NULL"))
		p := desk.post(t, desk.path("/account-searches"), object{"phone": phone}).fails(t, http.StatusTooManyRequests, "rate_limited")
		require.NotNil(t, p.RetryAt)
		require.Equal(t, 2, s.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'account.search'"))
	})
}

// An identity is confirmed at a service centre (M08) and at an office of the fund
// (M10), and the act has its row with who, whom, where and in which request
// (M25).
func TestIdentityIsConfirmedInPerson(t *testing.T) {
	t.Parallel()
	for _, kind := range domain.CentreKinds() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
				t.Helper()
				s, c := newServer(t, e, roomy())
				desk := newCounter(t, s, domain.RoleOperator, kind)
				admin := newOperator(t, s, domain.RoleAdministrator)
				anna := newCitizen(t, c, phone, "600", "passed")
				wrong := document(anna.papers)
				wrong["passport"].(object)["number"] = "000601"
				p := desk.confirm(t, anna.Account.ID, wrong).fails(t, http.StatusUnprocessableEntity, "document_mismatch")
				require.Len(t, p.Errors, 1)
				require.Equal(t, "/passport/number", p.Errors[0].Pointer)
				for _, patronymic := range []any{nil, "Павловна"} {
					wrong = document(anna.papers)
					if wrong["patronymic"] = patronymic; patronymic == nil {
						delete(wrong, "patronymic")
					}
					p = desk.confirm(t, anna.Account.ID, wrong).fails(t, http.StatusUnprocessableEntity, "document_mismatch")
					require.Equal(t, "/patronymic", p.Errors[0].Pointer)
				}
				require.Equal(t, "standard", anna.level(t))

				did := desk.confirm(t, anna.Account.ID, document(anna.papers))
				made := as[object](t, did, http.StatusCreated)
				require.Equal(t, "confirmed", made["status"])
				require.Equal(t, string(kind.Method()), made["method"])
				require.Equal(t, "confirmed", anna.level(t))
				desk.requireAudited(t, admin, did, event{Action: "confirmation.confirm", AccountID: &anna.Account.ID})
				desk.requireAudited(t, admin, did, event{Action: "account.confirm_identity", AccountID: &anna.Account.ID})
				p = desk.confirm(t, anna.Account.ID, document(anna.papers)).fails(t, http.StatusConflict, "invalid_transition")
				require.NotEmpty(t, p.NextActions)
				require.Equal(t, []string{"use_services"}, desk.search(t, "phone", phone)[0].NextActions)
			})
		})
	}
}

// A refusal tells the person why, and leaves the level as it was.
func TestIdentityIsRefused(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		desk := newCounter(t, s, domain.RoleSupervisor, domain.CentreMFC)
		admin := newOperator(t, s, domain.RoleAdministrator)
		anna := newCitizen(t, c, phone, "600", "passed")
		path := desk.path("/accounts/%s/refusal", anna.Account.ID)
		did := desk.post(t, path, object{"reason": "not_the_holder", "note": "Фотография другая"})
		require.Equal(t, "refused", as[object](t, did, http.StatusCreated)["status"])
		desk.requireAudited(t, admin, did, event{
			Action: "confirmation.refuse", AccountID: &anna.Account.ID, Reason: "not_the_holder: Фотография другая",
		})
		require.Equal(t, "standard", anna.level(t))
		told := s.Await(t, phone, 3)[0].Text
		require.NotContains(t, told, "Фотография")
		for _, body := range []object{
			{"reason": "no_reason"}, {"reason": "no_document", "note": "ab"}, {"note": "слова"},
		} {
			a := desk.do(t, call{method: http.MethodPost, path: path, body: body, wrong: true})
			a.fails(t, http.StatusUnprocessableEntity, "validation_failed")
		}
	})
}

// Of two operators who decide at once, one who confirms and one who refuses, one
// decides: at one place, and at two of different kinds, also where the person has
// asked for both visits.
func TestTwoOperatorsDecideAtOnce(t *testing.T) {
	t.Parallel()
	for name, other := range map[string]domain.CentreKind{"one way": domain.CentreMFC, "two ways": domain.CentreFundOffice} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
				t.Helper()
				s, c := newServer(t, e, roomy())
				anna := newCitizen(t, c, phone, "600", "passed")
				yes, no := newCounter(t, s, domain.RoleOperator, domain.CentreMFC), newCounter(t, s, domain.RoleOperator, other)
				if other == domain.CentreFundOffice {
					anna.request(t, visit("service_centre"))
					anna.request(t, visit("fund_office"))
				}
				answers := parallel(t, 10, func(i int) answer {
					if i%2 == 0 {
						return yes.confirm(t, anna.Account.ID, document(anna.papers))
					}
					return no.post(t, no.path("/accounts/%s/refusal", anna.Account.ID), object{"reason": "data_differ"})
				})
				require.Equal(t, map[string]int{"201": 1, "invalid_transition": 9}, outcomes(t, answers))
				require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM confirmations WHERE status IN ('confirmed', 'refused')"))
			})
		})
	}
}

// Nobody decides on their own account, in any way, whether the SNILS tells or the
// address.
func TestOwnAccount(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		at := place(t, s, domain.CentreMFC)
		bySNILS, byMail := invited(domain.RoleSupervisor), invited(domain.RoleSupervisor)
		bySNILS.SNILS, byMail.Email = "000-000-600 31", mailbox
		anna := newCitizen(t, c, phone, "600", "passed")
		maria := newCitizen(t, c, mailbox, "777", "passed")
		for _, own := range []struct {
			counter
			citizen
		}{
			{counter{c.bearing(c.signInOperator(t, newStaff(t, s, bySNILS, at)).AccessToken), at}, anna},
			{counter{c.bearing(c.signInOperator(t, newStaff(t, s, byMail, at)).AccessToken), at}, maria},
		} {
			id := own.Account.ID
			desk := own.counter
			require.Equal(t, []string{"ask_another_operator"}, desk.search(t, kindOf(own.contact), own.contact)[0].NextActions)
			for path, body := range map[string]object{
				"/accounts/" + id + "/confirmation":        document(own.papers),
				"/accounts/" + id + "/refusal":             {"reason": "no_document"},
				"/accounts/" + id + "/suspension":          {"reason": "просто так"},
				"/accounts/" + id + "/first-sign-in-codes": {},
				"/approvals": {"kind": "reinstate", "account_id": id, "reason": "просто так"},
			} {
				desk.post(t, desk.path("%s", path), body).fails(t, http.StatusForbidden, "own_account")
			}
		}
	})
}

// Only operators of a place work there, and only with a role that may.
func TestWrongOperator(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		desk := newCounter(t, s, domain.RoleOperator, domain.CentreMFC)
		anna := newCitizen(t, c, phone, "600", "passed")
		id := anna.Account.ID
		all := map[string]object{
			"/account-searches":                        {"phone": phone},
			"/accounts/" + id + "/confirmation":        document(anna.papers),
			"/accounts/" + id + "/refusal":             {"reason": "no_document"},
			"/accounts/" + id + "/first-sign-in-codes": {},
			"/registrations":                           walkIn(t, c, "777", "+79005555555"),
		}
		senior := map[string]object{
			"/accounts/" + id + "/suspension": {"reason": "просто так"},
			"/approvals":                      {"kind": "reinstate", "account_id": id, "reason": "просто так"},
			"/approvals/" + id + "/decision":  {"decision": "approve", "reason": "просто так"},
			"/reviews/" + id + "/decision":    {"decision": "pass", "reason": "просто так"},
			"/alarms/" + id + "/settlement":   {"reason": "просто так"},
		}
		other := desk.elsewhere(places(t, s, domain.CentreFundOffice)[0])
		admin := counter{newOperator(t, s, domain.RoleAdministrator, desk.place), desk.place}
		for path, body := range all {
			other.post(t, other.path("%s", path), body).fails(t, http.StatusForbidden, "place_not_assigned")
			admin.post(t, admin.path("%s", path), body).fails(t, http.StatusForbidden, "forbidden")
			anna.post(t, desk.path("%s", path), body).fails(t, http.StatusForbidden, "forbidden")
			c.post(t, desk.path("%s", path), body).fails(t, http.StatusUnauthorized, "unauthenticated")
		}
		for path, body := range senior {
			desk.post(t, desk.path("%s", path), body).fails(t, http.StatusForbidden, "forbidden")
		}
		for _, path := range []string{"/reviews", "/reviews/" + id, "/approvals", "/alarms"} {
			desk.get(t, desk.path("%s", path)).fails(t, http.StatusForbidden, "forbidden")
		}
		require.Zero(t, s.Count(t, "SELECT count(*) FROM audit_events WHERE place_id IS NOT NULL"))
	})
}

// What cannot be searched for, and what is no decision.
func TestWrongAtTheCounter(t *testing.T) {
	t.Parallel()
	s, c := newServer(t, testkit.SQLite, roomy())
	desk := newCounter(t, s, domain.RoleOperator, domain.CentreMFC)
	anna := newCitizen(t, c, phone, "600", "passed")
	for _, test := range []struct {
		path string
		body object
		want [][2]string
	}{
		{"/account-searches", object{}, [][2]string{
			{"/visit_code", "exactly_one_of"}, {"/snils", "exactly_one_of"}, {"/phone", "exactly_one_of"}, {"/email", "exactly_one_of"},
		}},
		{"/account-searches", object{"phone": phone, "email": mailbox}, [][2]string{{"/phone", "exactly_one_of"}, {"/email", "exactly_one_of"}}},
		{"/account-searches", object{"snils": "112-233-445 96"}, [][2]string{{"/snils", "snils_check_digits"}}},
		{"/account-searches", object{"phone": "12"}, [][2]string{{"/phone", "phone_invalid"}}},
		{"/account-searches", object{"visit_code": "UUUU"}, [][2]string{{"/visit_code", "visit_code_format"}}},
		{"/accounts/" + anna.Account.ID + "/confirmation", object{"family_name": "1"}, [][2]string{
			{"/passport/series", "required"},
			{"/passport/number", "required"},
			{"/passport/issue_date", "required"},
			{"/passport/department_code", "required"},
			{"/family_name", "name_invalid"},
			{"/given_name", "required"},
			{"/birth_date", "required"},
		}},
	} {
		a := desk.do(t, call{method: http.MethodPost, path: desk.path("%s", test.path), body: test.body, wrong: true})
		var got [][2]string
		for _, f := range a.fails(t, http.StatusUnprocessableEntity, "validation_failed").Errors {
			got = append(got, [2]string{f.Pointer, f.Code})
		}
		require.Equal(t, test.want, got, "%v", test.body)
	}
	unknown := desk.path("/accounts/%s/confirmation", domain.NewID())
	desk.post(t, unknown, document(anna.papers)).fails(t, http.StatusNotFound, "not_found")
	desk.do(t, call{method: http.MethodPost, path: desk.path("/accounts/x/refusal"), body: object{"reason": "no_document"}, wrong: true}).
		fails(t, http.StatusNotFound, "not_found")
	early := newCitizen(t, c, mailbox, "602", "needs_correction")
	desk.confirm(t, early.Account.ID, document(early.papers)).fails(t, http.StatusConflict, "identity_not_verified")
}

// An office confirms nobody where its region does not offer it. // M10
func TestPlaceThatDoesNotOffer(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		offices := column(t, s, "SELECT id FROM service_centres WHERE kind = 'fund_office' AND region = '67' ORDER BY code")
		at := uuid.MustParse(offices[0])
		desk := counter{newOperator(t, s, domain.RoleOperator, at), at}
		anna := newCitizen(t, c, phone, "600", "passed")
		require.Equal(t, []string{"visit_another_place"}, desk.search(t, "phone", phone)[0].NextActions)
		desk.confirm(t, anna.Account.ID, document(anna.papers)).fails(t, http.StatusConflict, "method_not_available")
		desk.post(t, desk.path("/accounts/%s/refusal", anna.Account.ID), object{"reason": "no_document"}).
			fails(t, http.StatusConflict, "method_not_available")
		desk.post(t, desk.path("/registrations"), walkIn(t, c, "777", mailbox)).fails(t, http.StatusConflict, "method_not_available")
		require.Equal(t, "standard", anna.level(t))
	})
}

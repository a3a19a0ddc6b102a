package api_test

import (
	"net/http"
	"testing"
	"time"

	"example.org/kabinet/internal/domain"
)

// counterPosts is one request for every POST route of the counter and of
// supervisors.
func counterPosts() map[string]func(t *testing.T, c *client) post {
	const place = "/v1/operator/places/{place_id}"
	return map[string]func(t *testing.T, c *client) post{
		"/v1/first-sign-ins":                                 postFirstSignIn,
		place + "/account-searches":                          postSearch,
		place + "/registrations":                             postCounterRegistration,
		place + "/approvals":                                 postApproval,
		place + "/accounts/{account_id}/first-sign-in-codes": postFirstCode,
		place + "/accounts/{account_id}/confirmation": func(t *testing.T, c *client) post {
			t.Helper()
			anna := newCitizen(t, c, phone, "600", "passed")
			return counterPost(t, c, "/accounts/"+anna.Account.ID+"/confirmation", document(anna.papers), document(c.papers(t, "600", "777")))
		},
		place + "/accounts/{account_id}/refusal": func(t *testing.T, c *client) post {
			t.Helper()
			anna := newCitizen(t, c, phone, "600", "passed")
			return counterPost(t, c, "/accounts/"+anna.Account.ID+"/refusal", object{"reason": "no_document"}, object{"reason": "data_differ"})
		},
		place + "/accounts/{account_id}/suspension": func(t *testing.T, c *client) post {
			t.Helper()
			return counterPost(t, c, "/accounts/"+c.register(t, phone).Account.ID+"/suspension", object{"reason": why}, object{"reason": why + "!"})
		},
		place + "/reviews/{case_id}/decision": func(t *testing.T, c *client) post {
			t.Helper()
			_, id := waitsForReview(t, c)
			return counterPost(t, c, "/reviews/"+id+"/decision",
				object{"decision": "pass", "reason": why}, object{"decision": "correct", "fields": []string{"name"}, "reason": why})
		},
		place + "/approvals/{id}/decision": postApprovalDecision,
		place + "/alarms/{id}/settlement":  postSettlement,
		place + "/messages/{id}/resending": postResending,
	}
}

// counterPost is a request of a new supervisor of a centre.
func counterPost(t *testing.T, c *client, path string, body, other object) post {
	t.Helper()
	desk := newCounter(t, c.server, domain.RoleSupervisor, domain.CentreMFC)
	// Headers that the test has set stay.
	bearing := c.with("Authorization", desk.header.Get("Authorization"))
	bearing.comeBack = desk.comeBack
	return post{bearing, desk.path("%s", path), body, other}
}

func postSearch(t *testing.T, c *client) post {
	t.Helper()
	c.register(t, phone)
	return counterPost(t, c, "/account-searches", object{"phone": phone}, object{"phone": "+79009999999"})
}

func postCounterRegistration(t *testing.T, c *client) post {
	t.Helper()
	return counterPost(t, c, "/registrations", walkIn(t, c, "600", phone), walkIn(t, c, "777", mailbox))
}

func postFirstCode(t *testing.T, c *client) post {
	t.Helper()
	p := postCounterRegistration(t, c)
	made := as[walkedIn](t, p.client.post(t, p.path, p.body), http.StatusCreated)
	c.server.Clock.Advance(time.Minute)
	return counterPost(t, c, "/accounts/"+made.AccountID+"/first-sign-in-codes", nil, object{})
}

func postFirstSignIn(t *testing.T, c *client) post {
	t.Helper()
	p := postCounterRegistration(t, c)
	p.client.post(t, p.path, p.body).ok(t, http.StatusCreated)
	code := firstCode(t, c.server, phone)
	return post{c, "/v1/first-sign-ins", firstSignIn(phone, code), firstSignIn(mailbox, code)}
}

// suspended is an account that a supervisor has suspended.
func suspended(t *testing.T, c *client) (by counter, account string) {
	t.Helper()
	by, account = newCounter(t, c.server, domain.RoleSupervisor, domain.CentreMFC), c.register(t, phone).Account.ID
	by.suspend(t, account).ok(t, http.StatusCreated)
	return by, account
}

func postApproval(t *testing.T, c *client) post {
	t.Helper()
	_, account := suspended(t, c)
	body := object{"kind": "reinstate", "account_id": account, "reason": why}
	return counterPost(t, c, "/approvals", body, object{"kind": "undo_death", "account_id": account, "reason": why})
}

func postApprovalDecision(t *testing.T, c *client) post {
	t.Helper()
	by, account := suspended(t, c)
	asked := as[approval](t, by.ask(t, "reinstate", account), http.StatusCreated)
	return counterPost(t, c, "/approvals/"+asked.ID+"/decision",
		object{"decision": "approve", "reason": why}, object{"decision": "decline", "reason": why})
}

func postSettlement(t *testing.T, c *client) post {
	t.Helper()
	in := c.register(t, phone)
	person := c.bearing(in.AccessToken)
	person.submit(t, person.papers(t, "603", "600"))
	awaitCase(t, c.server, in.Account.ID, "rejected", 0)
	id := column(t, c.server, "SELECT id FROM alarms")[0]
	return counterPost(t, c, "/alarms/"+id+"/settlement", object{"reason": why}, object{"reason": why + "!"})
}

func postResending(t *testing.T, c *client) post {
	t.Helper()
	id := failedMessages(t, c, 1)[0]
	return counterPost(t, c, "/messages/"+id+"/resending", nil, object{})
}

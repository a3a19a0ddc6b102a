package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit"
)

// counter is an operator at work at a place.
type counter struct {
	*client
	place uuid.UUID
}

// newCounter is a new operator at a place of a kind.
func newCounter(t *testing.T, s *testkit.Server, role domain.Role, kind domain.CentreKind) counter {
	t.Helper()
	at := place(t, s, kind)
	return counter{newOperator(t, s, role, at), at}
}

// path is a route of the counter's place.
func (c counter) path(format string, args ...any) string {
	return "/v1/operator/places/" + c.place.String() + fmt.Sprintf(format, args...)
}

// elsewhere is the same operator with another place in the path.
func (c counter) elsewhere(place uuid.UUID) counter { return counter{c.client, place} }

// found is an account as a search shows it.
type found struct {
	ID                 string   `json:"id"`
	FamilyName         string   `json:"family_name"`
	GivenName          string   `json:"given_name"`
	Patronymic         string   `json:"patronymic"`
	BirthDate          string   `json:"birth_date"`
	Level              string   `json:"level"`
	Status             string   `json:"status"`
	VerificationStatus string   `json:"verification_status"`
	NextActions        []string `json:"next_actions"`
	OpenVisit          *struct {
		ID     string `json:"id"`
		Method string `json:"method"`
	} `json:"open_visit"`
}

// search looks for accounts by one key.
func (c counter) search(t *testing.T, key, value string) []found {
	t.Helper()
	a := c.post(t, c.path("/account-searches"), object{key: value})
	return as[struct{ Items []found }](t, a, http.StatusOK).Items
}

// document is the one on the counter of whoever has the papers.
func document(papers object) object {
	passport := papers["passport"].(object)
	seen := object{
		"passport": object{
			"series": passport["series"], "number": passport["number"], "issue_date": passport["issue_date"],
			"department_code": passport["department_code"],
		},
		"family_name": papers["family_name"], "given_name": papers["given_name"], "birth_date": papers["birth_date"],
	}
	if patronymic, has := papers["patronymic"]; has {
		seen["patronymic"] = patronymic
	}
	return seen
}

func (c counter) confirm(t *testing.T, account string, body object) answer {
	t.Helper()
	return c.post(t, c.path("/accounts/%s/confirmation", account), body)
}

// citizen is a person with an account, signed in.
type citizen struct {
	*client
	signedIn
	contact string
	papers  object
}

// newCitizen is a person who has told the data of the personas and whose case
// has come to a status.
func newCitizen(t *testing.T, c *client, contact, snils, status string) citizen {
	t.Helper()
	in := c.register(t, contact)
	person := citizen{c.bearing(in.AccessToken), in, contact, c.papers(t, snils, "600")}
	person.comeBack = func(t *testing.T) signedIn {
		t.Helper()
		return as[signedIn](t, c.signIn(t, contact, password), http.StatusCreated)
	}
	person.submit(t, person.papers)
	person.becomes(t, status, 0)
	return person
}

// level is the person's level as the database has it.
func (p citizen) level(t *testing.T) string {
	t.Helper()
	return levelOf(t, p.server, p.Account.ID)
}

func levelOf(t *testing.T, s *testkit.Server, account string) string {
	t.Helper()
	return column(t, s, "SELECT level FROM accounts WHERE id = '"+account+"'")[0]
}

// caseOf is the newest case of an account and its status.
func caseOf(t *testing.T, s *testkit.Server, account string) (id, status string) {
	t.Helper()
	const of = " FROM verification_cases WHERE account_id = '%s' ORDER BY created_at DESC, id DESC"
	return column(t, s, fmt.Sprintf("SELECT id"+of, account))[0], column(t, s, fmt.Sprintf("SELECT status"+of, account))[0]
}

// event is a row of the audit log as administrators read it.
type event struct {
	Action     string    `json:"action"`
	SubjectID  string    `json:"subject_id"`
	AccountID  *string   `json:"account_id"`
	OperatorID *string   `json:"operator_id"`
	PlaceID    *string   `json:"place_id"`
	Reason     string    `json:"reason"`
	RequestID  string    `json:"request_id"`
	At         time.Time `json:"at"`
}

// audited is the one row of the audit log about an action of an account.
func audited(t *testing.T, admin *client, account, action string) event {
	t.Helper()
	query := url.Values{"action": {action}, "account_id": {account}}
	items := as[struct{ Items []event }](t, admin.get(t, "/v1/operator/audit-events?"+query.Encode()), http.StatusOK).Items
	require.Len(t, items, 1, action)
	return items[0]
}

// requireAudited checks who did what to whom, where, why and in which request.
func (c counter) requireAudited(t *testing.T, admin *client, did answer, e event) {
	t.Helper()
	require.Less(t, did.status, 300, "%s", did.body)
	got := audited(t, admin, *e.AccountID, e.Action)
	require.Equal(t, c.operatorID(t), *got.OperatorID)
	require.Equal(t, c.place.String(), *got.PlaceID)
	require.Equal(t, e.Reason, got.Reason)
	require.Equal(t, did.header.Get("X-Request-Id"), got.RequestID)
	require.Equal(t, c.server.Clock.Now(), got.At)
}

// operatorID is the account of whoever is signed in.
func (c counter) operatorID(t *testing.T) string {
	t.Helper()
	return as[account](t, c.get(t, "/v1/me"), http.StatusOK).ID
}

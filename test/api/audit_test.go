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

type auditEvent struct {
	ID         string    `json:"id"`
	At         time.Time `json:"at"`
	Action     string    `json:"action"`
	SubjectID  string    `json:"subject_id"`
	AccountID  *string   `json:"account_id"`
	OperatorID *string   `json:"operator_id"`
	PlaceID    *string   `json:"place_id"`
	Reason     string    `json:"reason"`
	RequestID  string    `json:"request_id"`
	Address    string    `json:"address"`
	UserAgent  string    `json:"user_agent"`
}

type auditPage struct {
	Items      []auditEvent `json:"items"`
	NextCursor *string      `json:"next_cursor"`
}

const auditPath = "/v1/operator/audit-events"

func (c *client) audit(t *testing.T, query url.Values) auditPage {
	t.Helper()
	return as[auditPage](t, c.get(t, auditPath+"?"+query.Encode()), http.StatusOK)
}

// Who did what, whom, where, why and when can be found, and so can who looked.
func TestAuditIsSearched(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		admin := newOperator(t, s, domain.RoleAdministrator).with("User-Agent", "AdminBrowser/1")
		adminID := as[account](t, admin.get(t, "/v1/me"), http.StatusOK).ID
		citizen := c.register(t, phone).Account.ID
		s.Settle(t)
		s.Clock.Advance(time.Minute)
		made := admin.with("X-Request-Id", "request-of-admin").hire(t, hiring("anna", domain.RoleOperator))
		s.Clock.Advance(time.Minute)

		found := admin.audit(t, url.Values{"subject_id": {made.ID}}).Items
		require.Len(t, found, 1)
		require.Equal(t, auditEvent{
			ID: found[0].ID, At: s.Clock.Now().Add(-time.Minute), Action: "operator.create", SubjectID: made.ID,
			AccountID: &made.ID, OperatorID: &adminID, RequestID: "request-of-admin", Address: "127.0.0.1", UserAgent: "AdminBrowser/1",
		}, found[0])
		looked := admin.audit(t, url.Values{"subject_id": {made.ID}}).Items[0]
		require.Equal(t, "audit.search", looked.Action, "the look before is there")
		require.Equal(t, "subject_id="+made.ID, looked.Reason)
		require.Equal(t, adminID, *looked.OperatorID)

		actions := map[string]bool{}
		for _, e := range admin.audit(t, url.Values{"account_id": {citizen}}).Items {
			actions[e.Action] = true
			require.Nil(t, e.OperatorID)
		}
		require.True(t, actions["registration.complete"] && actions["session.open"])
		require.Len(t, admin.audit(t, url.Values{"operator_id": {adminID}, "action": {"operator.create"}}).Items, 1)
		require.Empty(t, admin.audit(t, url.Values{"operator_id": {uuid.NewString()}}).Items)
		moment := found[0].At
		for _, in := range []url.Values{
			// The looks are of a minute later, the message to her is another subject.
			{"from": {moment.Format(time.RFC3339)}, "to": {moment.Add(time.Second).Format(time.RFC3339)}, "subject_id": {made.ID}},
			{"from": {moment.In(time.FixedZone("", 2*60*60)).Format(time.RFC3339)}, "action": {"operator.create"}},
		} {
			require.Len(t, admin.audit(t, in).Items, 1, in)
		}
	})
}

func TestAuditHasPages(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		admin := newOperator(t, s, domain.RoleAdministrator)
		id := c.register(t, phone).Account.ID
		for range 3 {
			s.Clock.Advance(time.Second)
			c.signIn(t, phone, password).ok(t, http.StatusCreated)
		}
		s.Settle(t)
		all := admin.audit(t, url.Values{"account_id": {id}}).Items
		require.Greater(t, len(all), 4)
		var paged []auditEvent
		query := url.Values{"account_id": {id}, "limit": {"2"}, "to": {s.Clock.Now().Format(time.RFC3339Nano)}}
		s.Clock.Advance(time.Second) // looks from now on are after the list
		query.Set("to", s.Clock.Now().Format(time.RFC3339Nano))
		for {
			page := admin.audit(t, query)
			paged = append(paged, page.Items...)
			if page.NextCursor == nil {
				break
			}
			query.Set("cursor", *page.NextCursor)
		}
		require.Equal(t, all, paged[1:], "and the first look")
		require.Equal(t, "audit.search", paged[0].Action)
	})
}

func TestAuditSearchWithWrongParameters(t *testing.T) {
	t.Parallel()
	s, _ := newServer(t, testkit.SQLite)
	admin := newOperator(t, s, domain.RoleAdministrator)
	before := s.Count(t, "SELECT count(*) FROM audit_events")
	query := url.Values{
		"account_id": {"x"}, "operator_id": {"1"}, "subject_id": {"-"}, "action": {"' OR 1=1"}, "from": {"yesterday"},
		"to": {"12026-01-01T00:00:00Z"}, "limit": {"101"}, "cursor": {"!"},
	}
	p := admin.do(t, call{method: http.MethodGet, path: auditPath + "?" + query.Encode(), wrong: true}).
		fails(t, http.StatusUnprocessableEntity, "validation_failed")
	require.Len(t, p.Errors, len(query))
	require.Equal(t, before, s.Count(t, "SELECT count(*) FROM audit_events"))
}

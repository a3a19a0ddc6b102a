package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit"
)

// operatorRoute is one route under /v1/operator/, as the contract has it.
type operatorRoute struct{ method, path string }

// operatorRoutes are all of them.
func operatorRoutes(t *testing.T) []operatorRoute {
	t.Helper()
	var all []operatorRoute
	for _, operation := range theContract().operations() {
		method, path, _ := strings.Cut(operation, " ")
		if strings.HasPrefix(path, "/v1/operator/") {
			all = append(all, operatorRoute{method, path})
		}
	}
	require.Greater(t, len(all), 7)
	return all
}

// atPlace tells whether the route is for those who work at a place.
func (r operatorRoute) atPlace() bool { return strings.Contains(r.path, "/places/{place_id}") }

// forAdministrators tells whether the route is about operators themselves.
func (r operatorRoute) forAdministrators() bool {
	return strings.HasPrefix(r.path, staffPath) || r.path == "/v1/operator/audit-events"
}

// at is the route with a place, and with things that do not exist.
func (r operatorRoute) at(place uuid.UUID) string {
	parts := strings.Split(strings.ReplaceAll(r.path, "{place_id}", place.String()), "/")
	for i, part := range parts {
		if strings.HasPrefix(part, "{") {
			parts[i] = uuid.NewString()
		}
	}
	return strings.Join(parts, "/")
}

// knock sends a request that says nothing right but who sends it.
func (c *client) knock(t *testing.T, r operatorRoute, place uuid.UUID) answer {
	t.Helper()
	in := call{method: r.method, path: r.at(place), wrong: true}
	if r.method != http.MethodGet && r.method != http.MethodDelete {
		in.body = object{}
	}
	return c.do(t, in)
}

// refused requires one of the two answers to somebody who may not be there.
func (a answer) refused(t *testing.T, r operatorRoute) {
	t.Helper()
	var p problem
	require.NoError(t, a.into(&p), "%s %s", r.method, r.path)
	switch a.status {
	case http.StatusUnauthorized:
		a.fails(t, http.StatusUnauthorized, "access_token_invalid")
	default:
		require.Contains(t, []string{"forbidden", "place_not_assigned"}, p.Code, "%s %s: %d %s", r.method, r.path, a.status, a.body)
		a.fails(t, http.StatusForbidden, p.Code)
	}
}

// None of the routes of operators is open to anybody but the right operator at
// the right place, whatever else is right or wrong with the request. // M25
func TestOperatorRoutesAreClosed(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		here, there := places(t, s, domain.CentreMFC)[0], places(t, s, domain.CentreMFC)[1]
		citizen := c.bearing(c.register(t, phone).AccessToken)
		people := map[string]struct {
			client *client
			may    func(operatorRoute) bool
		}{
			"a citizen": {citizen, nobodyMay},
			"an operator without a place": {newOperator(t, s, domain.RoleOperator), func(r operatorRoute) bool {
				return !r.atPlace() && !r.forAdministrators() && r.path != "/v1/operator/places"
			}},
			"an operator of another place": {newOperator(t, s, domain.RoleOperator, there), func(r operatorRoute) bool {
				return !r.atPlace() && !r.forAdministrators()
			}},
			"a supervisor of another place": {newOperator(t, s, domain.RoleSupervisor, there), func(r operatorRoute) bool {
				return !r.atPlace() && !r.forAdministrators()
			}},
			"an administrator":              {newOperator(t, s, domain.RoleAdministrator), operatorRoute.forAdministrators},
			"an administrator with a place": {newOperator(t, s, domain.RoleAdministrator, here), operatorRoute.forAdministrators},
		}
		settled(t, s)
		before := s.Count(t, "SELECT count(*) FROM audit_events")
		for _, r := range operatorRoutes(t) {
			c.knock(t, r, here).fails(t, http.StatusUnauthorized, "unauthenticated")
			c.bearing("nonsense").knock(t, r, here).fails(t, http.StatusUnauthorized, "access_token_invalid")
			for who, p := range people {
				if p.may(r) {
					continue
				}
				a := p.client.knock(t, r, here)
				require.Equal(t, http.StatusForbidden, a.status, "%s at %s %s: %s", who, r.method, r.path, a.body)
				a.refused(t, r)
			}
		}
		require.Equal(t, before, s.Count(t, "SELECT count(*) FROM audit_events"), "nothing was done or looked up")
	})
}

func nobodyMay(operatorRoute) bool { return false }

// Who worked there a moment ago is out at once: shut out, or without the place.
func TestOperatorRoutesCloseAtOnce(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, _ := newServer(t, e)
		admin, here := newOperator(t, s, domain.RoleAdministrator), place(t, s, domain.CentreMFC)
		for _, role := range []domain.Role{domain.RoleOperator, domain.RoleSupervisor} {
			moved, out := newOperator(t, s, role, here), newOperator(t, s, role, here)
			moved.get(t, "/v1/operator/places").ok(t, http.StatusOK)
			id := func(c *client) string { return as[account](t, c.get(t, "/v1/me"), http.StatusOK).ID }
			admin.do(t, call{
				method: http.MethodPut, path: staffPath + "/" + id(moved) + "/places", body: object{"place_ids": []string{}},
			}).ok(t, http.StatusOK)
			admin.post(t, staffPath+"/"+id(out)+"/deactivation", nil).ok(t, http.StatusOK)
			for _, r := range operatorRoutes(t) {
				out.knock(t, r, here).fails(t, http.StatusUnauthorized, "access_token_invalid")
				if r.atPlace() {
					moved.knock(t, r, here).refused(t, r)
				}
			}
		}
	})
}

// The routes of a citizen's own data are closed to operators.
func TestCitizensRoutesAreClosedToOperators(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, _ := newServer(t, e)
		operator := newOperator(t, s, domain.RoleSupervisor, place(t, s, domain.CentreMFC))
		tried := 0
		for _, operation := range theContract().operations() {
			method, path, _ := strings.Cut(operation, " ")
			if !strings.HasPrefix(path, "/v1/me/") {
				continue
			}
			tried++
			a := operator.knock(t, operatorRoute{method, path}, uuid.Nil)
			require.Equal(t, http.StatusForbidden, a.status, "%s: %s", operation, a.body)
			a.fails(t, http.StatusForbidden, "forbidden")
		}
		require.GreaterOrEqual(t, tried, 3)
	})
}

// Every route of operators says in the contract that it needs a token and may
// answer 401 and 403.
func TestOperatorRoutesSaySo(t *testing.T) {
	t.Parallel()
	for path, item := range theContract().doc.Paths.Map() {
		if !strings.HasPrefix(path, "/v1/operator/") {
			continue
		}
		for method, operation := range item.Operations() {
			name := method + " " + path
			require.NotEmpty(t, *operation.Security, name)
			require.NotNil(t, operation.Responses.Status(http.StatusUnauthorized), name)
			require.NotNil(t, operation.Responses.Status(http.StatusForbidden), name)
			require.True(t, slices.Contains(operation.Tags, "operators"), name)
		}
	}
}

// A session idles out for operators as for everybody, 30 minutes after its last
// refresh, and another one takes the next code.
func TestOperatorsSessionIdlesOut(t *testing.T) {
	t.Parallel()
	s, c := newServer(t, testkit.SQLite)
	o := newStaff(t, s, invited(domain.RoleOperator), place(t, s, domain.CentreMFC))
	session := c.signInOperator(t, o)
	c.bearing(session.AccessToken).get(t, "/v1/operator/places").ok(t, http.StatusOK)
	s.Clock.Advance(30*time.Minute - time.Second)
	c.bearing(session.AccessToken).get(t, "/v1/operator/places").fails(t, http.StatusUnauthorized, "access_token_invalid")
	session = as[signedIn](t, c.refresh(t, session.RefreshToken), http.StatusOK)
	c.bearing(session.AccessToken).get(t, "/v1/operator/places").ok(t, http.StatusOK)
	s.Clock.Advance(30 * time.Minute)
	c.refresh(t, session.RefreshToken).fails(t, http.StatusUnauthorized, "refresh_token_invalid")
	c.bearing(session.AccessToken).get(t, "/v1/operator/places").fails(t, http.StatusUnauthorized, "access_token_invalid")
	c.again(t, o).get(t, "/v1/operator/places").ok(t, http.StatusOK)
}

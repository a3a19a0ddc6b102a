package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit"
)

// operatorView is what an administrator is told of an operator.
type operatorView struct {
	ID                 string     `json:"id"`
	Login              string     `json:"login"`
	Email              string     `json:"email"`
	SNILS              string     `json:"snils"`
	Role               string     `json:"role"`
	Status             string     `json:"status"`
	PlaceIDs           []string   `json:"place_ids"`
	EnrolmentExpiresAt *time.Time `json:"enrolment_expires_at"`
	NextActions        []string   `json:"next_actions"`
}

const staffPath = "/v1/operator/operators"

// hiring is a right body to invite somebody with.
func hiring(login string, role domain.Role, places ...uuid.UUID) object {
	ids := []string{}
	for _, id := range places {
		ids = append(ids, id.String())
	}
	return object{
		"login": login, "family_name": "Операторова", "given_name": "Ольга", "email": login + "@office.example.org",
		"snils": freshSNILS(), "role": string(role), "place_ids": ids,
	}
}

// hire invites somebody by an administrator's client.
func (c *client) hire(t *testing.T, body object) operatorView {
	t.Helper()
	return as[operatorView](t, c.post(t, staffPath, body), http.StatusCreated)
}

// mailedLink is the enrolment link in the newest of so many messages.
func mailedLink(t *testing.T, s *testkit.Server, to string, count int) string {
	t.Helper()
	text := s.Await(t, to, count)[0].Text
	_, link, ok := strings.Cut(text, s.URL+"/operator-enrolment#")
	require.True(t, ok, text)
	return s.URL + "/operator-enrolment#" + strings.Fields(link)[0]
}

func postEnrolment(t *testing.T, c *client) post {
	t.Helper()
	link, _, err := c.server.App.CreateOperator(t.Context(), invited(domain.RoleAdministrator))
	require.NoError(t, err)
	return post{c, "/v1/operator-enrolments", object{"enrolment_token": tokenOf(t, link)}, object{"enrolment_token": "another"}}
}

func postEnrolmentCompletion(t *testing.T, c *client) post {
	t.Helper()
	started := postEnrolment(t, c)
	shown := as[enrolment](t, c.post(t, started.path, started.body), http.StatusCreated)
	body := func(chosen string) object {
		return object{
			"enrolment_token": started.body["enrolment_token"], "password": chosen, "password_confirmation": chosen,
			"otp": codeAt(t, shown.TOTP.Secret, c.server.Clock.Now()),
		}
	}
	return post{c, "/v1/operator-enrolments/completion", body(password), body(another)}
}

func postOperator(t *testing.T, c *client) post {
	t.Helper()
	return post{
		newOperator(t, c.server, domain.RoleAdministrator), staffPath,
		hiring("anna", domain.RoleOperator), hiring("berta", domain.RoleOperator),
	}
}

func postOperatorStep(step string) func(*testing.T, *client) post {
	return func(t *testing.T, c *client) post {
		t.Helper()
		admin := newOperator(t, c.server, domain.RoleAdministrator)
		o := admin.hire(t, hiring("anna", domain.RoleOperator))
		return post{admin, staffPath + "/" + o.ID + step, nil, object{}}
	}
}

// M25: an administrator invites somebody, whose link comes by e-mail and stands
// in no answer; the invited one enrols and works.
func TestAdministratorInvites(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		admin, centre := newOperator(t, s, domain.RoleAdministrator), place(t, s, domain.CentreMFC)
		body := hiring("Anna.Desk", domain.RoleSupervisor, centre, centre)
		a := admin.with("Accept-Language", "en").post(t, staffPath, body)
		made := as[operatorView](t, a, http.StatusCreated)
		require.Equal(t, "anna.desk", made.Login)
		require.Equal(t, "invited", made.Status)
		require.Equal(t, []string{"enrol"}, made.NextActions)
		require.Equal(t, []string{centre.String()}, made.PlaceIDs)
		require.Equal(t, s.Clock.Now().Add(72*time.Hour), *made.EnrolmentExpiresAt)
		require.NotContains(t, string(a.body), body["snils"])
		require.NotContains(t, string(a.body), "anna.desk@")

		link := mailedLink(t, s, "anna.desk@office.example.org", 1)
		require.Contains(t, s.Sent(t, "anna.desk@office.example.org")[0].Text, "72 hours")
		require.NotContains(t, string(a.body), tokenOf(t, link))
		require.NotContains(t, s.Log.String(), tokenOf(t, link))

		o := c.enrol(t, link)
		in := c.signInOperator(t, o)
		c.bearing(in.AccessToken).get(t, "/v1/operator/places").ok(t, http.StatusOK)
		seen := as[operatorView](t, admin.get(t, staffPath+"/"+made.ID), http.StatusOK)
		require.Equal(t, "active", seen.Status)
		require.Nil(t, seen.EnrolmentExpiresAt)
		require.Equal(t, []string{"sign_in"}, seen.NextActions)
	})
}

func TestInvitationsThatAreRefused(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, _ := newServer(t, e)
		admin := newOperator(t, s, domain.RoleAdministrator)
		admin.hire(t, hiring("anna", domain.RoleOperator))
		admin.post(t, staffPath, hiring("ANNA", domain.RoleOperator)).fails(t, http.StatusConflict, "login_taken")
		before := s.Count(t, "SELECT count(*) FROM accounts")
		p := admin.post(t, staffPath, hiring("berta", domain.RoleOperator, place(t, s, domain.CentreMFC), uuid.New())).
			fails(t, http.StatusUnprocessableEntity, "validation_failed")
		require.Equal(t, []fieldProblem{{"/place_ids/1", "place_unknown", p.Errors[0].Detail}}, p.Errors)
		p = admin.do(t, call{method: http.MethodPost, path: staffPath, wrong: true, body: object{
			"login": "ж", "family_name": "", "given_name": "1", "email": "nobody", "snils": "112-233-445 96", "role": "king",
			"place_ids": []string{"here"}, "locale": "de",
		}}).fails(t, http.StatusUnprocessableEntity, "validation_failed")
		var wrong []string
		for _, f := range p.Errors {
			wrong = append(wrong, f.Pointer+" "+f.Code)
		}
		require.Equal(t, []string{
			"/login login_format", "/family_name required", "/given_name name_invalid", "/email email_invalid",
			"/snils snils_check_digits", "/role unsupported_value", "/place_ids/0 place_unknown", "/locale unsupported_value",
		}, wrong)
		p = admin.do(t, call{method: http.MethodPost, path: staffPath, wrong: true, body: object{}}).
			fails(t, http.StatusUnprocessableEntity, "validation_failed")
		require.Len(t, p.Errors, 6, "all but the places and the language are required")
		require.Equal(t, before, s.Count(t, "SELECT count(*) FROM accounts"))
	})
}

// One person is one operator, whoever invites: two logins of one could approve
// each other's requests. // M25
func TestOnePersonIsOneOperator(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, _ := newServer(t, e)
		admin := newOperator(t, s, domain.RoleAdministrator)
		body := hiring("anna", domain.RoleSupervisor)
		made := admin.hire(t, body)
		admin.post(t, staffPath+"/"+made.ID+"/deactivation", nil).ok(t, http.StatusOK)
		before := settled(t, s)
		for _, key := range []string{"snils", "email"} {
			twin := hiring("berta", domain.RoleSupervisor)
			twin[key] = body[key]
			admin.post(t, staffPath, twin).fails(t, http.StatusConflict, "operator_exists")
			here := invited(domain.RoleSupervisor)
			if here.SNILS = body["snils"].(string); key == "email" {
				here.SNILS, here.Email = freshSNILS(), "Anna@OFFICE.example.org"
			}
			_, _, err := s.App.CreateOperator(t.Context(), here)
			require.EqualError(t, err, "--snils, --email: there is an operator with one of them already")
		}
		require.Equal(t, before, settled(t, s))
		admin.hire(t, hiring("berta", domain.RoleSupervisor))
	})
}

// Of many who invite under one login at once, one succeeds.
func TestInvitingAtOnce(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, _ := newServer(t, e)
		admin := newOperator(t, s, domain.RoleAdministrator)
		answers := parallel(t, 12, func(int) answer { return admin.post(t, staffPath, hiring("anna", domain.RoleOperator)) })
		require.Equal(t, 1, count(answers, http.StatusCreated))
		require.Equal(t, 11, count(answers, http.StatusConflict))
		s.Await(t, "anna@office.example.org", 1)
	})
}

func TestOperatorsAreListed(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, _ := newServer(t, e)
		admin := newOperator(t, s, domain.RoleAdministrator)
		for _, login := range []string{"anna", "berta", "clara"} {
			s.Clock.Advance(time.Second)
			admin.hire(t, hiring(login, domain.RoleOperator))
		}
		var logins []string
		path := staffPath + "?limit=2"
		for path != "" {
			page := as[struct {
				Items      []operatorView `json:"items"`
				NextCursor *string        `json:"next_cursor"`
			}](t, admin.get(t, path), http.StatusOK)
			for _, o := range page.Items {
				logins = append(logins, o.Login)
			}
			path = ""
			if page.NextCursor != nil {
				path = staffPath + "?limit=2&cursor=" + *page.NextCursor
			}
		}
		require.Len(t, logins, 4)
		require.Equal(t, []string{"clara", "berta", "anna"}, logins[:3])
		admin.get(t, staffPath+"/"+uuid.NewString()).fails(t, http.StatusNotFound, "not_found")
		require.Equal(t, 2, s.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'operator.list' AND operator_id IS NOT NULL"))
	})
}

// Who is shut out is out at once, with every session, and can be let in again
// with a new second factor only.
func TestDisabledOperatorIsOutAtOnce(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		admin := newOperator(t, s, domain.RoleAdministrator)
		made := admin.hire(t, hiring("anna", domain.RoleOperator, place(t, s, domain.CentreMFC)))
		o := c.enrol(t, mailedLink(t, s, "anna@office.example.org", 1))
		in := c.signInOperator(t, o)
		work := c.bearing(in.AccessToken)
		work.get(t, "/v1/operator/places").ok(t, http.StatusOK)

		path := staffPath + "/" + made.ID
		out := as[operatorView](t, admin.post(t, path+"/deactivation", nil), http.StatusOK)
		require.Equal(t, "disabled", out.Status)
		require.Equal(t, []string{"ask_administrator"}, out.NextActions)
		work.get(t, "/v1/operator/places").fails(t, http.StatusUnauthorized, "access_token_invalid")
		c.refresh(t, in.RefreshToken).fails(t, http.StatusUnauthorized, "refresh_token_invalid")
		s.Clock.Advance(30 * time.Second)
		c.post(t, "/v1/sessions", o.signInBody(t, s, 0)).fails(t, http.StatusUnauthorized, "credentials_incorrect")
		admin.post(t, path+"/deactivation", nil).fails(t, http.StatusConflict, "invalid_transition")

		as[operatorView](t, admin.post(t, path+"/invitations", nil), http.StatusCreated)
		again := c.enrol(t, mailedLink(t, s, "anna@office.example.org", 2))
		require.NotEqual(t, o.secret, again.secret)
		c.post(t, "/v1/sessions", o.signInBody(t, s, 0)).fails(t, http.StatusUnauthorized, "credentials_incorrect")
		c.signInOperator(t, again)
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'operator.disable'"))
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'session.close'"))
	})
}

// An invitation of somebody at work ends the work.
func TestInvitedAnewIsOutAtOnce(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		admin := newOperator(t, s, domain.RoleAdministrator)
		made := admin.hire(t, hiring("anna", domain.RoleSupervisor))
		first := mailedLink(t, s, "anna@office.example.org", 1)
		o := c.enrol(t, first)
		in := c.signInOperator(t, o)
		admin.post(t, staffPath+"/"+made.ID+"/invitations", nil).ok(t, http.StatusCreated)
		c.bearing(in.AccessToken).get(t, "/v1/me").fails(t, http.StatusUnauthorized, "access_token_invalid")
		s.Clock.Advance(30 * time.Second)
		c.post(t, "/v1/sessions", o.signInBody(t, s, 0)).fails(t, http.StatusUnauthorized, "credentials_incorrect")
		c.post(t, "/v1/operator-enrolments", object{"enrolment_token": tokenOf(t, first)}).
			fails(t, http.StatusUnauthorized, "enrolment_invalid")
		c.signInOperator(t, c.enrol(t, mailedLink(t, s, "anna@office.example.org", 2)))
	})
}

// Nobody shuts themselves out, and of two administrators who shut each other
// out at once, one stays.
func TestOneAdministratorStays(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, _ := newServer(t, e)
		var admins []*client
		var ids []string
		for range 2 {
			admin := newOperator(t, s, domain.RoleAdministrator)
			admins, ids = append(admins, admin), append(ids, as[account](t, admin.get(t, "/v1/me"), http.StatusOK).ID)
		}
		for _, step := range []string{"/deactivation", "/invitations"} {
			admins[0].post(t, staffPath+"/"+ids[0]+step, nil).fails(t, http.StatusForbidden, "own_account")
		}
		parallel(t, 2, func(i int) answer { return admins[i].post(t, staffPath+"/"+ids[1-i]+"/deactivation", nil) })
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM operators WHERE role = 'administrator' AND status = 'active'"))
	})
}

// A place that is taken away in the middle of a session is closed at once.
func TestPlaceIsTakenAway(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		admin := newOperator(t, s, domain.RoleAdministrator)
		both := places(t, s, domain.CentreMFC)[:2]
		made := admin.hire(t, hiring("anna", domain.RoleOperator, both...))
		in := c.signInOperator(t, c.enrol(t, mailedLink(t, s, "anna@office.example.org", 1)))
		work := c.bearing(in.AccessToken)
		set := func(ids ...string) answer {
			return admin.do(t, call{method: http.MethodPut, path: staffPath + "/" + made.ID + "/places", body: object{"place_ids": ids}})
		}
		require.Len(t, as[placeList](t, work.get(t, "/v1/operator/places"), http.StatusOK).Items, 2)
		set(both[1].String()).ok(t, http.StatusOK)
		left := as[placeList](t, work.get(t, "/v1/operator/places"), http.StatusOK).Items
		require.Len(t, left, 1)
		require.Equal(t, both[1].String(), left[0].ID)
		p := set(uuid.NewString()).fails(t, http.StatusUnprocessableEntity, "validation_failed")
		require.Equal(t, "place_unknown", p.Errors[0].Code)
		require.Len(t, as[placeList](t, work.get(t, "/v1/operator/places"), http.StatusOK).Items, 1)
		admin.do(t, call{method: http.MethodPut, path: staffPath + "/" + made.ID + "/places", body: object{"place_ids": []string{}}}).ok(t, http.StatusOK)
		refused := work.get(t, "/v1/operator/places").fails(t, http.StatusForbidden, "place_not_assigned")
		require.Equal(t, []string{"ask_administrator"}, refused.NextActions)
		require.Equal(t, 2, s.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'operator.set_places'"))
	})
}

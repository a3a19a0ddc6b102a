package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit"
)

// wrong is one kind of wrong input and what it is answered.
type wrong struct {
	name   string
	client *client
	call   call
	status int
	code   string
	// fields are the pointers of the errors, each with its code.
	fields [][2]string
	// allow is the header Allow.
	allow string
}

// house is a server with somebody in it, to be troubled with wrong input.
type house struct {
	server *testkit.Server
	client *client
	// in is somebody signed in, out a session that was ended.
	in, out signedIn
	// fresh waits for its code, proven for its password.
	fresh, proven registration
	// admin is an administrator at work.
	admin *client
}

func newHouse(t *testing.T, e testkit.Engine) *house {
	t.Helper()
	s, c := newServer(t, e)
	h := &house{server: s, client: c}
	h.out = c.register(t, mailbox)
	c.bearing(h.out.AccessToken).delete(t, "/v1/sessions/current").ok(t, http.StatusNoContent)
	h.in = as[signedIn](t, c.signIn(t, mailbox, password), http.StatusCreated)
	h.proven = c.confirmed(t, phone)
	h.fresh = c.start(t, "+79017654321")
	h.admin = newOperator(t, s, domain.RoleAdministrator)
	return h
}

// operation is one way to send a body.
type operation struct {
	name   string
	client *client
	path   string
	body   object
}

// operations are all that take a body, each with a right one. None of those is
// ever sent as it is.
func (h *house) operations() []operation {
	return []operation{
		{"start", h.client, "/v1/registrations", applicant("+79023333333")},
		{"resend", h.client.flow(h.fresh), h.fresh.path("/codes"), object{}},
		{"confirm", h.client.flow(h.fresh), h.fresh.path("/confirmation"), object{"code": "123456"}},
		{"password", h.client.flow(h.proven), h.proven.path("/password"), object{"password": password, "password_confirmation": password}},
		{"sign in", h.client, "/v1/sessions", object{"account_type": "citizen", "login": mailbox, "password": password}},
		{"refresh", h.client, "/v1/sessions/refresh", object{"refresh_token": h.in.RefreshToken}},
		{"begin to enrol", h.client, "/v1/operator-enrolments", object{"enrolment_token": "a token"}},
		{"enrol", h.client, "/v1/operator-enrolments/completion", object{
			"enrolment_token": "a token", "password": password, "password_confirmation": password, "otp": "123456",
		}},
		{"invite an operator", h.admin, staffPath, object{
			"login": "anna", "family_name": "Операторова", "given_name": "Ольга", "email": mailbox,
			"snils": "112-233-445 95", "role": "operator",
		}},
	}
}

func (o operation) wrong(name string, raw string) wrong {
	return wrong{
		name: o.name + ": " + name, client: o.client,
		call: call{method: http.MethodPost, path: o.path, raw: []byte(raw)},
	}
}

// but is the operation's body with some fields changed; nil leaves one out.
func (o operation) but(changes object) string {
	body := maps.Clone(o.body)
	for name, value := range changes {
		if value == nil {
			delete(body, name)
			continue
		}
		body[name] = value
	}
	text, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// invalid is the body with changes, for which fields are named as wrong.
func (o operation) invalid(name string, changes object, fields ...[2]string) wrong {
	w := o.wrong(name, o.but(changes))
	w.status, w.code, w.fields = http.StatusUnprocessableEntity, "validation_failed", fields
	return w
}

func (w wrong) answered(status int, code string) wrong {
	w.status, w.code = status, code
	return w
}

// check sends the input and looks at the answer.
func (w wrong) check(t *testing.T) {
	t.Helper()
	in := w.call
	in.wrong = true
	a := w.client.do(t, in)
	require.Less(t, a.status, http.StatusInternalServerError, "%s", a.body)
	p := a.fails(t, w.status, w.code)
	var fields [][2]string
	for _, f := range p.Errors {
		fields = append(fields, [2]string{f.Pointer, f.Code})
		require.NotEmpty(t, f.Detail)
		require.NotContains(t, f.Detail, "{")
	}
	require.Equal(t, w.fields, fields, "%s", a.body)
	require.Equal(t, w.allow, a.header.Get("Allow"))
}

// Wrong input of every kind is refused as the contract says, and changes
// nothing.
func TestWrongInput(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		h := newHouse(t, e)
		before := settled(t, h.server)
		limits := h.server.Count(t, "SELECT sum(events) FROM rate_limits")
		seen := map[string]bool{}
		for _, table := range [][]wrong{
			h.wrongJSON(), h.wrongMediaTypes(), h.wrongTypes(), h.wrongNames(), h.wrongContacts(),
			h.wrongCodes(), h.wrongPasswords(), h.wrongSignIns(), h.wrongFlowTokens(), h.wrongAccessTokens(t),
			h.wrongRefreshTokens(), h.wrongIDs(), h.wrongPages(), h.wrongOrigins(), h.wrongMethods(t), h.wrongPaths(),
		} {
			for _, w := range table {
				require.False(t, seen[w.name], "two rows are called %s", w.name)
				seen[w.name] = true
				t.Run(w.name, w.check)
			}
		}
		require.Greater(t, len(seen), 200)
		t.Logf("%d kinds of wrong input", len(seen))
		require.Equal(t, before, settled(t, h.server), "nothing was changed")
		require.Equal(t, limits, h.server.Count(t, "SELECT sum(events) FROM rate_limits"))
		require.Equal(t, 5, h.client.look(t, h.fresh).Code.AttemptsLeft)
		h.client.me(t, h.in.AccessToken)
		require.NotContains(t, h.server.Log.String(), `"level":"ERROR"`)
	})
}

// All wrong fields are named at once, in the order of the contract.
func TestAllWrongFieldsAtOnce(t *testing.T) {
	t.Parallel()
	_, c := newServer(t, testkit.SQLite)
	for _, test := range []struct {
		path string
		raw  string
		want string
	}{
		{"/v1/registrations", `{}`, "[{/family_name required} {/given_name required} {/phone exactly_one_of}]"},
		{
			"/v1/registrations", `{"locale":"xx","email":"no","given_name":"1","extra":1}`,
			"[{/extra unknown_field} {/family_name required} {/given_name name_invalid} {/email email_invalid} {/locale unsupported_value}]",
		},
		{
			"/v1/registrations", `{"given_name":5,"given_name":6,"phone":true,"z":{},"y":[]}`,
			"[{/given_name wrong_type} {/given_name duplicate_field} {/phone wrong_type} {/y unknown_field} {/z unknown_field} {/family_name required}]",
		},
		{"/v1/sessions", `{"transport":"x"}`, "[{/account_type required} {/login required} {/password required} {/transport unsupported_value}]"},
	} {
		a := c.do(t, call{method: http.MethodPost, path: test.path, raw: []byte(test.raw), wrong: true})
		p := a.fails(t, http.StatusUnprocessableEntity, "validation_failed")
		var got []struct{ Pointer, Code string }
		for _, f := range p.Errors {
			got = append(got, struct{ Pointer, Code string }{f.Pointer, f.Code})
		}
		require.Equal(t, test.want, fmt.Sprint(got))
	}
}

package api_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit"
)

// stranger is somebody who knows all about a payer but the password, and wants
// to get in.
type stranger struct {
	*client
	payer payer
	// own is an application of the stranger's, with the address proven.
	own payerApplication
}

// strangers are all routes of the contract that need no access token, each with
// what a stranger can send there.
func (s stranger) tries(t *testing.T) map[string]func() answer {
	t.Helper()
	guess := "the password of before"
	send := func(path string, body object) func() answer {
		return func() answer { return s.do(t, call{method: http.MethodPost, path: path, body: body, wrong: true}) }
	}
	look := func(path string) func() answer {
		return func() answer { return s.do(t, call{method: http.MethodGet, path: path, wrong: true}) }
	}
	flow := s.bearing(s.own.FlowToken)
	step := func(step string, body object) func() answer {
		return func() answer {
			return flow.do(t, call{method: http.MethodPost, path: s.own.path(step), body: body, wrong: true})
		}
	}
	return map[string]func() answer{
		// Applications lead to a notice without a code, on the payer's own channels.
		"POST " + applicationsPath:                           send(applicationsPath, applicationOf(s.payer, "registered_mail")),
		"GET " + applicationsPath + "/{id}":                  func() answer { return flow.get(t, s.own.path("")) },
		"POST " + applicationsPath + "/{id}/codes":           step("/codes", nil),
		"POST " + applicationsPath + "/{id}/confirmation":    step("/confirmation", object{"code": "000000"}),
		"POST " + applicationsPath + "/{id}/delivery-method": step("/delivery-method", object{"delivery_method": "in_person"}),
		// There is no code that is right.
		"POST " + activationsPath: send(activationsPath, s.activation(t, s.payer, wrongActivationCode(t))),
		// It tells the office, and nothing of the payer.
		"GET /v1/payer-password-help": look("/v1/payer-password-help?registration_number=" + s.payer.number),
		// Signing in takes the password; the others are of other accounts.
		"POST /v1/sessions":         send("/v1/sessions", object{"account_type": "payer", "login": s.payer.number, "password": guess}),
		"POST /v1/sessions/refresh": send("/v1/sessions/refresh", object{"refresh_token": s.own.FlowToken}),
		"POST /v1/first-sign-ins": send("/v1/first-sign-ins", object{
			"login": s.payer.email, "code": "AAAAA-AAAAA", "password": password, "password_confirmation": password,
		}),
		// A citizen may have the same address, and gets an account of a citizen.
		"POST /v1/registrations":                   send("/v1/registrations", applicant(s.payer.email)),
		"GET /v1/registrations/{id}":               look("/v1/registrations/" + s.own.ID),
		"POST /v1/registrations/{id}/codes":        send("/v1/registrations/"+s.own.ID+"/codes", nil),
		"POST /v1/registrations/{id}/confirmation": send("/v1/registrations/"+s.own.ID+"/confirmation", object{"code": "000000"}),
		"POST /v1/registrations/{id}/password": send("/v1/registrations/"+s.own.ID+"/password", object{
			"password": password, "password_confirmation": password,
		}),
		// Their secrets go to citizens and to operators.
		"POST /v1/confirmation-disputes": send("/v1/confirmation-disputes", object{"token": s.own.FlowToken}),
		"POST /v1/operator-enrolments":   send("/v1/operator-enrolments", object{"enrolment_token": s.own.FlowToken}),
		"POST /v1/operator-enrolments/completion": send("/v1/operator-enrolments/completion", object{
			"enrolment_token": s.own.FlowToken, "password": password, "password_confirmation": password, "otp": "000000",
		}),
		// These are the same for everybody.
		"GET /.well-known/jwks.json":             look("/.well-known/jwks.json"),
		"GET /livez":                             look("/livez"),
		"GET /readyz":                            look("/readyz"),
		"GET /v1/policies":                       look("/v1/policies"),
		"GET /v1/terms/{document}":               look("/v1/terms/payer-connection"),
		"GET /v1/service-centres":                look("/v1/service-centres"),
		"GET /v1/service-centres/{id}":           look("/v1/service-centres/" + s.own.Office.ID),
		"GET /v1/sandbox/clock":                  look(clockPath),
		"POST /v1/sandbox/clock":                 send(clockPath, object{"advance": "1m"}),
		"GET /v1/sandbox/messages":               look("/v1/sandbox/messages?to=" + url.QueryEscape(s.payer.number)),
		"POST /v1/sandbox/letters/{id}/delivery": send("/v1/sandbox/letters/"+s.own.ID+"/delivery", object{"outcome": "delivered"}),
		"POST /v1/sandbox/edo-documents/{id}/receipts": send("/v1/sandbox/edo-documents/"+s.own.ID+"/receipts", object{
			"status": "delivered",
		}),
	}
}

// A lost password has no way back but the card: whoever knows number, INN and
// address, and has proven an address of their own, gets into the payer's cabinet
// by none of the routes. // M20
func TestNoOtherWayBack(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, payerLimits())
		p := connectedPayer()
		own := c.apply(t, p, "in_person")
		becomesInside(t, s, own, "office_visit")
		who := stranger{c, p, c.proveAddress(t, own)}
		who.own.Office = own.Office
		tries := who.tries(t)
		routes := signedInRoutes(t)
		for _, operation := range theContract().operations() {
			method, path, _ := strings.Cut(operation, " ")
			if slices.Contains(routes, operatorRoute{method, path}) {
				c.knock(t, operatorRoute{method, path}, uuid.Nil).fails(t, http.StatusUnauthorized, "unauthenticated")
				c.bearing(own.FlowToken).knock(t, operatorRoute{method, path}, uuid.Nil).
					fails(t, http.StatusUnauthorized, "access_token_invalid")
				continue
			}
			try := tries[operation]
			require.NotNil(t, try, "%s: what can a stranger do there?", operation)
			a := try()
			require.NotContains(t, string(a.body), "access_token\"", operation)
			require.Empty(t, a.header.Values("Set-Cookie"), operation)
		}
		settled(t, s)
		require.Zero(t, s.Count(t, "SELECT count(*) FROM sessions"))
		for _, m := range s.Sent(t, "") {
			if m.Code != "" {
				require.Contains(t, []string{applicantsMailbox, p.email}, m.To, "it proves an address, no more")
				require.Len(t, m.Code, 6)
			}
		}
		c.payerSession(t, p, connectedPassword, "cabinet")

		// The way that there is.
		printed := payersOffice(t, s, "operator").card(t, p, "lost_password")
		in := c.payerSession(t, p, printed, "password_change")
		c.bearing(in.AccessToken).post(t, passwordPath, newPassword(printed, another)).ok(t, http.StatusOK)
		c.payerSession(t, p, another, "cabinet")
	})
}

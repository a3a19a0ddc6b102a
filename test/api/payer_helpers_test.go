package api_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit"
)

// payer is a payer of contributions as the sandbox's register has one.
type payer struct{ number, unified, inn, email string }

// firstPayer has an agreement on electronic documents and is not connected.
func firstPayer() payer {
	return payer{"087-214-000001", "1000000001", "6700000014", "payer1@example.org"}
}

// secondPayer has no agreement and is not connected.
func secondPayer() payer {
	return payer{"087-214-000002", "1000000002", "6700000021", "payer2@example.org"}
}

// thirdPayer is like the first one; no example of the API has its number.
func thirdPayer() payer {
	return payer{"087-214-012345", "1000000009", "6700000092", "payer9@example.org"}
}

// connectedPayer is connected from the start, with [connectedPassword].
func connectedPayer() payer {
	return payer{"087-214-000005", "1000000005", "6700000053", "payer5@example.org"}
}

// liquidatedPayer is no more.
func liquidatedPayer() payer {
	return payer{"087-214-000004", "1000000004", "6700000046", "payer4@example.org"}
}

// unknownPayer is a number that nobody has.
func unknownPayer() payer {
	return payer{"087-214-999999", "9999999999", "6700000014", "nobody@example.org"}
}

const (
	connectedPassword = "correct horse battery staple"
	// applicantsMailbox is what applicants give as their address.
	applicantsMailbox = "accounts@ledger.example"
	applicationsPath  = "/v1/payer-applications"
	activationsPath   = "/v1/payer-activations"
	passwordPath      = "/v1/me/password"
	acceptancesPath   = "/v1/me/terms-acceptances"
	connectionTerms   = "payer-connection"
)

// payerApplication is what the API says of an application.
type payerApplication struct {
	ID             string `json:"id"`
	Status         string `json:"status"`
	EmailConfirmed bool   `json:"email_confirmed"`
	Delivery       struct {
		Method  string     `json:"method"`
		FiledOn string     `json:"filed_on"`
		DueOn   string     `json:"due_on"`
		SentAt  *time.Time `json:"sent_at"`
	} `json:"delivery"`
	Office *struct {
		ID   string `json:"id"`
		Code string `json:"code"`
		Name string `json:"name"`
	} `json:"office"`
	Code        *code     `json:"code"`
	CreatedAt   time.Time `json:"created_at"`
	ExpiresAt   time.Time `json:"expires_at"`
	NextActions []string  `json:"next_actions"`
	FlowToken   string    `json:"flow_token"`
}

// path is a step of the application.
func (a payerApplication) path(step string) string { return applicationsPath + "/" + a.ID + step }

// kept is a later answer with the token that only the first one has.
func (a payerApplication) kept(now payerApplication) payerApplication {
	now.FlowToken = a.FlowToken
	return now
}

// applicationOf is the body of an application.
func applicationOf(p payer, method string) object {
	return object{"registration_number": p.number, "inn": p.inn, "email": applicantsMailbox, "delivery_method": method}
}

// apply files an application.
func (c *client) apply(t *testing.T, p payer, method string) payerApplication {
	t.Helper()
	a := c.post(t, applicationsPath, applicationOf(p, method))
	made := as[payerApplication](t, a, http.StatusCreated)
	require.Equal(t, made.path(""), a.header.Get("Location"))
	require.Equal(t, []any{"submitted", method}, []any{made.Status, made.Delivery.Method})
	return made
}

// lookAt is the application as the applicant sees it now.
func (c *client) lookAt(t *testing.T, a payerApplication) payerApplication {
	t.Helper()
	return a.kept(as[payerApplication](t, c.bearing(a.FlowToken).get(t, a.path("")), http.StatusOK))
}

// reaches waits until the applicant sees the application in a state.
func (c *client) reaches(t *testing.T, a payerApplication, status string) payerApplication {
	t.Helper()
	var now payerApplication
	require.Eventually(t, func() bool {
		now = c.lookAt(t, a)
		return now.Status == status
	}, patience, 20*time.Millisecond, "the application does not become %s", status)
	return now
}

// becomesInside waits until the database has the application in a state.
func becomesInside(t *testing.T, s *testkit.Server, a payerApplication, status string) {
	t.Helper()
	require.Eventually(t, func() bool {
		return column(t, s, "SELECT status FROM payer_applications WHERE id = '"+a.ID+"'")[0] == status
	}, patience, 20*time.Millisecond, "the application does not become %s", status)
}

// proveAddress enters the code that was sent to the applicant last.
func (c *client) proveAddress(t *testing.T, a payerApplication) payerApplication {
	t.Helper()
	return c.proveAddressOf(t, a, 1)
}

// proveAddressOf enters the newest code of an applicant who was sent that many.
func (c *client) proveAddressOf(t *testing.T, a payerApplication, sent int) payerApplication {
	t.Helper()
	require.Eventually(t, func() bool { return len(addressCodes(t, c.server)) >= sent }, patience, 20*time.Millisecond)
	entry := object{"code": addressCodes(t, c.server)[0]}
	now := as[payerApplication](t, c.bearing(a.FlowToken).post(t, a.path("/confirmation"), entry), http.StatusOK)
	require.True(t, now.EmailConfirmed)
	return a.kept(now)
}

// proveAddressAgain has another code sent first: the one before is too old.
func (c *client) proveAddressAgain(t *testing.T, a payerApplication) payerApplication {
	t.Helper()
	c.server.Settle(t)
	sent := len(addressCodes(t, c.server))
	c.bearing(a.FlowToken).post(t, a.path("/codes"), nil).ok(t, http.StatusCreated)
	return c.proveAddressOf(t, a, sent+1)
}

// addressCodes are the codes that were sent to the applicants, newest first.
func addressCodes(t *testing.T, s *testkit.Server) (codes []string) {
	t.Helper()
	for _, m := range s.Sent(t, applicantsMailbox) {
		if m.Code != "" {
			codes = append(codes, m.Code)
		}
	}
	return codes
}

// documentCode is the code of the newest electronic document to a payer, of so
// many.
func documentCode(t *testing.T, s *testkit.Server, p payer, count int) string {
	t.Helper()
	return s.Await(t, p.number, count)[0].Code
}

// byDocument is a payer whose code has come as an electronic document.
func (c *client) byDocument(t *testing.T, p payer) (payerApplication, string) {
	t.Helper()
	a := c.reaches(t, c.apply(t, p, "edo"), "sent")
	return a, documentCode(t, c.server, p, 1)
}

// activation is the body of an activation.
func (c *client) activation(t *testing.T, p payer, code string) object {
	t.Helper()
	return object{
		"registration_number": p.number, "activation_code": code,
		"accepted_terms_version": c.terms(t, connectionTerms).Version,
		"password":               password, "password_confirmation": password,
	}
}

func (c *client) activate(t *testing.T, p payer, code string) answer {
	t.Helper()
	return c.post(t, activationsPath, c.activation(t, p, code))
}

// connect is a payer who has activated the connection by electronic document,
// with [password].
func (c *client) connect(t *testing.T, p payer) {
	t.Helper()
	_, code := c.byDocument(t, p)
	c.activate(t, p, code).ok(t, http.StatusCreated)
}

func (c *client) signInPayer(t *testing.T, login, password string) answer {
	t.Helper()
	return c.post(t, "/v1/sessions", object{"account_type": "payer", "login": login, "password": password})
}

// payerSession is a session of a payer that is for everything or for one thing.
func (c *client) payerSession(t *testing.T, p payer, password, scope string) signedIn {
	t.Helper()
	in := as[signedIn](t, c.signInPayer(t, p.number, password), http.StatusCreated)
	require.Equal(t, scope, in.Session.Scope)
	require.Equal(t, "payer", in.Account.AccountType)
	return in
}

// newPassword is the body of a change of passwords.
func newPassword(old, fresh string) object {
	return object{"current_password": old, "password": fresh, "password_confirmation": fresh}
}

// agreeing is a body that agrees to the terms in force, too.
func (c *client) agreeing(t *testing.T, body object) object {
	t.Helper()
	body["accepted_terms_version"] = c.terms(t, connectionTerms).Version
	return body
}

// payerKinds are the subjects of what was sent to an address, oldest first,
// with those that carry a code left out.
func payerKinds(t *testing.T, s *testkit.Server, to string) []string {
	t.Helper()
	var subjects []string
	for _, m := range s.Sent(t, to) {
		if m.Code == "" {
			subjects = append(subjects, m.Subject)
		}
	}
	slices.Reverse(subjects)
	return subjects
}

// payerLimits lifts the limits on applications, for tests about something else.
func payerLimits() testkit.Option {
	return func(s *testkit.Server) {
		roomy()(s)
		testkit.Env("KABINET_POLICY_PAYER_APPLICATIONS_PER_NUMBER", "1000")(s)
		testkit.Env("KABINET_POLICY_PASSWORD_CHANGES_PER_HOUR", "1000")(s)
	}
}

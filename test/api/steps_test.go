package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit"
)

const (
	phone    = "+79001234567"
	mailbox  = "anna.smirnova@example.org"
	password = "morning tram 42 lantern"
	// another is a second good password.
	another = "paper boat on the roof"
)

// registration is what the API says of a registration.
type registration struct {
	ID          string    `json:"id"`
	Status      string    `json:"status"`
	Contact     string    `json:"contact"`
	Code        *code     `json:"code"`
	CreatedAt   time.Time `json:"created_at"`
	ExpiresAt   time.Time `json:"expires_at"`
	NextActions []string  `json:"next_actions"`
	FlowToken   string    `json:"flow_token"`
}

type code struct {
	Length       int       `json:"length"`
	ExpiresAt    time.Time `json:"expires_at"`
	ResendAt     time.Time `json:"resend_at"`
	AttemptsLeft int       `json:"attempts_left"`
}

type session struct {
	ID          string    `json:"id"`
	Status      string    `json:"status"`
	Scope       string    `json:"scope"`
	ScopeReason string    `json:"scope_reason"`
	Current     bool      `json:"current"`
	Transport   string    `json:"transport"`
	UserAgent   string    `json:"user_agent"`
	Address     string    `json:"address"`
	LastUsedAt  time.Time `json:"last_used_at"`
	IdleAt      time.Time `json:"idle_expires_at"`
	ExpiresAt   time.Time `json:"expires_at"`
	NextActions []string  `json:"next_actions"`
}

type account struct {
	ID          string   `json:"id"`
	AccountType string   `json:"account_type"`
	Level       string   `json:"level"`
	Status      string   `json:"status"`
	FamilyName  string   `json:"family_name"`
	GivenName   string   `json:"given_name"`
	Locale      string   `json:"locale"`
	Name        string   `json:"name"`
	Number      string   `json:"registration_number"`
	Password    string   `json:"password_status"`
	Terms       string   `json:"accepted_terms_version"`
	NextActions []string `json:"next_actions"`
	Contacts    []struct {
		Kind  string `json:"kind"`
		Value string `json:"value"`
	} `json:"contacts"`
}

type signedIn struct {
	AccessToken  string  `json:"access_token"`
	TokenType    string  `json:"token_type"`
	ExpiresIn    int     `json:"expires_in"`
	RefreshToken string  `json:"refresh_token"`
	Session      session `json:"session"`
	Account      account `json:"account"`
	// PasswordEnds is when a payer's password has to be changed.
	PasswordEnds *time.Time `json:"password_expires_at"`
}

type sessionList struct {
	Items      []session `json:"items"`
	NextCursor *string   `json:"next_cursor"`
}

// applicant is a person with a contact, as the body of a registration.
func applicant(contact string) object {
	return object{"family_name": "Смирнова", "given_name": "Анна", kindOf(contact): contact}
}

func kindOf(contact string) string {
	if contact[0] == '+' {
		return "phone"
	}
	return "email"
}

// start opens a registration.
func (c *client) start(t *testing.T, contact string) registration {
	t.Helper()
	return as[registration](t, c.post(t, "/v1/registrations", applicant(contact)), http.StatusCreated)
}

func (r registration) path(step string) string { return "/v1/registrations/" + r.ID + step }

// flow is the client with the registration's capability.
func (c *client) flow(r registration) *client { return c.bearing(r.FlowToken) }

// look is the registration as it is now.
func (c *client) look(t *testing.T, r registration) registration {
	t.Helper()
	return as[registration](t, c.flow(r).get(t, r.path("")), http.StatusOK)
}

func (c *client) resend(t *testing.T, r registration) answer {
	t.Helper()
	return c.flow(r).post(t, r.path("/codes"), nil)
}

func (c *client) enter(t *testing.T, r registration, code string) answer {
	t.Helper()
	return c.flow(r).post(t, r.path("/confirmation"), object{"code": code})
}

func (c *client) choose(t *testing.T, r registration, password string) answer {
	t.Helper()
	return c.flow(r).post(t, r.path("/password"), object{"password": password, "password_confirmation": password})
}

// confirmed is a registration whose contact is proven. No message may have
// gone to the contact before.
func (c *client) confirmed(t *testing.T, contact string) registration {
	t.Helper()
	r := c.start(t, contact)
	sent := c.server.Await(t, contact, 1)
	c.enter(t, r, sent[0].Code).ok(t, http.StatusOK)
	return r
}

// register makes an account and signs in to it.
func (c *client) register(t *testing.T, contact string) signedIn {
	t.Helper()
	return as[signedIn](t, c.choose(t, c.confirmed(t, contact), password), http.StatusCreated)
}

func (c *client) signIn(t *testing.T, login, password string) answer {
	t.Helper()
	return c.post(t, "/v1/sessions", object{"account_type": "citizen", "login": login, "password": password})
}

// me is the account behind an access token.
func (c *client) me(t *testing.T, token string) account {
	t.Helper()
	return as[account](t, c.bearing(token).get(t, "/v1/me"), http.StatusOK)
}

func (c *client) sessions(t *testing.T, token string) sessionList {
	t.Helper()
	return as[sessionList](t, c.bearing(token).get(t, "/v1/sessions"), http.StatusOK)
}

func (c *client) refresh(t *testing.T, token string) answer {
	t.Helper()
	return c.post(t, "/v1/sessions/refresh", object{"refresh_token": token})
}

// wrongCode is a code that is not the right one.
func wrongCode(right string) string {
	if right == "000000" {
		return "000001"
	}
	return "000000"
}

// newServer is a server and a client of it.
func newServer(t *testing.T, e testkit.Engine, options ...testkit.Option) (*testkit.Server, *client) {
	t.Helper()
	s := testkit.NewServer(t, e, options...)
	c := newClient(s)
	t.Cleanup(c.http.CloseIdleConnections)
	return s, c
}

// proxied lets clients say which address they come from.
func proxied() testkit.Option { return testkit.Env("KABINET_TRUSTED_PROXIES", "127.0.0.0/8,::1/128") }

// roomy lifts the limits on codes, for tests that are about something else.
func roomy() testkit.Option {
	return func(s *testkit.Server) {
		for name, value := range map[string]string{
			"CODES_PER_HOUR": "1000", "CODES_PER_DAY": "10000", "CODES_PER_CLIENT": "1000000",
			"CODE_ATTEMPTS_PER_DAY": "1000",
		} {
			testkit.Env("KABINET_POLICY_"+name, value)(s)
		}
	}
}

// parallel runs fn so many times at once and returns what each answered.
func parallel(t *testing.T, times int, fn func(i int) answer) []answer {
	t.Helper()
	answers := make([]answer, times)
	ready, done := make(chan struct{}), make(chan struct{}, times)
	for i := range times {
		go func() {
			defer func() { done <- struct{}{} }()
			<-ready
			answers[i] = fn(i)
		}()
	}
	close(ready)
	for range times {
		<-done
	}
	require.False(t, t.Failed())
	return answers
}

// count is how many answers have a status.
func count(answers []answer, status int) int {
	n := 0
	for _, a := range answers {
		if a.status == status {
			n++
		}
	}
	return n
}

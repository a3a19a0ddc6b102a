package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit"
)

const confirmationsPath = "/v1/me/confirmations"

// confirmation is what the API says of a way to a confirmed identity.
type confirmation struct {
	ID             string     `json:"id"`
	Method         string     `json:"method"`
	Status         string     `json:"status"`
	ExpiresAt      *time.Time `json:"expires_at"`
	VisitCode      string     `json:"visit_code"`
	QRPayload      string     `json:"qr_payload"`
	DueOn          string     `json:"due_on"`
	TrackingNumber string     `json:"tracking_number"`
	AttemptsLeft   *int       `json:"attempts_left"`
	NextAllowedAt  *time.Time `json:"next_allowed_at"`
	Level          string     `json:"level"`
	NextActions    []string   `json:"next_actions"`
	Reason         *struct {
		Code, Detail string
	} `json:"reason"`
}

func (c confirmation) path(step string) string { return confirmationsPath + "/" + c.ID + step }

// way is one of the ways that may be open to a person.
type way struct {
	Method        string     `json:"method"`
	Available     bool       `json:"available"`
	AvailableFrom string     `json:"available_from"`
	NextAllowedAt *time.Time `json:"next_allowed_at"`
	Needs         []string   `json:"needs"`
	NextActions   []string   `json:"next_actions"`
	Reason        *struct {
		Code, Detail string
	} `json:"reason"`
	Regions []struct {
		Region        string `json:"region"`
		Name          string `json:"name"`
		AvailableFrom string `json:"available_from"`
	} `json:"regions"`
}

// ways are all of them by their method.
func (p citizen) ways(t *testing.T) map[string]way {
	t.Helper()
	list := as[struct{ Items []way }](t, p.get(t, "/v1/me/confirmation-methods"), http.StatusOK)
	all := map[string]way{}
	for _, w := range list.Items {
		require.Equal(t, w.Available, w.Reason == nil)
		require.NotEmpty(t, w.Needs)
		require.NotEmpty(t, w.NextActions)
		all[w.Method] = w
	}
	require.Len(t, all, 3)
	return all
}

// byLetter is the body that asks for a letter to the person's own address.
func (p citizen) byLetter() object {
	return object{"method": "registered_letter", "postal_address": p.papers["registration_address"]}
}

func visit(method string) object { return object{"method": method} }

func (p citizen) request(t *testing.T, body object) confirmation {
	t.Helper()
	return as[confirmation](t, p.post(t, confirmationsPath, body), http.StatusCreated)
}

func (p citizen) look(t *testing.T, c confirmation) confirmation {
	t.Helper()
	return as[confirmation](t, p.get(t, c.path("")), http.StatusOK)
}

func (p citizen) enter(t *testing.T, c confirmation, code string) answer {
	t.Helper()
	return p.post(t, c.path("/code"), object{"code": code})
}

// delivered has the post bring a letter, and returns its code.
func (p citizen) delivered(t *testing.T, c confirmation) string {
	t.Helper()
	p.with("Authorization").post(t, "/v1/sandbox/letters/"+c.ID+"/delivery", nil).ok(t, http.StatusOK)
	return codeOf(t, p.server, c)
}

// codeOf is the code of a letter that was printed.
func codeOf(t *testing.T, s *testkit.Server, c confirmation) string {
	t.Helper()
	for _, m := range s.Sent(t, "") {
		if m.ID.String() == c.ID {
			require.NotEmpty(t, m.Code)
			return m.Code
		}
	}
	require.Fail(t, "no such letter")
	return ""
}

// sloppily is a code as a person may type it.
func sloppily(code string) string {
	return " " + strings.NewReplacer("0", "o", "1", "l").Replace(strings.ToLower(code)) + " "
}

// wrongLetterCode is a code of the right form that is not the right one.
func wrongLetterCode(right string) string {
	if strings.HasPrefix(right, "0") {
		return "1" + right[1:]
	}
	return "0" + right[1:]
}

// notice waits for the message about a confirmed identity, and returns the token
// in its link.
func (p citizen) notice(t *testing.T) (token string) {
	t.Helper()
	require.Eventually(t, func() bool {
		for _, m := range p.server.Sent(t, p.contact) {
			if _, after, found := strings.Cut(m.Text, p.server.URL+"/not-me#"); found {
				token = strings.Fields(after)[0]
			}
		}
		return token != ""
	}, patience, 50*time.Millisecond)
	require.Len(t, token, 43, "256 bits")
	return token
}

func (c *client) dispute(t *testing.T, token string) answer {
	t.Helper()
	return c.post(t, "/v1/confirmation-disputes", object{"token": token})
}

// postConfirmation, postLetterCode and postDispute are requests of the table of
// all POST routes.
func postConfirmation(t *testing.T, c *client) post {
	t.Helper()
	anna := newCitizen(t, c, phone, "600", "passed")
	return post{anna.client, confirmationsPath, anna.byLetter(), visit("fund_office")}
}

func postLetterCode(t *testing.T, c *client) post {
	t.Helper()
	anna := newCitizen(t, c, phone, "600", "passed")
	letter := anna.request(t, anna.byLetter())
	code := anna.delivered(t, letter)
	return post{anna.client, letter.path("/code"), object{"code": code}, object{"code": wrongLetterCode(code)}}
}

func postDispute(t *testing.T, c *client) post {
	t.Helper()
	p := postLetterCode(t, c)
	p.send(t, "another-request").ok(t, http.StatusOK)
	token := citizen{client: c, contact: phone}.notice(t)
	return post{c, "/v1/confirmation-disputes", object{"token": token}, object{"token": "another"}}
}

package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit"
)

// digitsOf is a number without its dashes.
func digitsOf(number string) string { return strings.ReplaceAll(number, "-", "") }

// receipt plays a receipt of the exchange.
func (c *client) receipt(t *testing.T, document, status string) {
	t.Helper()
	c.post(t, "/v1/sandbox/edo-documents/"+document+"/receipts", object{"status": status}).ok(t, http.StatusNoContent)
}

// awaitDocument waits until an electronic document has come to a state.
func awaitDocument(t *testing.T, s *testkit.Server, document, status string) {
	t.Helper()
	require.Eventually(t, func() bool {
		return column(t, s, "SELECT status FROM edo_documents WHERE id = '"+document+"'")[0] == status
	}, patience, 20*time.Millisecond, "the document does not become %s", status)
}

// printedCode is the code in a letter that was printed in a sandbox.
func (c *client) printedCode(t *testing.T, letter string) string {
	t.Helper()
	for _, m := range c.server.Sent(t, "") {
		if m.ID.String() == letter {
			return m.Code
		}
	}
	require.Fail(t, "no letter was printed")
	return ""
}

// payerFound is a payer as an operator sees it.
type payerFound struct {
	Number         string `json:"registration_number"`
	State          string `json:"state"`
	Connected      bool   `json:"connected"`
	PasswordStatus string `json:"password_status"`
	Applications   []struct {
		ID         string     `json:"id"`
		Status     string     `json:"status"`
		DueOn      string     `json:"due_on"`
		BreachedAt *time.Time `json:"breached_at"`
	} `json:"applications"`
	NextActions []string `json:"next_actions"`
}

// findPayer looks for a payer of the office's own.
func (c counter) findPayer(t *testing.T, p payer) payerFound {
	t.Helper()
	a := c.post(t, c.path("/payer-searches"), object{"registration_number": p.number})
	return as[payerFound](t, a, http.StatusOK)
}

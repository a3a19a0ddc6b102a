package api_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit"
	"example.org/kabinet/internal/testkit/paper"
)

// officeOf is the office of the fund with a code, such as "087-214".
func officeOf(t *testing.T, s *testkit.Server, code string) uuid.UUID {
	t.Helper()
	found := column(t, s, "SELECT id FROM service_centres WHERE removed_at IS NULL AND office_code = '"+
		strings.ReplaceAll(code, "-", "")+"'")
	require.Len(t, found, 1)
	return uuid.MustParse(found[0])
}

// payersOffice is an operator at the office of the sandbox's payers.
func payersOffice(t *testing.T, s *testkit.Server, role domain.Role) counter {
	t.Helper()
	at := officeOf(t, s, "087-214")
	return counter{newOperator(t, s, role, at), at}
}

// cardFor is the body of a registration card, for the head of an organisation.
func cardFor(p payer, purpose string) object {
	return object{
		"registration_number": p.number, "purpose": purpose,
		"visitor": object{
			"family_name": "Посетителева", "given_name": "Вера", "patronymic": "Львовна",
			"passport_series": "6614", "passport_number": "000600",
		},
		"authority": object{"kind": "head"},
	}
}

// issueCard has a card issued.
func (c counter) issueCard(t *testing.T, p payer, purpose string) answer {
	t.Helper()
	return c.post(t, c.path("/registration-cards"), cardFor(p, purpose))
}

// card is the password on a card that is issued.
func (c counter) card(t *testing.T, p payer, purpose string) string {
	t.Helper()
	a := c.issueCard(t, p, purpose)
	a.ok(t, http.StatusCreated)
	require.Equal(t, "application/pdf", a.header.Get("Content-Type"))
	require.Equal(t, "no-store", a.header.Get("Cache-Control"))
	return printedPassword(t, a.body)
}

// printedPassword is the password that a card shows, a box for each character.
func printedPassword(t *testing.T, pdf []byte) string {
	t.Helper()
	found := regexp.MustCompile(`(?m)(?:^[0-9A-HJKMNP-TV-Z]\n){16}`).FindAllString(paper.Words(t, pdf), -1)
	require.Len(t, found, 1)
	return strings.ReplaceAll(found[0], "\n", "")
}

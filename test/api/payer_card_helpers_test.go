package api_test

import (
	"bytes"
	"compress/zlib"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit"
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
	found := regexp.MustCompile(`(?m)(?:^[0-9A-HJKMNP-TV-Z]\n){16}`).FindAllString(wordsOf(t, pdf), -1)
	require.Len(t, found, 1)
	return strings.ReplaceAll(found[0], "\n", "")
}

// wordsOf is all that is written in a PDF, line by line in the order of writing.
func wordsOf(t *testing.T, pdf []byte) string {
	t.Helper()
	var b strings.Builder
	for _, stream := range regexp.MustCompile(`(?s)stream\n(.*?)\nendstream`).FindAllSubmatch(pdf, -1) {
		r, err := zlib.NewReader(bytes.NewReader(stream[1]))
		if err != nil {
			continue // a picture
		}
		content, err := io.ReadAll(r)
		require.NoError(t, err)
		for _, found := range regexp.MustCompile(`(?s)\(((?:\\.|[^\\()])*)\) Tj`).FindAllSubmatch(content, -1) {
			_, _ = b.WriteString(decodedText(found[1]) + "\n")
		}
	}
	return b.String()
}

// decodedText is a string of a PDF: UTF-16 with escapes.
func decodedText(raw []byte) string {
	plain := strings.NewReplacer(`\\`, `\`, `\(`, `(`, `\)`, `)`, `\r`, "\r").Replace(string(raw))
	var units []uint16
	for i := 0; i+1 < len(plain); i += 2 {
		units = append(units, uint16(plain[i])<<8|uint16(plain[i+1]))
	}
	return string(utf16.Decode(units))
}

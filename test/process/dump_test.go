package process_test

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit"
)

// forms are the ways in which a value may stand in a dump for everybody to
// read: as it is, in hex, and in base64 wherever in a longer text it begins.
func forms(value string) []string {
	all := []string{value}
	for _, other := range []string{strings.ToLower(value), strings.ToUpper(value)} {
		if other != value {
			all = append(all, other)
		}
	}
	digits := hex.EncodeToString([]byte(value))
	all = append(all, digits, strings.ToUpper(digits))
	for before := range 3 {
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			text := encoding.EncodeToString([]byte(strings.Repeat("\x00", before) + value))
			// The first and the last characters also hold bits of the neighbours.
			text = text[[]int{0, 2, 3}[before]:]
			if (before+len(value))%3 != 0 {
				text = text[:len(text)-1]
			}
			all = append(all, text)
		}
	}
	return all
}

// clearForm finds the form in which a value stands in a dump; empty if it does not.
func clearForm(dump, value string) string {
	for _, form := range forms(value) {
		if !strings.Contains(dump, form) {
			continue
		}
		if numeric(form) && len(form) <= len("123456") {
			// So short a number also occurs in ids and fractions of seconds.
			if regexp.MustCompile(`(^|[^0-9a-fA-F.])` + form + `([^0-9a-fA-F]|$)`).MatchString(dump) {
				return form
			}
			continue
		}
		return form
	}
	return ""
}

func numeric(text string) bool { return strings.Trim(text, "0123456789") == "" }

// The search finds what it has to find.
func TestClearForm(t *testing.T) {
	t.Parallel()
	const canary = "Канареева"
	for before := range 7 {
		around := strings.Repeat("x", before) + canary + "yz"
		for _, dump := range []string{
			around, strings.ToUpper(around), hex.EncodeToString([]byte(around)),
			base64.StdEncoding.EncodeToString([]byte(around)), base64.URLEncoding.EncodeToString([]byte(around)),
		} {
			require.NotEmpty(t, clearForm("INSERT INTO t VALUES ('"+dump+"');", canary))
			require.Empty(t, clearForm(dump, "Синицына"))
		}
	}
	for dump, found := range map[string]bool{
		"('123456')": true, `"code":123456,`: true, "\x00123456\x00": true, "123456": true,
		hex.EncodeToString([]byte("123456")): true, base64.StdEncoding.EncodeToString([]byte(`{"code":"123456"}`)): true,
		"12:00:00.123456+00": false, "019a-a123456b": false, "1234567": false,
	} {
		require.Equal(t, found, clearForm(dump, "123456") != "", dump)
	}
}

// secrets are what nobody may find in a dump, by what they are.
func (c *citizen) secrets() map[string]string {
	all := map[string]string{
		"family name":   "Канареева",
		"given name":    "Лукерья",
		"phone":         c.phone,
		"phone, 10":     c.phone[len("+7"):],
		"phone, 8":      "8" + c.phone[len("+7"):],
		"password":      c.password,
		"wrong word":    wrongPassword,
		"code":          c.code,
		"flow token":    c.flow,
		"access token":  c.access,
		"refresh token": c.refresh,
		"agent":         c.header.Get("User-Agent"),
		"address":       c.header.Get("X-Forwarded-For"),
	}
	for what, value := range all {
		if value == "" {
			delete(all, what)
		}
	}
	return all
}

const wrongPassword = "canary of a wrong guess"

// Somebody has a copy of the database, made while messages wait and when all is
// done.
//
// M27
func TestNothingClearInADump(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		h := newHouse(t, e)
		h.settings["KABINET_TRUSTED_PROXIES"] = "127.0.0.0/8"
		p := h.serve()
		c := newCitizen(4_815_162)
		c.header = http.Header{"User-Agent": {"CanaryBrowser/4.8"}, "X-Forwarded-For": {"203.0.113.77"}}
		const email = "canary.finch@example.org"
		mail := c.registration()
		mail.body = map[string]string{"family_name": "Канареева", "given_name": "Лукерья", "email": email}
		extra := map[string]string{"e-mail": email, "mailbox": "canary.finch"}
		search := func(moment string) {
			t.Helper()
			dump := string(testkit.Dump(t, e, h.database))
			require.Contains(t, dump, "registration.start", "the dump is one")
			all := c.secrets()
			maps.Copy(all, extra)
			for what, value := range all {
				require.NotEmpty(t, value, what)
				require.Empty(t, clearForm(dump, value), "%s: %s", moment, what)
			}
		}

		h.breakOutbox()
		step := 0
		take := func(status int, r request) answer {
			t.Helper()
			step++
			r.key = fmt.Sprintf("canary-key-%d", step)
			extra[r.key] = r.key
			return p.must(status, r)
		}
		extra["mail's flow token"] = take(http.StatusCreated, mail).text("flow_token")
		c.started(take(http.StatusCreated, c.registration()))
		p.awaitFailure()
		search("while messages wait")

		h.mendOutbox()
		var err error
		c.code, err = h.code(c.phone)
		require.NoError(t, err)
		extra["mail's code"], err = h.code(email)
		require.NoError(t, err)
		search("when they have left")
		take(http.StatusOK, c.confirmation())
		c.entered(take(http.StatusCreated, c.choice()))
		search("with an account")

		old := *c
		c.entered(take(http.StatusOK, c.renewal()))
		extra["old access token"], extra["old refresh token"] = old.access, old.refresh
		c.password, old.password = wrongPassword, c.password
		take(http.StatusUnauthorized, c.signIn())
		c.password = old.password
		c.entered(take(http.StatusCreated, c.signIn()))
		take(http.StatusCreated, c.registration()) // of a contact that is taken
		p.must(http.StatusNoContent, request{method: http.MethodDelete, path: "/v1/sessions/current", token: c.access, header: c.header})
		search("signed out")
		p.stop()
		search("at the end")
	})
}

package process_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit"
)

// The first administrator is made by a command, beside a program that runs or
// before it, and enrols over HTTP; a dump tells none of the secrets. // M25 M27
func TestFirstAdministrator(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		h := newHouse(t, e)
		p := h.serve()
		secrets := map[string]string{
			"family name": "Канареечкина", "given name": "Цецилия", "e-mail": "canary.wren@example.org", "mailbox": "canary.wren",
			"SNILS": "08765430300", "SNILS, typed": "087-654-303 00", "password": "a wren sings in the reeds",
		}
		code, out, complaint := h.run(nil, "operator", "create", "--login", "first", "--family-name", secrets["family name"],
			"--given-name", secrets["given name"], "--email", secrets["e-mail"], "--snils", secrets["SNILS, typed"])
		require.Zero(t, code, complaint)
		_, token, ok := strings.Cut(strings.TrimSpace(out), "#")
		require.True(t, ok, out)
		secrets["enrolment token"] = token

		shown := p.must(http.StatusCreated, request{
			method: http.MethodPost, path: "/v1/operator-enrolments", key: "canary-key-start", body: map[string]string{"enrolment_token": token},
		})
		secrets["TOTP secret"] = shown.text("totp", "secret")
		otp := func(offset time.Duration) string {
			code, err := totp.GenerateCode(secrets["TOTP secret"], time.Now().Add(offset))
			require.NoError(t, err)
			return code
		}
		p.must(http.StatusCreated, request{
			method: http.MethodPost, path: "/v1/operator-enrolments/completion", key: "canary-key-complete", body: map[string]string{
				"enrolment_token": token, "password": secrets["password"], "password_confirmation": secrets["password"], "otp": otp(0),
			},
		})
		in := p.must(http.StatusCreated, request{
			method: http.MethodPost, path: "/v1/sessions", key: "canary-key-session", body: map[string]string{
				"account_type": "operator", "login": "first", "password": secrets["password"], "otp": otp(30 * time.Second),
			},
		})
		secrets["access token"], secrets["refresh token"] = in.text("access_token"), in.text("refresh_token")
		list := p.must(http.StatusOK, request{
			method: http.MethodGet, path: "/v1/operator/audit-events?action=operator.create", token: secrets["access token"],
		})
		require.Contains(t, string(list.body), `"operator_id":null`, "it was the command line")

		dump := string(testkit.Dump(t, e, h.database))
		require.Contains(t, dump, "operator.create", "the dump is one")
		for what, value := range secrets {
			require.NotEmpty(t, value, what)
			require.Empty(t, clearForm(dump, value), what)
		}
		log := p.log.String() + complaint
		delete(secrets, "mailbox")
		for what, value := range secrets {
			require.NotContains(t, log, value, what)
		}
		p.stop()
	})
}

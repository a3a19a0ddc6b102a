package process_test

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit"
)

// secrets are what nobody may find in a dump, by what they are.
func (o *payer) secrets() map[string]string {
	all := map[string]string{
		"number": o.number, "number, digits": strings.ReplaceAll(o.number, "-", ""), "INN": o.inn,
		"unified number": "1000000001", "OGRN": "1266700000016", "name": "Пример Первый",
		"agreement": "SYN-EDO-0001", "e-mail": o.email, "mailbox": "canary.payer", "e-mail on record": "payer1@example.org",
		"password": o.password, "flow token": o.flow, "access token": o.access, "refresh token": o.refresh,
		"code": o.code, "code, digits": strings.ReplaceAll(o.code, "-", ""),
		"agent": o.header.Get("User-Agent"), "address": o.header.Get("X-Forwarded-For"),
	}
	maps.DeleteFunc(all, func(_, value string) bool { return value == "" })
	return all
}

// cardOrder is a registration card for a payer whose password is lost, fetched
// by somebody with a power of attorney.
func (o *payer) cardOrder(place, token string, visitor map[string]string) request {
	return request{
		method: http.MethodPost, path: "/v1/operator/places/" + place + "/registration-cards", token: token,
		body: map[string]any{
			"registration_number": o.number, "purpose": "lost_password",
			"visitor": map[string]any{
				"family_name": visitor["visitor's family name"], "given_name": visitor["visitor's given name"], "no_patronymic": true,
				"passport_series": "6614", "passport_number": visitor["visitor's passport"],
			},
			"authority": map[string]any{
				"kind": "power_of_attorney", "number": visitor["power of attorney"], "issued_on": "2020-02-03",
			},
		},
	}
}

// Somebody has a copy of the database, made while a payer's code waits, when it
// has left, with the payer connected, and after a registration card.
//
// M27
func TestNothingOfPayersInADump(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		h := newHouse(t, e)
		h.settings["KABINET_TRUSTED_PROXIES"] = "127.0.0.0/8"
		p := h.serve()
		o := newPayer("canary.payer@example.org")
		o.header = http.Header{"User-Agent": {"CanaryBrowser/4.8"}, "X-Forwarded-For": {"203.0.113.77"}}
		secrets, dumps := map[string]string{}, map[string]string{}
		dump := func(moment string) {
			t.Helper()
			maps.Copy(secrets, o.secrets())
			dumps[moment] = string(testkit.Dump(t, e, h.database))
			require.Contains(t, dumps[moment], "payer_application.submit", "the dump is one")
		}
		take := func(status int, r request) answer {
			t.Helper()
			r.key = fmt.Sprintf("canary-key-%d", len(secrets))
			secrets["key of "+r.path+" "+r.key] = r.key
			return p.must(status, r)
		}

		h.breakOutbox()
		o.applied(take(http.StatusCreated, o.application()))
		p.awaitLogged("document not carried", "document_id")
		dump("while the code waits")

		h.mendOutbox()
		var err error
		secrets["code of the address"], err = h.addressCode(o)
		require.NoError(t, err)
		take(http.StatusOK, o.confirmation(secrets["code of the address"]))
		o.code, err = h.code(o.number)
		require.NoError(t, err)
		h.comes(t, "payer_applications WHERE status = 'sent'", 1)
		dump("when it has left")

		p.agree(o)
		right := o.code
		o.code = strings.Repeat("0", len("00000000000000000000"))
		p.must(http.StatusUnprocessableEntity, o.activation())
		o.code = right
		take(http.StatusCreated, o.activation())
		own := o.password
		o.password = wrongPassword
		take(http.StatusUnauthorized, o.signIn())
		maps.Copy(secrets, map[string]string{"wrong password": wrongPassword, "first password": own})
		o.password = own
		o.entered(take(http.StatusCreated, o.signIn()))
		dump("connected")

		visitor := map[string]string{
			"visitor's family name": "Канареечкина", "visitor's given name": "Цецилия", "visitor's passport": "941275",
			"power of attorney": "Канарейка-17",
		}
		maps.Copy(secrets, visitor)
		order := o.cardOrder(h.placeOf(t, "FO-67-001"), p.employ(1, "operator", "FO-67-001"), visitor)
		o.password, err = cardPassword(p.must(http.StatusCreated, order).body)
		require.NoError(t, err)
		secrets["card"] = o.password
		secrets["card, in groups"] = strings.Join([]string{o.password[:4], o.password[4:8], o.password[8:12], o.password[12:]}, "-")
		o.entered(take(http.StatusCreated, o.signIn()))
		dump("with a card")
		changed := "radish lantern over the hill"
		o.entered(take(http.StatusOK, o.change(changed)))
		o.password = changed
		dump("with another password")
		p.stop()
		dump("at the end")

		for what, value := range secrets {
			require.NotEmpty(t, value, what)
			require.NotContains(t, p.log.String(), value, "log: %s", what)
			for moment, text := range dumps {
				require.Empty(t, clearForm(text, value), "%s: %s", moment, what)
			}
		}
	})
}

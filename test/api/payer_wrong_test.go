package api_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit"
)

// bureau is a server with payers and those who serve them, to be troubled with
// wrong input.
type bureau struct {
	*client
	filed payerApplication
	// proven is an application whose address is proven.
	proven payerApplication
	payer  *client
	desk   counter
}

func newBureau(t *testing.T, e testkit.Engine) *bureau {
	t.Helper()
	s, c := newServer(t, e, payerLimits())
	b := &bureau{client: c, payer: payerAtWork(t, c), desk: payersOffice(t, s, domain.RoleOperator)}
	proven := visiting(t, c)
	b.proven, b.filed = c.proveAddress(t, proven), visiting(t, c)
	return b
}

// operations are all of payers that take a body, each with a right one. None of
// those is ever sent as it is.
func (b *bureau) operations(t *testing.T) []operation {
	t.Helper()
	flow := b.bearing(b.proven.FlowToken)
	return []operation{
		{"apply", b.client, applicationsPath, applicationOf(firstPayer(), "edo")},
		{"prove", b.bearing(b.filed.FlowToken), b.filed.path("/confirmation"), object{"code": "123456"}},
		{"another way", flow, b.proven.path("/delivery-method"), object{"delivery_method": "edo"}},
		{"activate", b.client, activationsPath, b.activation(t, firstPayer(), wrongActivationCode(t))},
		{"change the password", b.payer, passwordPath, newPassword(connectedPassword, another)},
		{"agree", b.payer, acceptancesPath, object{"accepted_terms_version": b.terms(t, connectionTerms).Version}},
		{"search", b.desk.client, b.desk.path("/payer-searches"), object{"registration_number": firstPayer().number}},
		{"card", b.desk.client, b.desk.path("/registration-cards"), cardFor(firstPayer(), "connection")},
	}
}

func (b *bureau) operation(t *testing.T, name string) operation {
	t.Helper()
	all := b.operations(t)
	return all[slices.IndexFunc(all, func(o operation) bool { return o.name == name })]
}

// wrongBodies are texts that are no body of the operation.
func (b *bureau) wrongBodies(t *testing.T) []wrong {
	t.Helper()
	var table []wrong
	for _, o := range b.operations(t) {
		for name, raw := range broken() {
			table = append(table, o.wrong(name, raw).answered(http.StatusBadRequest, "malformed_json"))
		}
		form := o.wrong("as a form", o.but(nil)).answered(http.StatusUnsupportedMediaType, "unsupported_media_type")
		form.client = form.client.with("Content-Type", "application/x-www-form-urlencoded")
		padded := strings.Repeat(" ", maxBody) + "{}"
		table = append(table, form, o.wrong("too large", padded).answered(http.StatusRequestEntityTooLarge, "body_too_large"),
			o.invalid("unknown field", object{"level": "confirmed"}, [2]string{"/level", "unknown_field"}))
		for _, field := range slices.Sorted(maps.Keys(o.body)) {
			if _, nested := o.body[field].(object); nested {
				continue
			}
			pointer := "/" + field
			table = append(table, o.invalid("no "+field, object{field: nil}, [2]string{pointer, "required"}),
				o.invalid("empty "+field, object{field: ""}, [2]string{pointer, "required"}),
				o.invalid("number as "+field, object{field: 1}, [2]string{pointer, "wrong_type"}),
				o.invalid("object as "+field, object{field: object{}}, [2]string{pointer, "wrong_type"}))
		}
	}
	return table
}

// wrongNumbers are registration numbers, INN, ways and addresses that are none.
func (b *bureau) wrongNumbers(t *testing.T) []wrong {
	t.Helper()
	var table []wrong
	numbers := []string{
		"1", "087-214", "087-214-00000", "087-214-0000011", "087-214-00000a", "0872140000011", "12345678901", "000-000-000000x",
		"８７-214-000001", "087/214/000001", "087-214-000001; --", strings.Repeat("1", 41), "\u202e087-214-000001",
	}
	for _, name := range []string{"apply", "activate", "search", "card"} {
		table = append(table, b.operation(t, name).each("registration_number", "registration_number_format", numbers...)...)
	}
	o := b.operation(t, "apply")
	table = append(table, o.each("inn", "inn_length", "1", "67000000140", "6700000014000")...)
	table = append(table, o.each("inn", "inn_check_digits", "6700000015", "670000000331")...)
	table = append(table, o.each("email", "email_invalid", "a", "a@b", "a b@c.ru", "+79001234567", "<a@b.ru>")...)
	for _, name := range []string{"apply", "another way"} {
		table = append(table, b.operation(t, name).each("delivery_method", "unsupported_value", "EDO", "email", "post", "in person", " edo")...)
	}
	return append(table, o.invalid("all at once", object{"registration_number": "x", "inn": "1", "email": "z", "delivery_method": "w", "locale": "de"},
		[2]string{"/registration_number", "registration_number_format"}, [2]string{"/inn", "inn_length"}, [2]string{"/email", "email_invalid"},
		[2]string{"/delivery_method", "unsupported_value"}, [2]string{"/locale", "unsupported_value"}))
}

// wrongActivations are codes, terms and passwords that are refused before any
// attempt is spent.
func (b *bureau) wrongActivations(t *testing.T) []wrong {
	t.Helper()
	o := b.operation(t, "activate")
	right := o.body["activation_code"].(string)
	table := o.each("activation_code", "activation_code_format",
		"1", right[:19], right+"0", "1234567890123456789a", "１２３４５６７８９０１２３４５６７８９０", "-----", "12345.67890.12345.67890")
	slip := right[:19] + string('0'+(right[19]-'0'+1)%10)
	twice := func(name, text string, code string) wrong {
		return o.invalid(name, object{"password": text, "password_confirmation": text}, [2]string{"/password", code})
	}
	return append(table,
		o.invalid("slip", object{"activation_code": slip}, [2]string{"/activation_code", "activation_code_check_digit"}),
		o.invalid("old terms", object{"accepted_terms_version": "2020-01-01"}, [2]string{"/accepted_terms_version", "consent_outdated"}),
		o.invalid("mismatch", object{"password_confirmation": another}, [2]string{"/password_confirmation", "password_mismatch"}),
		twice("short", "tram lanter", "password_too_short"), twice("common", "123456789012", "password_common"),
		twice("the number", "mine is 087-214-000001", "password_contains_number"),
		twice("the digits", "x087214000001yz", "password_contains_number"),
		twice("the product", "my kabinet is mine", "password_contains_product"),
		o.invalid("all at once", object{"activation_code": slip, "accepted_terms_version": "x", "password": "tram lanter", "password_confirmation": "y"},
			[2]string{"/activation_code", "activation_code_check_digit"}, [2]string{"/accepted_terms_version", "consent_outdated"},
			[2]string{"/password", "password_too_short"}, [2]string{"/password_confirmation", "password_mismatch"}))
}

// wrongChanges are new passwords and terms that a payer is refused.
func (b *bureau) wrongChanges(t *testing.T) []wrong {
	t.Helper()
	o, agree := b.operation(t, "change the password"), b.operation(t, "agree")
	return []wrong{
		o.invalid("wrong password", object{"current_password": password}, [2]string{"/current_password", "current_password_incorrect"}),
		o.invalid("the same", object{"password": connectedPassword, "password_confirmation": connectedPassword}, [2]string{"/password", "password_reused"}),
		o.invalid("mismatch", object{"password_confirmation": password}, [2]string{"/password_confirmation", "password_mismatch"}),
		o.invalid("the number", object{"password": "pay 087 214 000005 now", "password_confirmation": "pay 087 214 000005 now"},
			[2]string{"/password", "password_contains_number"}),
		o.invalid("old terms", object{"accepted_terms_version": "2020-01-01"}, [2]string{"/accepted_terms_version", "consent_outdated"}),
		agree.invalid("old terms", object{"accepted_terms_version": "2020-01-01"}, [2]string{"/accepted_terms_version", "consent_outdated"}),
	}
}

// wrongCards are visitors and papers that an operator cannot have seen.
func (b *bureau) wrongCards(t *testing.T) []wrong {
	t.Helper()
	o := b.operation(t, "card")
	visitor := func(changes object) object {
		body := maps.Clone(o.body["visitor"].(object))
		maps.Copy(body, changes)
		return object{"visitor": body}
	}
	authority := func(body object) object { return object{"authority": body} }
	at := func(field, code string) [2]string { return [2]string{field, code} }
	return []wrong{
		o.invalid("purpose", object{"purpose": "gift"}, at("/purpose", "unsupported_value")),
		o.invalid("family name", visitor(object{"family_name": "Smith1"}), at("/visitor/family_name", "name_invalid")),
		o.invalid("no given name", visitor(object{"given_name": ""}), at("/visitor/given_name", "required")),
		o.invalid("patronymic and none", visitor(object{"no_patronymic": true}), at("/visitor/patronymic", "not_allowed")),
		o.invalid("series", visitor(object{"passport_series": "66"}), at("/visitor/passport_series", "passport_series_format")),
		o.invalid("number", visitor(object{"passport_number": "66"}), at("/visitor/passport_number", "passport_number_format")),
		o.invalid("no authority", authority(object{}), at("/authority/kind", "required")),
		o.invalid("authority", authority(object{"kind": "friend"}), at("/authority/kind", "unsupported_value")),
		o.invalid("no paper", authority(object{"kind": "power_of_attorney"}), at("/authority", "authority_incomplete")),
		o.invalid("paper without a day", authority(object{"kind": "power_of_attorney", "number": "1"}), at("/authority", "authority_incomplete")),
		o.invalid("paper of tomorrow", authority(object{"kind": "power_of_attorney", "number": "1", "issued_on": "2026-03-06"}),
			at("/authority/issued_on", "date_invalid")),
	}
}

// Wrong input of payers, and of operators who serve them, is refused as the
// contract says, and changes nothing: no attempt is spent, and no limit.
func TestWrongInputOfPayers(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		b := newBureau(t, e)
		before := settled(t, b.server)
		limits := b.server.Count(t, "SELECT sum(events) FROM rate_limits WHERE name <> 'password_changes'")
		rows := 0
		for _, table := range [][]wrong{
			b.wrongBodies(t), b.wrongNumbers(t), b.wrongActivations(t), b.wrongChanges(t), b.wrongCards(t),
		} {
			for _, w := range table {
				rows++
				t.Run(w.name, w.check)
			}
		}
		require.Greater(t, rows, 400)
		after := settled(t, b.server)
		// A wrong password in use is in the audit log.
		after["audit_events"] -= b.server.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'credential.refuse'")
		require.Equal(t, before, after)
		require.Equal(t, limits, b.server.Count(t, "SELECT sum(events) FROM rate_limits WHERE name <> 'password_changes'"))
		require.Equal(t, 5, b.lookAt(t, b.filed).Code.AttemptsLeft)
		require.NotContains(t, b.server.Log.String(), `"level":"ERROR"`)
	})
}

// A flow token opens its own application alone.
func TestPayersFlowTokens(t *testing.T) {
	t.Parallel()
	_, c := newServer(t, testkit.SQLite, payerLimits())
	a, b := c.apply(t, firstPayer(), "in_person"), c.apply(t, firstPayer(), "in_person")
	for _, who := range []*client{c, c.bearing(b.FlowToken), c.bearing("nonsense"), payerAtWork(t, c)} {
		for _, o := range []call{
			{method: http.MethodGet, path: a.path("")},
			{method: http.MethodPost, path: a.path("/codes")},
			{method: http.MethodPost, path: a.path("/confirmation"), body: object{"code": "123456"}},
			{method: http.MethodPost, path: a.path("/delivery-method"), body: object{"delivery_method": "edo"}},
		} {
			require.Equal(t, http.StatusUnauthorized, who.do(t, o).status, o.path)
		}
	}
	c.lookAt(t, a)
}

// A stranger cannot use up the applications for a number: five a day are for one
// network, the payer's own count by themselves; twenty are for all.
func TestApplicationsAreLimited(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy(), proxied())
		for _, p := range []payer{unknownPayer(), firstPayer()} {
			apply := func(network int) answer {
				return c.from(fmt.Sprintf("198.51.%d.1", network)).post(t, applicationsPath, applicationOf(p, "in_person"))
			}
			for network := range 4 {
				for range 5 {
					apply(network).ok(t, http.StatusCreated)
				}
				refused := apply(network)
				refused.fails(t, http.StatusTooManyRequests, "rate_limited")
				require.NotEmpty(t, refused.header.Get("Retry-After"))
			}
			apply(4).fails(t, http.StatusTooManyRequests, "rate_limited")
		}
		s.Clock.Advance(day)
		c.apply(t, firstPayer(), "in_person")
	})
}

// Another way can be chosen ten times a day for an application.
func TestDeliveryChoicesAreLimited(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, payerLimits())
		a := c.proveAddress(t, visiting(t, c))
		choose := func() answer {
			return c.bearing(a.FlowToken).post(t, a.path("/delivery-method"), object{"delivery_method": "in_person"})
		}
		for range 10 {
			choose().ok(t, http.StatusOK)
			c.reaches(t, a, "office_visit")
		}
		choose().fails(t, http.StatusTooManyRequests, "rate_limited")
		s.Clock.Advance(day)
		choose().ok(t, http.StatusOK)
	})
}

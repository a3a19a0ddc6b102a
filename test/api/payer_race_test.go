package api_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/otp"
	"example.org/kabinet/internal/testkit"
)

// wrongActivationCode is a code that is well made and not the right one.
func wrongActivationCode(t *testing.T) string {
	t.Helper()
	code, err := otp.LuhnDigits(domain.PayerCodeLength)
	require.NoError(t, err)
	return code
}

// attemptsLeft are the attempts that the only electronic document has left.
func attemptsLeft(t *testing.T, s *testkit.Server) int {
	t.Helper()
	return s.Count(t, "SELECT attempts_left FROM edo_documents")
}

// Of two applications at once both are filed, one letter is made, and the other
// application waits for its day. Of the codes of two electronic documents that
// are entered at once, one connects. // M15 M26
func TestTwoApplicationsAtOnce(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, payerLimits())
		file := func(p payer, method string) []payerApplication {
			filed := make([]payerApplication, 2)
			parallel(t, 2, func(i int) answer {
				a := c.post(t, applicationsPath, applicationOf(p, method))
				filed[i] = as[payerApplication](t, a, http.StatusCreated)
				return a
			})
			return filed
		}
		letters := file(secondPayer(), "registered_mail")
		require.Eventually(t, func() bool {
			return s.Count(t, "SELECT count(*) FROM payer_applications WHERE status = 'identified'") == 1 &&
				s.Count(t, "SELECT count(*) FROM payer_applications WHERE status = 'code_preparing'") == 1
		}, patience, 20*time.Millisecond)
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM letters"))

		documents := file(firstPayer(), "edo")
		sent := s.Await(t, firstPayer().number, 2)
		for _, a := range documents {
			c.reaches(t, a, "sent")
		}
		answers := parallel(t, 2, func(i int) answer { return c.activate(t, firstPayer(), sent[i].Code) })
		require.Equal(t, map[string]int{"201": 1, "code_incorrect": 1}, outcomes(t, answers))
		ends := []string{c.lookAt(t, documents[0]).Status, c.lookAt(t, documents[1]).Status}
		require.ElementsMatch(t, []string{"activated", "superseded"}, ends)
		require.Equal(t, 2, s.Count(t, "SELECT count(*) FROM payer_accounts WHERE connected_at IS NOT NULL"), "with the one from the start")

		s.Clock.Advance(day)
		for _, a := range letters {
			c.reaches(t, a, "code_preparing")
		}
		require.Equal(t, 2, s.Count(t, "SELECT count(*) FROM letters"))
	})
}

// Of fifty activations at once with one right code, one connects. // M19
func TestFiftyActivationsAtOnce(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, payerLimits(), proxied(),
			testkit.Env("KABINET_POLICY_PAYER_CODE_ATTEMPTS", "100"), testkit.Env("KABINET_POLICY_PAYER_ATTEMPTS_PER_WINDOW", "100"))
		p := firstPayer()
		a, code := c.byDocument(t, p)
		body := c.activation(t, p, code)
		answers := parallel(t, 50, func(i int) answer {
			return c.from(fmt.Sprintf("198.51.100.%d", i+1)).post(t, activationsPath, body)
		})
		require.Equal(t, 1, count(answers, http.StatusCreated), outcomes(t, answers))
		for code := range outcomes(t, answers) {
			require.Contains(t, []string{"201", "code_incorrect"}, code)
		}
		require.Equal(t, "activated", c.lookAt(t, a).Status)
		for _, action := range []string{"payer.connect", "payer_application.activate", "edo_document.enter_code"} {
			require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM audit_events WHERE action = '"+action+"'"), action)
		}
		requireConsents(t, s, c.terms(t, connectionTerms).Version+" "+c.terms(t, connectionTerms).Hash)
		requireConnected(t, c, p, password)
	})
}

// Of an activation and a card for the same payer at once, one wins: either the
// payer is connected and gets no card, or the card is there and the code dead.
// Of two sign-ins at once with a card, one opens a session. // M18 M19
func TestActivationAndCardAtOnce(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, payerLimits())
		desk := payersOffice(t, s, domain.RoleOperator)
		for _, p := range []payer{firstPayer(), thirdPayer()} {
			a, code := c.byDocument(t, p)
			answers := parallel(t, 2, func(i int) answer {
				if i == 0 {
					return c.activate(t, p, code)
				}
				return desk.issueCard(t, p, "connection")
			})
			require.Equal(t, 1, count(answers, http.StatusCreated), outcomes(t, answers))
			if answers[0].status == http.StatusCreated {
				answers[1].fails(t, http.StatusConflict, "payer_connected")
				require.Equal(t, "activated", c.lookAt(t, a).Status)
				requireConnected(t, c, p, password)
				continue
			}
			answers[0].fails(t, http.StatusUnprocessableEntity, "code_incorrect")
			require.Equal(t, "superseded", c.lookAt(t, a).Status)
			c.signInPayer(t, p.number, password).fails(t, http.StatusUnauthorized, "credentials_incorrect")
			printed := printedPassword(t, answers[1].body)
			signIns := parallel(t, 2, func(int) answer { return c.signInPayer(t, p.number, printed) })
			require.Equal(t, map[string]int{"201": 1, "credentials_incorrect": 1}, outcomes(t, signIns))
		}
	})
}

// Of a hundred wrong codes at once five are compared, and twenty in all; then
// the right one is refused. // M16
func TestHundredWrongActivationCodes(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, payerLimits())
		p := firstPayer()
		a, right := c.byDocument(t, p)
		body := c.activation(t, p, "")
		for window := 1; window <= 4; window++ {
			answers := parallel(t, 100, func(int) answer {
				guess := object{"activation_code": wrongActivationCode(t)}
				for name, value := range body {
					if name != "activation_code" {
						guess[name] = value
					}
				}
				return c.post(t, activationsPath, guess)
			})
			require.Equal(t, map[string]int{"code_incorrect": 5, "too_many_attempts": 95}, outcomes(t, answers))
			require.Equal(t, 20-5*window, attemptsLeft(t, s))
			c.activate(t, p, right).fails(t, http.StatusTooManyRequests, "too_many_attempts")
			s.Clock.Advance(15 * time.Minute)
		}
		require.Equal(t, "exhausted", column(t, s, "SELECT status FROM edo_documents")[0])
		c.activate(t, p, right).fails(t, http.StatusUnprocessableEntity, "code_incorrect")
		becomesInside(t, s, a, "method_required")
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM payer_accounts WHERE connected_at IS NOT NULL"), "the one from the start")
	})
}

// A slip of the keyboard costs nothing, however often it happens, and is told as
// one; so is all else that can be seen without a look at the payer. // M19 M26
func TestSlipOfTheKeyboard(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, payerLimits())
		p := firstPayer()
		_, right := c.byDocument(t, p)
		digits := []byte(digitsOf(right))
		for i := range 20 {
			slip := append([]byte{}, digits...)
			slip[i] = '0' + (slip[i]-'0'+1)%10
			for _, who := range []payer{p, unknownPayer(), connectedPayer()} {
				refused := c.activate(t, who, string(slip)).fails(t, http.StatusUnprocessableEntity, "validation_failed")
				require.Len(t, refused.Errors, 1)
				require.Equal(t, []string{"/activation_code", "activation_code_check_digit"},
					[]string{refused.Errors[0].Pointer, refused.Errors[0].Code})
			}
		}
		require.Equal(t, 20, attemptsLeft(t, s))
		require.Zero(t, s.Count(t, "SELECT count(*) FROM rate_limits WHERE name LIKE 'payer_activation%'"))
		c.activate(t, p, " "+string(digits[:10])+"-"+string(digits[10:])).ok(t, http.StatusCreated)
	})
}

package api_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit"
)

// walker is a person on one of the long ways to a confirmed identity, who does
// all of it over HTTP, and lets the time between the steps go by over HTTP, too.
type walker struct{ citizen }

// newWalker registers and tells the personal data, which the registers know.
func newWalker(t *testing.T, c *client) *walker {
	t.Helper()
	in := c.register(t, phone)
	w := &walker{citizen{c.bearing(in.AccessToken), in, phone, c.papers(t, "600", "600")}}
	require.Equal(t, "simplified", w.Account.Level)
	w.submit(t, w.papers)
	seen := as[verification](t, w.get(t, "/v1/me/verification?wait=30s"), http.StatusOK)
	if seen.Status == "checking" { // one of the two registers was quicker
		w.becomes(t, "passed", 0)
	}
	require.Equal(t, "standard", w.me(t, w.AccessToken).Level)
	require.NotEmpty(t, w.closed(t), "not everything is open to those whose identity is not confirmed")
	return w
}

// later lets time go by, after which everybody has to sign in again.
func (w *walker) later(t *testing.T, by string) {
	t.Helper()
	before := w.time(t).Now
	require.True(t, w.advance(t, by).Now.After(before))
	w.get(t, "/v1/me").fails(t, http.StatusUnauthorized, "access_token_invalid")
	w.signedIn = as[signedIn](t, w.with("Authorization").signIn(t, w.contact, password), http.StatusCreated)
	w.client = w.bearing(w.AccessToken)
}

// closed are the services that are not open to the person.
func (w *walker) closed(t *testing.T) (ids []string) {
	t.Helper()
	for _, s := range w.services(t, w.AccessToken) {
		if !s.Available {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// read waits for a message to an address, as the sandbox shows it.
func (w *walker) read(t *testing.T, to, contains string) {
	t.Helper()
	require.Eventually(t, func() bool {
		list := as[messageList](t, w.get(t, "/v1/sandbox/messages?limit=100&to="+url.QueryEscape(to)), http.StatusOK)
		for _, m := range list.Items {
			if strings.Contains(m.Text, contains) {
				return true
			}
		}
		return false
	}, patience, 50*time.Millisecond, "nothing about %q", contains)
}

// letterCode is the code in the letter that was printed for a confirmation.
func (w *walker) letterCode(t *testing.T, of confirmation) string {
	t.Helper()
	list := as[messageList](t, w.get(t, "/v1/sandbox/messages?limit=100"), http.StatusOK)
	for _, m := range list.Items {
		if m.ID == of.ID && m.Channel == "registered_mail" {
			return m.Code
		}
	}
	require.Fail(t, "no letter was printed")
	return ""
}

// office is an operator who has just signed in at a place of a kind.
func office(t *testing.T, s *testkit.Server, kind domain.CentreKind) counter {
	t.Helper()
	return newCounter(t, s, domain.RoleOperator, kind)
}

// From nothing to a confirmed identity by a registered letter, in one run that
// moves the clock: the letter is printed, posted and delivered by operators and
// the post, and its code is typed as people type. // M07 M09 M11 M12 M25
func TestIdentityByLetter(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		w := newWalker(t, c)
		began := w.time(t).Now
		letter := w.request(t, w.byLetter())
		require.Equal(t, "requested", letter.Status)

		w.later(t, "24h")
		batch := printed(t, s, letter)
		code := w.letterCode(t, letter)
		require.Equal(t, "printed", w.look(t, letter).Status)
		w.enter(t, letter, code).fails(t, http.StatusConflict, "letter_not_posted")

		w.later(t, "24h")
		o := office(t, s, domain.CentreFundOffice)
		o.post(t, o.path("/letter-batches/%s/posting", batch), object{"items": []object{
			{"letter_id": letter.ID, "track_number": "23600016000011"},
		}}).ok(t, http.StatusOK)
		posted := w.look(t, letter)
		require.Equal(t, []any{"posted", "23600016000011"}, []any{posted.Status, posted.TrackingNumber})
		require.Equal(t, began.Add((2+30)*24*time.Hour), *posted.ExpiresAt)
		w.read(t, w.contact, "письмо с кодом отправлено")

		w.later(t, "96h")
		o = office(t, s, domain.CentreFundOffice)
		o.post(t, o.path("/letters/%s/outcome", letter.ID), object{"outcome": "delivered"}).ok(t, http.StatusOK)
		require.Equal(t, "delivered", w.look(t, letter).Status)

		w.later(t, "48h")
		typed := strings.ReplaceAll(sloppily(code), " ", "-")
		done := as[confirmation](t, w.enter(t, letter, typed), http.StatusOK)
		require.Equal(t, []string{"confirmed", "confirmed"}, []string{done.Status, done.Level})
		w.arrived(t)
	})
}

// printed has an operator print the letters that wait, and returns the batch.
func printed(t *testing.T, s *testkit.Server, letter confirmation) (batch string) {
	t.Helper()
	o := office(t, s, domain.CentreFundOffice)
	made := as[struct {
		ID      string `json:"id"`
		Letters []struct {
			ID string `json:"id"`
		} `json:"letters"`
	}](t, o.post(t, o.path("/letter-batches"), nil), http.StatusCreated)
	require.Len(t, made.Letters, 1)
	require.Equal(t, letter.ID, made.Letters[0].ID)
	pdf := o.get(t, o.path("/letter-batches/%s/letters.pdf", made.ID))
	pdf.ok(t, http.StatusOK)
	require.True(t, strings.HasPrefix(string(pdf.body), "%PDF-"))
	o.post(t, o.path("/letter-batches/%s/printing", made.ID), nil).ok(t, http.StatusOK)
	o.get(t, o.path("/letter-batches/%s/letters.pdf", made.ID)).fails(t, http.StatusConflict, "invalid_transition")
	list := o.get(t, o.path("/letter-batches/%s/f103.csv", made.ID))
	list.ok(t, http.StatusOK)
	return made.ID
}

// From nothing to a confirmed identity by a visit, to a centre and to an office
// of the fund: the person shows the visit code and the passport. // M07 M08 M10 M11 M12 M25
func TestIdentityByVisit(t *testing.T) {
	t.Parallel()
	for method, kind := range map[string]domain.CentreKind{
		"service_centre": domain.CentreMFC, "fund_office": domain.CentreFundOffice,
	} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
				t.Helper()
				s, c := newServer(t, e, roomy())
				w := newWalker(t, c)
				open := w.request(t, visit(method))
				require.Equal(t, "open", open.Status)
				require.Equal(t, w.time(t).Now.Add(30*24*time.Hour), *open.ExpiresAt)

				w.later(t, "144h")
				o := office(t, s, kind)
				found := o.search(t, "visit_code", strings.ToLower(open.VisitCode))
				require.Len(t, found, 1)
				require.Equal(t, open.ID, found[0].OpenVisit.ID)
				require.Equal(t, w.Account.ID, found[0].ID)
				o.confirm(t, found[0].ID, document(w.papers)).ok(t, http.StatusCreated)
				require.Equal(t, "confirmed", w.look(t, open).Status)
				w.arrived(t)
			})
		})
	}
}

// A visit that nobody makes ends after its time, and another can be asked for.
func TestVisitIsLate(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		w := newWalker(t, c)
		open := w.request(t, visit("service_centre"))
		w.later(t, "720h")
		require.Equal(t, "expired", w.look(t, open).Status)
		o := office(t, s, domain.CentreMFC)
		require.Empty(t, o.search(t, "visit_code", open.VisitCode))
		again := w.request(t, visit("service_centre"))
		require.NotEqual(t, open.VisitCode, again.VisitCode)
	})
}

// A letter that nobody opens: the person is reminded of it, and told when its
// code is worth nothing any more. Another can be asked for.
func TestLetterIsLate(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		_, c := newServer(t, e, roomy())
		w := newWalker(t, c)
		letter := w.request(t, w.byLetter())
		code := w.delivered(t, letter)
		w.later(t, "408h")
		w.read(t, w.contact, "не введён")
		w.later(t, "312h")
		w.enter(t, letter, code).fails(t, http.StatusUnprocessableEntity, "code_expired")
		require.Equal(t, "expired", w.look(t, letter).Status)
		next := w.request(t, w.byLetter())
		require.NotEqual(t, letter.ID, next.ID)
		require.Equal(t, "standard", w.me(t, w.AccessToken).Level)
	})
}

// arrived: every service is open, and the token says why.
func (w *walker) arrived(t *testing.T) {
	t.Helper()
	requireConfirmed(t, w.citizen)
	w.later(t, "1h")
	require.Equal(t, "confirmed", w.Account.Level)
	require.Empty(t, w.closed(t))
}

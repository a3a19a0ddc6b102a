package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit"
	"example.org/kabinet/internal/testkit/paper"
)

// requireConnected is a payer who signs in by either number and may do everything.
func requireConnected(t *testing.T, c *client, p payer, password string) {
	t.Helper()
	for _, login := range []string{p.number, p.unified, digitsOf(p.number)} {
		in := as[signedIn](t, c.signInPayer(t, login, password), http.StatusCreated)
		require.Equal(t, []string{"cabinet", "", "active"}, []string{in.Session.Scope, in.Session.ScopeReason, in.Account.Password})
		require.Equal(t, p.number, in.Account.Number)
		require.Equal(t, c.terms(t, connectionTerms).Version, in.Account.Terms)
		c.bearing(in.AccessToken).get(t, "/v1/sessions").ok(t, http.StatusOK)
	}
}

// From nothing to a session by an electronic document, in one run that moves the
// clock: the code leaves within the term, receipts come, the payer agrees to the
// terms and chooses a password. // M13 M15 M16 M19 M22
func TestPayerByElectronicDocument(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		p := firstPayer()
		a := c.reaches(t, c.apply(t, p, "edo"), "sent")
		require.Equal(t, []string{"2026-03-04", "2026-03-12"}, []string{a.Delivery.FiledOn, a.Delivery.DueOn})
		require.WithinDuration(t, s.Clock.Now(), *a.Delivery.SentAt, time.Second)
		require.Nil(t, a.Office)
		document := s.Await(t, p.number, 1)[0]
		require.Regexp(t, `^\d{5}(-\d{5}){3}$`, document.Code)
		require.NotContains(t, document.ID.String(), a.ID)
		require.Equal(t, []string{document.ID.String() + ".xml"}, document.Attachments)
		for _, status := range []string{"delivered", "read"} {
			c.advance(t, "24h")
			c.receipt(t, document.ID.String(), status)
			awaitDocument(t, s, document.ID.String(), status)
		}
		require.True(t, c.proveAddressAgain(t, a).EmailConfirmed)
		c.advance(t, "48h")
		made := as[account](t, c.activate(t, p, document.Code), http.StatusCreated)
		require.Equal(t, []string{"payer", p.number, "active"}, []string{made.AccountType, made.Number, made.Password})
		requireConnected(t, c, p, password)
		require.Equal(t, "activated", c.lookAt(t, a).Status)
		require.Equal(t, "code_entered", column(t, s, "SELECT status FROM edo_documents")[0])
		c.activate(t, p, document.Code).fails(t, http.StatusUnprocessableEntity, "code_incorrect")
	})
}

// By registered letter, which goes to the address in the register: an office of
// the fund prints it, posts it and records its number, and the code counts once
// it is on its way. // M13 M17 M19 M22
func TestPayerByLetter(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		p := secondPayer()
		a := c.reaches(t, c.apply(t, p, "registered_mail"), "code_preparing")
		require.Nil(t, a.Delivery.SentAt)
		s.Clock.Advance(24 * time.Hour)
		desk := newCounter(t, s, domain.RoleOperator, domain.CentreFundOffice)
		b := desk.take(t)
		require.Len(t, b.Letters, 1)
		require.Equal(t, a.ID, b.Letters[0].ID, "the first letter has the application's id")
		require.Equal(t, "ООО «Пример Второй»", b.Letters[0].Recipient)
		require.Equal(t, "214000, Смоленская область, Смоленск, ул. Учебная, д. 2, корп. 1", b.Letters[0].Address)
		pdf := desk.get(t, desk.batchPath(b, "/letters.pdf"))
		pdf.ok(t, http.StatusOK)
		require.Contains(t, paper.Words(t, pdf.body), p.number)
		desk.printed(t, b)
		code := c.printedCode(t, a.ID)
		require.Regexp(t, `^\d{5}(-\d{5}){3}$`, code)
		c.activate(t, p, code).fails(t, http.StatusUnprocessableEntity, "code_incorrect")
		require.Equal(t, "code_preparing", c.lookAt(t, a).Status)

		desk.handOver(t, b, a.ID, track)
		sent := c.lookAt(t, a)
		require.Equal(t, "sent", sent.Status)
		require.Equal(t, s.Clock.Now(), *sent.Delivery.SentAt)
		s.Clock.Advance(72 * time.Hour)
		c.activate(t, p, code).ok(t, http.StatusCreated)
		requireConnected(t, c, p, password)
		require.Equal(t, "activated", c.lookAt(t, a).Status)
	})
}

// In a sandbox the post can be played. // M17
func TestPayerByTheSandboxsPost(t *testing.T) {
	t.Parallel()
	_, c := newServer(t, testkit.SQLite)
	p := secondPayer()
	a := c.reaches(t, c.apply(t, p, "registered_mail"), "code_preparing")
	c.post(t, "/v1/sandbox/letters/"+a.ID+"/delivery", object{"outcome": "delivered"}).ok(t, http.StatusOK)
	require.Equal(t, "sent", c.lookAt(t, a).Status)
	c.activate(t, p, c.printedCode(t, a.ID)).ok(t, http.StatusCreated)
	requireConnected(t, c, p, password)
}

// In person: the answer names the office, where an operator issues a card; its
// password leads to the terms and a password of the payer's own. // M13 M18 M19 M22
func TestPayerInPerson(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		p := secondPayer()
		filed := c.apply(t, p, "in_person")
		require.Equal(t, "Клиентская служба «Пример», Смоленск, № 1", filed.Office.Name)
		a := c.reaches(t, filed, "office_visit")
		require.Equal(t, filed.Office, a.Office)
		s.Clock.Advance(48 * time.Hour)
		desk := payersOffice(t, s, domain.RoleOperator)
		require.Equal(t, filed.Office.ID, desk.place.String())
		found := desk.findPayer(t, p)
		require.Equal(t, []any{false, "none", 1}, []any{found.Connected, found.PasswordStatus, len(found.Applications)})
		printed := desk.card(t, p, "connection")

		in := c.payerSession(t, p, printed, "password_change")
		require.Equal(t, "registration_card", in.Session.ScopeReason)
		me := c.bearing(in.AccessToken)
		me.get(t, "/v1/sessions").fails(t, http.StatusForbidden, "password_change_required")
		refused := me.post(t, passwordPath, newPassword(printed, another)).fails(t, http.StatusUnprocessableEntity, "validation_failed")
		require.Equal(t, []fieldProblem{{"/accepted_terms_version", "required", refused.Errors[0].Detail}}, refused.Errors)
		done := as[signedIn](t, me.post(t, passwordPath, c.agreeing(t, newPassword(printed, another))), http.StatusOK)
		require.Equal(t, "cabinet", done.Session.Scope)
		c.bearing(done.AccessToken).get(t, "/v1/sessions").ok(t, http.StatusOK)
		requireConnected(t, c, p, another)
		require.Equal(t, "activated", c.lookAt(t, a).Status)
		require.True(t, desk.findPayer(t, p).Connected)
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM consents WHERE document = 'payer-connection'"))
	})
}

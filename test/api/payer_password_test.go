package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit"
)

// day is a day of the clock.
const day = 24 * time.Hour

// signedInRoutes are the routes of the contract that take an access token.
func signedInRoutes(t *testing.T) []operatorRoute {
	t.Helper()
	var all []operatorRoute
	for path, item := range theContract().doc.Paths.Map() {
		for method, operation := range item.Operations() {
			for _, way := range *operation.Security {
				if _, takes := way["accessToken"]; takes {
					all = append(all, operatorRoute{method, path})
				}
			}
		}
	}
	require.Greater(t, len(all), 45)
	return all
}

// openToNarrowSessions are those of a session that is for one thing alone, too:
// who it is, the one thing, and its end.
func openToNarrowSessions() []operatorRoute {
	return []operatorRoute{
		{http.MethodGet, "/v1/me"},
		{http.MethodPost, passwordPath},
		{http.MethodPost, acceptancesPath},
		{http.MethodDelete, "/v1/sessions/current"},
	}
}

// requireNarrow requires that a session is good for one thing alone: all other
// routes that take its token refuse it, and say why.
func requireNarrow(t *testing.T, c *client, in signedIn, code string) {
	t.Helper()
	narrow, open := c.bearing(in.AccessToken), openToNarrowSessions()
	for _, r := range signedInRoutes(t) {
		if slices.Contains(open, r) {
			continue
		}
		p := narrow.knock(t, r, uuid.Nil).fails(t, http.StatusForbidden, code)
		require.Contains(t, p.NextActions, "sign_out", r.path)
	}
	require.Equal(t, in.Account.ID, narrow.me(t, in.AccessToken).ID)
	next := as[signedIn](t, c.refresh(t, in.RefreshToken), http.StatusOK)
	require.Equal(t, in.Session.Scope, next.Session.Scope, "it is no wider for a new token")
	c.bearing(next.AccessToken).get(t, "/v1/sessions").fails(t, http.StatusForbidden, code)
}

// The quarter: warnings 14, 7 and 1 days before its end, each once; after it a
// sign-in leads to the change alone, and after that everything works again. // M21 M22
func TestPayersQuarter(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		p := firstPayer()
		c.connect(t, p)
		ends := s.Clock.Now().Add(92 * day)
		in := c.payerSession(t, p, password, "cabinet")
		require.Equal(t, ends, *in.PasswordEnds)
		const subject = "Пора сменить пароль кабинета плательщика"
		warnings := func() (texts []string) {
			for _, m := range s.Sent(t, applicantsMailbox) {
				if m.Subject == subject {
					texts = append(texts, m.Text)
				}
			}
			return texts
		}
		for i, before := range []int{14, 7, 1} {
			at := ends.Add(-time.Duration(before) * day)
			s.Clock.Set(at.Add(-time.Second))
			sweptOnce(t, s)
			require.Len(t, warnings(), i, "%d days before its end, less a second", before)
			s.Clock.Set(at)
			require.Eventually(t, func() bool { return len(warnings()) == i+1 }, patience, 20*time.Millisecond)
			require.Contains(t, warnings()[0], p.number)
			now := c.payerSession(t, p, password, "cabinet")
			require.Equal(t, []string{"expiring", ends.String()}, []string{now.Account.Password, now.PasswordEnds.String()})
		}
		s.Clock.Set(ends)
		narrow := c.payerSession(t, p, password, "password_change")
		require.Equal(t, "password_expired", narrow.Session.ScopeReason)
		requireNarrow(t, c, narrow, "password_change_required")
		me := c.bearing(narrow.AccessToken)
		refused := me.post(t, passwordPath, newPassword(password, password)).fails(t, http.StatusUnprocessableEntity, "validation_failed")
		require.Equal(t, []string{"/password", "password_reused"}, []string{refused.Errors[0].Pointer, refused.Errors[0].Code})
		done := as[signedIn](t, me.post(t, passwordPath, newPassword(password, another)), http.StatusOK)
		require.Equal(t, []string{"cabinet", ends.Add(92 * day).String()}, []string{done.Session.Scope, done.PasswordEnds.String()})
		c.bearing(done.AccessToken).get(t, "/v1/sessions").ok(t, http.StatusOK)
		c.signInPayer(t, p.number, password).fails(t, http.StatusUnauthorized, "credentials_incorrect")
		requireConnected(t, c, p, another)
		require.Len(t, warnings(), 3)
	})
}

// sweptOnce waits until payers have been looked through once from now on,
// beginning to end.
func sweptOnce(t *testing.T, s *testkit.Server) {
	t.Helper()
	sweeps := func() int {
		return s.Count(t, "SELECT coalesce(max(CAST(metadata->>'snoozes' AS integer)), 0) FROM river_job WHERE kind = 'sweep_payers'")
	}
	// One may be under way.
	until := sweeps() + 2
	require.Eventually(t, func() bool { return sweeps() >= until }, patience, 50*time.Millisecond)
}

// What an operator issues when a password is lost kills the old one at once,
// with all sessions. The card's is good for one sign-in, which leads to a
// password of the payer's own, that is none of the last five. // M20 M22
func TestPayersLostPassword(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, payerLimits())
		p := connectedPayer()
		in := c.payerSession(t, p, connectedPassword, "cabinet")
		before := connectedPassword
		for i := range 5 {
			in = as[signedIn](t, c.bearing(in.AccessToken).post(t, passwordPath, newPassword(before, ownPassword(i))), http.StatusOK)
			before = ownPassword(i)
		}
		help := c.get(t, "/v1/payer-password-help?registration_number="+p.number)
		help.ok(t, http.StatusOK)
		stranger := c.get(t, "/v1/payer-password-help?registration_number="+unknownPayer().number)
		require.Equal(t, help.body, stranger.body, "nothing about the payer")
		require.Contains(t, string(help.body), "Клиентская служба «Пример», Смоленск, № 1")

		desk := payersOffice(t, s, "operator")
		desk.issueCard(t, p, "connection").fails(t, http.StatusConflict, "payer_connected")
		printed := desk.card(t, p, "lost_password")
		c.signInPayer(t, p.number, before).fails(t, http.StatusUnauthorized, "credentials_incorrect")
		c.bearing(in.AccessToken).get(t, "/v1/me").fails(t, http.StatusUnauthorized, "access_token_invalid")
		c.refresh(t, in.RefreshToken).fails(t, http.StatusUnauthorized, "refresh_token_invalid")

		narrow := c.payerSession(t, p, typedSloppily(printed), "password_change")
		require.Equal(t, "registration_card", narrow.Session.ScopeReason)
		c.signInPayer(t, p.number, printed).fails(t, http.StatusUnauthorized, "credentials_incorrect")
		requireNarrow(t, c, narrow, "password_change_required")
		me := c.bearing(narrow.AccessToken)
		for _, used := range []string{printed, ownPassword(0), ownPassword(3), ownPassword(4)} {
			refused := me.post(t, passwordPath, newPassword(printed, used)).fails(t, http.StatusUnprocessableEntity, "validation_failed")
			require.Equal(t, "password_reused", refused.Errors[0].Code)
		}
		me.post(t, passwordPath, newPassword(printed, connectedPassword)).ok(t, http.StatusOK)
		c.signInPayer(t, p.number, printed).fails(t, http.StatusUnauthorized, "credentials_incorrect")
		requireConnected(t, c, p, connectedPassword)
		require.NotContains(t, s.Log.String(), printed)
	})
}

// ownPassword is one of many good passwords.
func ownPassword(i int) string { return fmt.Sprintf("lantern number %d of the harbour", i) }

// typedSloppily is a card's password as people type it.
func typedSloppily(printed string) string {
	return fmt.Sprintf(" %s-%s %s-%s", printed[:4], printed[4:8], printed[8:12], printed[12:])
}

// A card is good to the end of its fifth working day at the office; the next one
// takes its place. The code that was under way is dead. // M18 M20
func TestCardsEnd(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		p := firstPayer()
		a, code := c.byDocument(t, p)
		began, ends := s.Clock.Now(), time.Date(2026, time.March, 12, 21, 0, 0, 0, time.UTC)
		desk := payersOffice(t, s, "operator")
		desk.issueCard(t, p, "lost_password").fails(t, http.StatusConflict, "payer_not_connected")
		first := desk.card(t, p, "connection")
		require.Equal(t, "superseded", c.lookAt(t, a).Status)
		c.activate(t, p, code).fails(t, http.StatusUnprocessableEntity, "code_incorrect")
		second := desk.card(t, p, "connection")
		c.signInPayer(t, p.number, first).fails(t, http.StatusUnauthorized, "credentials_incorrect")

		s.Clock.Set(ends)
		c.signInPayer(t, p.number, second).fails(t, http.StatusUnauthorized, "credentials_incorrect")
		s.Clock.Set(began)
		third := payersOffice(t, s, "supervisor").card(t, p, "connection")
		s.Clock.Set(ends.Add(-time.Second))
		in := c.payerSession(t, p, third, "password_change")
		s.Clock.Set(ends.Add(time.Minute))
		change := c.agreeing(t, newPassword(third, another))
		c.bearing(in.AccessToken).post(t, passwordPath, change).ok(t, http.StatusOK)
		requireConnected(t, c, p, another)
	})
}

// After a new password the tokens of before are spent: who uses one ends the
// session. // M12
func TestNewPasswordSpendsRefreshTokens(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, payerLimits())
		p := connectedPayer()
		before := c.payerSession(t, p, connectedPassword, "cabinet")
		after := as[signedIn](t, c.bearing(before.AccessToken).post(t, passwordPath, newPassword(connectedPassword, ownPassword(1))), http.StatusOK)
		require.Equal(t, before.Session.ID, after.Session.ID)
		after = as[signedIn](t, c.refresh(t, after.RefreshToken), http.StatusOK)
		s.Clock.Advance(11 * time.Second)
		c.refresh(t, before.RefreshToken).fails(t, http.StatusUnauthorized, "refresh_token_reused")
		c.refresh(t, after.RefreshToken).fails(t, http.StatusUnauthorized, "refresh_token_invalid")
	})
}

package api_test

import (
	"encoding/hex"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/testkit"
)

// New terms of connection are asked for at the next sign-in, and of nobody who
// is at work already: the session is for agreeing alone, and for everything
// afterwards. What was agreed to is kept with version, hash, time and address. // M19
func TestPayersNewTerms(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, termsFolder(t, "payer-connection.2026-03-05.txt"))
		s.Clock.Set(midnight().Add(-5 * time.Minute))
		p := firstPayer()
		old := c.terms(t, connectionTerms)
		_, code := c.byDocument(t, p)
		stale := c.activation(t, p, code)
		c.post(t, activationsPath, stale).ok(t, http.StatusCreated)
		atWork := c.payerSession(t, p, password, "cabinet")
		requireConsents(t, s, old.Version+" "+old.Hash)

		s.Clock.Set(midnight())
		fresh := c.terms(t, connectionTerms)
		require.Equal(t, "2026-03-05", fresh.Version)
		c.bearing(atWork.AccessToken).get(t, "/v1/sessions").ok(t, http.StatusOK)
		refused := c.post(t, activationsPath, stale).fails(t, http.StatusUnprocessableEntity, "validation_failed")
		require.Equal(t, []string{"/accepted_terms_version", "consent_outdated"}, []string{refused.Errors[0].Pointer, refused.Errors[0].Code})

		in := c.payerSession(t, p, password, "terms")
		require.Equal(t, "terms_outdated", in.Session.ScopeReason)
		requireNarrow(t, c, in, "terms_acceptance_required")
		me := c.bearing(in.AccessToken)
		outdated := me.post(t, acceptancesPath, object{"accepted_terms_version": old.Version}).
			fails(t, http.StatusUnprocessableEntity, "validation_failed")
		require.Equal(t, "consent_outdated", outdated.Errors[0].Code)
		require.Contains(t, outdated.Errors[0].Detail, fresh.Version)
		now := as[account](t, me.post(t, acceptancesPath, object{"accepted_terms_version": fresh.Version}), http.StatusCreated)
		require.Equal(t, fresh.Version, now.Terms)
		me.get(t, "/v1/sessions").ok(t, http.StatusOK)
		c.payerSession(t, p, password, "cabinet")
		requireConsents(t, s, old.Version+" "+old.Hash, fresh.Version+" "+fresh.Hash)
	})
}

// requireConsents requires the proofs that a payer agreed to the terms: version
// and hash of each, oldest first.
func requireConsents(t *testing.T, s *testkit.Server, want ...string) {
	t.Helper()
	const from = " FROM consents WHERE document = 'payer-connection' AND address_enc IS NOT NULL AND accepted_at IS NOT NULL ORDER BY accepted_at"
	var got []string
	hashes := column(t, s, "SELECT text_hash"+from)
	for i, version := range column(t, s, "SELECT version"+from) {
		got = append(got, version+" "+hex.EncodeToString([]byte(hashes[i])))
	}
	require.Equal(t, want, got)
	require.Equal(t, len(want), s.Count(t, "SELECT count(*) FROM audit_events WHERE action IN ('payer.connect', 'payer.accept_terms')"))
}

// A payer whose password has ended and who has not agreed to the new terms
// either does both with one request. // M19 M21
func TestPayersNewTermsAndPassword(t *testing.T) {
	t.Parallel()
	s, c := newServer(t, testkit.SQLite, termsFolder(t, "payer-connection.2026-04-01.txt"))
	p := connectedPayer()
	s.Clock.Advance(92 * day)
	in := c.payerSession(t, p, connectedPassword, "password_change")
	me := c.bearing(in.AccessToken)
	refused := me.post(t, passwordPath, newPassword(connectedPassword, another)).fails(t, http.StatusUnprocessableEntity, "validation_failed")
	require.Equal(t, "/accepted_terms_version", refused.Errors[0].Pointer)
	done := as[signedIn](t, me.post(t, passwordPath, c.agreeing(t, newPassword(connectedPassword, another))), http.StatusOK)
	require.Equal(t, []string{"cabinet", "2026-04-01"}, []string{done.Session.Scope, done.Account.Terms})
	c.payerSession(t, p, another, "cabinet")
}

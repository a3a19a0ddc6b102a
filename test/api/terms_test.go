package api_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit"
)

// termsFolder is a folder with further versions of the documents.
func termsFolder(t *testing.T, names ...string) testkit.Option {
	t.Helper()
	folder := t.TempDir()
	for _, name := range names {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte("Текст "+name+".\n"), 0o600))
	}
	return testkit.Env("KABINET_TERMS_DIR", folder)
}

// terms is a document as it has to be agreed to now.
func (c *client) terms(t *testing.T, name string) terms {
	t.Helper()
	return as[terms](t, c.with("Authorization").get(t, "/v1/terms/"+name), http.StatusOK)
}

// Both documents are served without a session, with the day that names them.
func TestDocuments(t *testing.T) {
	t.Parallel()
	_, c := newServer(t, testkit.SQLite, termsFolder(t, "payer-connection.2026-03-04.txt", "payer-connection.2026-03-05.txt"))
	got := c.terms(t, "payer-connection")
	require.Equal(t, terms{
		Document: "payer-connection", Version: "2026-03-04", EffectiveFrom: "2026-03-04",
		Text: "Текст payer-connection.2026-03-04.txt.\n", Hash: got.Hash,
	}, got)
	require.Equal(t, "2025-01-01", c.terms(t, "personal-data").EffectiveFrom)
}

// midnight is when 5 March 2026 begins in Moscow.
func midnight() time.Time { return time.Date(2026, time.March, 4, 21, 0, 0, 0, time.UTC) }

// A version that begins tomorrow takes over at midnight in Moscow, when nobody
// does anything. Who has agreed to the one before is not disturbed; who submits
// from then on names the new one. // M04
func TestANewVersionTakesOver(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, termsFolder(t, "personal-data.2026-03-05.txt"))
		s.Clock.Set(midnight().Add(-5 * time.Minute))
		c = c.bearing(c.register(t, phone).AccessToken)
		papers := c.papers(t, "600", "600")
		old := c.consent(t)
		c.submit(t, papers)
		c.becomes(t, "passed", time.Second)
		require.Equal(t, old, c.consent(t))

		s.Clock.Set(midnight())
		require.Equal(t, "2026-03-05", c.consent(t))
		require.Equal(t, "standard", as[account](t, c.get(t, "/v1/me"), http.StatusOK).Level)
		require.Equal(t, "passed", as[verification](t, c.get(t, "/v1/me/verification"), http.StatusOK).Status)
		require.Equal(t, old, as[object](t, c.get(t, "/v1/me/personal-data"), http.StatusOK)["accepted_consent_version"])

		p := c.put(t, papers).fails(t, http.StatusUnprocessableEntity, "validation_failed")
		require.Len(t, p.Errors, 1)
		require.Equal(t, "/accepted_consent_version", p.Errors[0].Pointer)
		require.Equal(t, "consent_outdated", p.Errors[0].Code)
		require.Contains(t, p.Errors[0].Detail, "2026-03-05")
		c.submit(t, c.papers(t, "600", "600"))
		for _, version := range []string{old, "2026-03-05"} {
			require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM consents WHERE version = '"+version+"'"))
		}
	})
}

// So does it in a sandbox whose clock is moved. // M04
func TestANewVersionTakesOverInTheSandbox(t *testing.T) {
	t.Parallel()
	_, c := newServer(t, testkit.SQLite, termsFolder(t, "payer-connection.2026-04-01.txt"))
	require.Equal(t, "2025-01-01", c.terms(t, "payer-connection").Version)
	c.advance(t, "720h")
	require.Equal(t, "2026-04-01", c.terms(t, "payer-connection").Version)
}

// What the person signs at the counter is the version of the day, too.
func TestANewVersionAtTheCounter(t *testing.T) {
	t.Parallel()
	s, c := newServer(t, testkit.SQLite, termsFolder(t, "personal-data.2026-03-05.txt"))
	s.Clock.Set(midnight().Add(-5 * time.Minute))
	desk := newCounter(t, s, domain.RoleOperator, domain.CentreMFC)
	old := walkIn(t, c, "600", phone)
	s.Clock.Set(midnight())
	p := desk.post(t, desk.path("/registrations"), old).fails(t, http.StatusUnprocessableEntity, "validation_failed")
	require.Len(t, p.Errors, 1)
	require.Contains(t, p.Errors[0].Detail, "2026-03-05")
	desk.register(t, walkIn(t, c, "600", phone))
	require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM consents WHERE channel = 'counter' AND version = '2026-03-05'"))
}

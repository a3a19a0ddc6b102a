package app

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/config"
	"example.org/kabinet/internal/domain"
)

func load(t *testing.T, environ ...string) *App {
	t.Helper()
	c, err := config.Load(environ)
	require.NoError(t, err)
	builtin, err := NewBuiltin()
	require.NoError(t, err)
	return &App{Parts: Parts{Config: c, Clock: clock.System{}, Builtin: builtin}}
}

// withGateways is a production whose registers are behind a port that nobody
// listens on.
func withGateways(t *testing.T, more ...string) *App {
	t.Helper()
	return load(t, append([]string{
		"KABINET_ENV=production", "KABINET_DATABASE_URL=postgres://localhost/kabinet", "KABINET_KEYSET_FILE=/none",
		"KABINET_PUBLIC_URL=https://api.example.org", "KABINET_SMS_URL=https://sms.example.org",
		"KABINET_SMTP_URL=smtp://mail.example.org?from=cabinet@example.org",
		"KABINET_REGISTRY_SNILS_URL=http://127.0.0.1:1/snils", "KABINET_REGISTRY_PAYERS_URL=http://127.0.0.1:1",
		"KABINET_REGISTRY_PASSPORT_URL=http://127.0.0.1:1/passports",
		"KABINET_EDO_URL=http://127.0.0.1:1/edo", "KABINET_EDO_CERT_FILE=/none", "KABINET_EDO_KEY_FILE=/none",
	}, more...)...)
}

// The sandbox asks nobody, and has an answer for each check.
func TestRegistersOfTheSandbox(t *testing.T) {
	t.Parallel()
	registers, err := load(t).registers()
	require.NoError(t, err)
	for _, kind := range domain.CheckKinds() {
		reference, err := registers[kind].Ask(t.Context(), domain.CheckRequest{Kind: kind, Key: "k"})
		require.NoError(t, err)
		outcome, err := registers[kind].Poll(t.Context(), reference)
		require.NoError(t, err)
		require.Equal(t, domain.CheckPassed, outcome.Result)
	}
}

// Each check has its own gateway in production, and a breaker of its own: a
// register that is down is spared, and the other is not.
func TestRegistersOfProduction(t *testing.T) {
	t.Parallel()
	registers, err := withGateways(t).registers()
	require.NoError(t, err)
	for _, kind := range domain.CheckKinds() {
		for range 5 {
			_, err := registers[kind].Ask(t.Context(), domain.CheckRequest{Kind: kind, Key: "k"})
			require.ErrorContains(t, err, "register "+string(kind))
		}
		_, err := registers[kind].Ask(t.Context(), domain.CheckRequest{Kind: kind, Key: "k"})
		require.ErrorContains(t, err, "left alone")
	}
}

// Files that cannot be used stop the start, not the first check.
func TestRegistersWithoutTheirFiles(t *testing.T) {
	t.Parallel()
	missing := filepath.Join(t.TempDir(), "missing")
	_, err := withGateways(t, "KABINET_REGISTRY_CA_FILE="+missing).registers()
	require.ErrorContains(t, err, "cannot be read")
	_, err = withGateways(t, "KABINET_REGISTRY_CERT_FILE="+missing, "KABINET_REGISTRY_KEY_FILE="+missing).registers()
	require.ErrorContains(t, err, "cannot be read")
}

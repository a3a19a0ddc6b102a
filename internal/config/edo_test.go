package config_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/config"
)

func TestProductionWithDocumentExchange(t *testing.T) {
	t.Parallel()
	c, err := config.Load(production(
		"KABINET_EDO_CLIENT_CERT_FILE=/run/keys/client.crt", "KABINET_EDO_CLIENT_KEY_FILE=/run/keys/client.key",
		"KABINET_EDO_CA_FILE=/run/keys/ca.crt",
	))
	require.NoError(t, err)
	require.Equal(t, "https://edo-secret@edo.example.org/exchange", c.EDO.EDOURL.Reveal())
	require.Equal(t, "/run/keys/edo.crt", c.EDO.EDOCertFile)
	require.Equal(t, "/run/keys/edo.key", c.EDO.EDOKeyFile)
	require.Equal(t, "/run/keys/client.crt", c.EDO.EDOClientCertFile)
	require.Equal(t, "/run/keys/client.key", c.EDO.EDOClientKeyFile)
	require.Equal(t, "/run/keys/ca.crt", c.EDO.EDOCAFile)
}

// No document leaves a sandbox, not even by mistake.
func TestDocumentExchangeHasNoPlaceInTheSandbox(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"URL", "CERT_FILE", "KEY_FILE", "CLIENT_CERT_FILE", "CLIENT_KEY_FILE", "CA_FILE"} {
		name = "KABINET_EDO_" + name
		require.Equal(t, []string{name + ": has no use in the sandbox, where documents are files"},
			lines(t, sandbox(name+"=https://edo.example.org")))
	}
}

func TestRefusedDocumentExchange(t *testing.T) {
	t.Parallel()
	for entry, want := range map[string]string{
		"KABINET_EDO_URL=":                            "must be set in production",
		"KABINET_EDO_URL=%zz":                         "must be a URL with a host",
		"KABINET_EDO_URL=http://edo.example.org":      "must be https, or http to the same machine",
		"KABINET_EDO_URL=https://edo.example.org?a=b": "must end with the path",
		"KABINET_EDO_URL=https://a:b@edo.example.org": "must hold one token, not a user and a password",
		"KABINET_EDO_CERT_FILE=":                      "must be set in production",
		"KABINET_EDO_KEY_FILE=":                       "must be set in production",
	} {
		name, _, _ := strings.Cut(entry, "=")
		environ := production()
		for i, base := range environ {
			if strings.HasPrefix(base, name+"=") {
				environ[i] = entry
			}
		}
		require.Equal(t, []string{name + ": " + want}, lines(t, environ), entry)
	}
	require.Equal(t, []string{"KABINET_EDO_CLIENT_KEY_FILE: must be set with KABINET_EDO_CLIENT_CERT_FILE"},
		lines(t, production("KABINET_EDO_CLIENT_CERT_FILE=/run/keys/client.crt")))
	require.Equal(t, []string{"KABINET_EDO_CLIENT_CERT_FILE: must be set with KABINET_EDO_CLIENT_KEY_FILE"},
		lines(t, production("KABINET_EDO_CLIENT_KEY_FILE=/run/keys/client.key")))
}

package config_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/config"
)

func TestProductionWithRegisters(t *testing.T) {
	t.Parallel()
	c, err := config.Load(production(
		"KABINET_REGISTRY_CERT_FILE=/run/keys/client.crt", "KABINET_REGISTRY_KEY_FILE=/run/keys/client.key",
		"KABINET_REGISTRY_CA_FILE=/run/keys/ca.crt",
	))
	require.NoError(t, err)
	require.Equal(t, "https://snils-secret@registers.example.org/snils", c.Registry.RegistrySNILSURL.Reveal())
	require.Equal(t, "https://payers-secret@registers.example.org/payers", c.Registry.RegistryPayersURL.Reveal())
	require.Equal(t, "https://passport-secret@registers.example.org/passports", c.Registry.RegistryPassportURL.Reveal())
	require.Equal(t, "/run/keys/client.crt", c.Registry.RegistryCertFile)
	require.Equal(t, "/run/keys/client.key", c.Registry.RegistryKeyFile)
	require.Equal(t, "/run/keys/ca.crt", c.Registry.RegistryCAFile)
}

// No register is asked from a sandbox, not even by mistake.
func TestRegistersHaveNoPlaceInTheSandbox(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"SNILS_URL", "PAYERS_URL", "PASSPORT_URL", "CA_FILE"} {
		name = "KABINET_REGISTRY_" + name
		require.Equal(t, []string{name + ": has no use in the sandbox, where no register is asked"},
			lines(t, sandbox(name+"=https://registers.example.org")))
	}
	require.Equal(t, []string{
		"KABINET_REGISTRY_CERT_FILE: has no use in the sandbox, where no register is asked",
		"KABINET_REGISTRY_KEY_FILE: has no use in the sandbox, where no register is asked",
	}, lines(t, sandbox("KABINET_REGISTRY_CERT_FILE=/a", "KABINET_REGISTRY_KEY_FILE=/b")))
}

func TestRefusedRegisters(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"KABINET_REGISTRY_SNILS_URL", "KABINET_REGISTRY_PAYERS_URL", "KABINET_REGISTRY_PASSPORT_URL"} {
		for value, want := range map[string]string{
			"":                                    "must be set in production",
			"%zz":                                 "must be a URL with a host",
			"https://":                            "must be a URL with a host",
			"http://registers.example.org":        "must be https, or http to the same machine",
			"ftp://localhost":                     "must be https, or http to the same machine",
			"https://registers.example.org?a=b":   "must end with the path",
			"https://registers.example.org#a":     "must end with the path",
			"https://a:b@registers.example.org":   "must hold one token, not a user and a password",
			"https://a%0Ab@registers.example.org": "must hold one token, not a user and a password",
		} {
			environ := production()
			for i, entry := range environ {
				if strings.HasPrefix(entry, name+"=") {
					environ[i] = name + "=" + value
				}
			}
			require.Equal(t, []string{name + ": " + want}, lines(t, environ), value)
		}
	}
	for _, good := range []string{"http://127.0.0.1:9000/x", "http://token@localhost", "https://registers.example.org:8443/a/b/"} {
		environ := production("KABINET_REGISTRY_SNILS_URL=" + good) // the last one counts
		require.Empty(t, lines(t, environ), good)
	}
}

func TestACertificateAndItsKeyComeTogether(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"KABINET_REGISTRY_KEY_FILE: must be set with KABINET_REGISTRY_CERT_FILE"},
		lines(t, production("KABINET_REGISTRY_CERT_FILE=/run/keys/client.crt")))
	require.Equal(t, []string{"KABINET_REGISTRY_CERT_FILE: must be set with KABINET_REGISTRY_KEY_FILE"},
		lines(t, production("KABINET_REGISTRY_KEY_FILE=/run/keys/client.key")))
}

// The fund itself keeps its registers in the own database; no other register can
// be there.
func TestOwnRegister(t *testing.T) {
	t.Parallel()
	require.Empty(t, lines(t, production("KABINET_REGISTRY_SNILS_URL=internal:", "KABINET_REGISTRY_PAYERS_URL=internal:")))
	require.Equal(t, []string{"KABINET_REGISTRY_PASSPORT_URL: must be a URL with a host"},
		lines(t, production("KABINET_REGISTRY_PASSPORT_URL=internal:")))
	require.Equal(t, []string{"KABINET_REGISTRY_SNILS_URL: must be a URL with a host"},
		lines(t, production("KABINET_REGISTRY_SNILS_URL=internal:persons")))
}

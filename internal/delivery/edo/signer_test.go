package edo_test

import (
	"crypto/elliptic"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/delivery/edo"
)

func TestSignersThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	one, other := issue(t, curve(t, elliptic.P256()), nil), issue(t, curve(t, elliptic.P256()), nil)
	garbage := filepath.Join(t.TempDir(), "garbage")
	require.NoError(t, os.WriteFile(garbage, []byte("canary"), 0o600))
	for name, files := range map[string][2]string{
		"missing":       {filepath.Join(t.TempDir(), "none"), one.keyFile},
		"garbage":       {garbage, one.keyFile},
		"another's key": {one.certFile, other.keyFile},
		"no key":        {one.certFile, one.certFile},
	} {
		_, err := edo.LoadSigner(files[0], files[1])
		require.ErrorContains(t, err, "cannot be read", name)
		require.NotContains(t, err.Error(), "canary")
	}
	for name, weak := range map[string]*identity{
		"curve": issue(t, curve(t, elliptic.P384()), nil), "length": issue(t, rsaKey(t, 1024), nil),
	} {
		_, err := edo.LoadSigner(weak.certFile, weak.keyFile)
		require.ErrorContains(t, err, "must be RSA of at least 2048 bits, or ECDSA on P-256", name)
	}
}

// A sandbox makes its key once, and its certificate says whose it is.
func TestTheSandboxSigner(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			_, err := edo.SandboxSigner(folder)
			require.NoError(t, err)
		})
	}
	all.Wait()
	signer, err := edo.SandboxSigner(folder)
	require.NoError(t, err)
	text, err := os.ReadFile(filepath.Join(folder, "edo-cert.pem"))
	require.NoError(t, err)
	block, _ := pem.Decode(text)
	cert, err := x509.ParseCertificate(block.Bytes)
	require.NoError(t, err)
	require.Contains(t, cert.Subject.String(), "SANDBOX: not a signature of the fund")
	require.NoError(t, verify(t, mustXML(t, signedBy(t, signer), message(t)), cert))
	for _, name := range []string{"edo-key.pem", "edo-cert.pem"} {
		info, err := os.Stat(filepath.Join(folder, name))
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), name)
	}
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, entries, 2)
}

func TestASandboxKeyThatIsNone(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for name, content := range map[string]string{"text": "canary", "key": "-----BEGIN PRIVATE KEY-----\nY2FuYXJ5\n-----END PRIVATE KEY-----\n"} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, "edo-key.pem"), []byte(content), 0o600))
		_, err := edo.SandboxSigner(folder)
		require.ErrorContains(t, err, "is not a key", name)
		require.NotContains(t, err.Error(), "canary")
	}
	_, err := edo.SandboxSigner(filepath.Join(folder, "missing"))
	require.Error(t, err)
}

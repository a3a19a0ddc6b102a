package registry_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/registry"
	"example.org/kabinet/internal/tlsfile"
)

// identity is a certificate and its key, in memory and in files.
type identity struct {
	cert      *x509.Certificate
	key       *ecdsa.PrivateKey
	certFile  string
	keyFile   string
	tlsConfig tls.Certificate
}

// issue makes a certificate for loopback, for an hour by the machine's clock; it
// signs itself if there is no issuer.
func issue(t *testing.T, name string, issuer *identity) *identity {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"localhost"}, IsCA: issuer == nil, BasicConstraintsValid: true,
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	parent, signer := template, key
	if issuer != nil {
		parent, signer = issuer.cert, issuer.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	require.NoError(t, err)
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	i := &identity{
		cert: cert, key: key, tlsConfig: tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key},
		certFile: filepath.Join(t.TempDir(), name+".crt"), keyFile: filepath.Join(t.TempDir(), name+".key"),
	}
	writePEM(t, i.certFile, "CERTIFICATE", der)
	writePEM(t, i.keyFile, "PRIVATE KEY", secret)
	return i
}

func writePEM(t *testing.T, path, kind string, der []byte) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600))
}

// secureServer answers those who show a certificate of the authority.
func secureServer(t *testing.T, authority *identity, oldest uint16) (url string) {
	t.Helper()
	server := httptest.NewUnstartedServer(reply(http.StatusOK, `{"status":"done","result":"valid"}`))
	trusted := x509.NewCertPool()
	trusted.AddCert(authority.cert)
	server.TLS = &tls.Config{
		Certificates: []tls.Certificate{issue(t, "server", authority).tlsConfig},
		ClientCAs:    trusted, ClientAuth: tls.RequireAndVerifyClientCert, MinVersion: tls.VersionTLS10, MaxVersion: oldest,
	}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	_, port := splitPort(t, server.Listener.Addr().String())
	return "https://token@localhost:" + port
}

func TestMutualTLS(t *testing.T) {
	t.Parallel()
	authority, stranger := issue(t, "authority", nil), issue(t, "stranger", nil)
	client, impostor := issue(t, "client", authority), issue(t, "impostor", stranger)
	url := secureServer(t, authority, tls.VersionTLS13)
	poll := func(files tlsfile.Files) error {
		g, err := gateway(domain.CheckSNILS, registry.GatewayConfig{URL: url, Files: files})
		require.NoError(t, err)
		_, err = g.Poll(t.Context(), "r")
		return err
	}
	require.NoError(t, poll(tlsfile.Files{Cert: client.certFile, Key: client.keyFile, CA: authority.certFile}))
	for name, files := range map[string]tlsfile.Files{
		"no certificate":        {CA: authority.certFile},
		"another's certificate": {Cert: impostor.certFile, Key: impostor.keyFile, CA: authority.certFile},
		"no authority":          {Cert: client.certFile, Key: client.keyFile},
		"another authority":     {Cert: client.certFile, Key: client.keyFile, CA: stranger.certFile},
	} {
		err := poll(files)
		require.Error(t, err, name)
		require.False(t, isAnswered(err), name)
		requireConfidential(t, "123", err.Error())
	}
}

// A server that cannot do better than TLS 1.1 is not talked to.
func TestOldTLS(t *testing.T) {
	t.Parallel()
	authority := issue(t, "authority", nil)
	client := issue(t, "client", authority)
	g, err := gateway(domain.CheckSNILS, registry.GatewayConfig{
		URL:   secureServer(t, authority, tls.VersionTLS11),
		Files: tlsfile.Files{Cert: client.certFile, Key: client.keyFile, CA: authority.certFile},
	})
	require.NoError(t, err)
	_, err = g.Poll(t.Context(), "r")
	require.ErrorContains(t, err, "protocol version")
}

func TestTLSFilesThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	one, other := issue(t, "one", nil), issue(t, "other", nil)
	missing := filepath.Join(t.TempDir(), "missing")
	garbage := filepath.Join(t.TempDir(), "garbage")
	require.NoError(t, os.WriteFile(garbage, []byte("canary"), 0o600))
	for name, files := range map[string]tlsfile.Files{
		"no key":             {Cert: one.certFile},
		"no certificate":     {Key: one.keyFile},
		"another's key":      {Cert: one.certFile, Key: other.keyFile},
		"missing":            {Cert: missing, Key: missing},
		"garbage":            {Cert: garbage, Key: one.keyFile},
		"missing authority":  {CA: missing},
		"garbage authority":  {CA: garbage},
		"key for authority":  {CA: one.keyFile},
		"folder for a file ": {CA: t.TempDir()},
	} {
		_, err := gateway(domain.CheckSNILS, registry.GatewayConfig{URL: "https://registers.example.org", Files: files})
		require.ErrorContains(t, err, "cannot be read", name)
		require.NotContains(t, err.Error(), "canary")
	}
}

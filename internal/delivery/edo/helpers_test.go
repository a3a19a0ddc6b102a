package edo_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"flag"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/delivery/edo"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/i18n"
	"example.org/kabinet/internal/ident"
)

// files is where the tests leave their documents, for somebody to look at.
var files = flag.String("files", "", "write the documents that the tests make into this folder")

// keep leaves a file for somebody to look at, if that was asked for.
func keep(t *testing.T, name string, content []byte) {
	t.Helper()
	if *files != "" {
		require.NoError(t, os.WriteFile(filepath.Join(*files, name), content, 0o600))
	}
}

const activationCode = "48210937750619283343"

func at() time.Time { return time.Date(2026, time.November, 2, 22, 30, 0, 0, time.UTC) }

func message(t *testing.T) domain.EDOMessage {
	t.Helper()
	number, err := ident.ParsePFRRegNumber("087-214-000001")
	require.NoError(t, err)
	inn, err := ident.ParseINN("3900000009")
	require.NoError(t, err)
	kpp, err := ident.ParseKPP("390001001")
	require.NoError(t, err)
	return domain.EDOMessage{
		ID: uuid.MustParse("0199c0de-7a11-7c3e-8f00-6d2f1b9a4e55"), Kind: domain.EDOActivation,
		Number: number, INN: inn, KPP: kpp, PayerName: "ООО «Синтетика & Ко» <canary>", Agreement: "ЭДО-2026/17",
		Code: activationCode, IssuedAt: at(), ValidUntil: at().Add(30 * 24 * time.Hour), Locale: domain.LocaleRussian,
	}
}

func notice(t *testing.T) domain.EDOMessage {
	t.Helper()
	m := message(t)
	m.Kind, m.Code, m.ValidUntil, m.KPP = domain.EDONotice, "", time.Time{}, ident.KPP{}
	m.Locale = domain.LocaleEnglish
	return m
}

// documents writes documents with a key of its own.
func documents(t *testing.T) *edo.Documents {
	t.Helper()
	signer, err := edo.SandboxSigner(t.TempDir())
	require.NoError(t, err)
	return signedBy(t, signer)
}

func signedBy(t *testing.T, signer *edo.Signer) *edo.Documents {
	t.Helper()
	texts, err := i18n.New()
	require.NoError(t, err)
	return edo.NewDocuments(edo.Config{
		Texts: texts, CabinetURL: "https://cabinet.example.org", Policies: domain.DefaultPolicies(),
		Signer: signer, Clock: fixed(at()),
	})
}

// identity is a certificate and its key, in memory and in files.
type identity struct {
	cert     *x509.Certificate
	key      crypto.Signer
	certFile string
	keyFile  string
}

// issue makes a certificate for loopback, around the time of the tests' documents
// and now; it signs itself if there is no issuer.
func issue(t *testing.T, key crypto.Signer, issuer *identity) *identity {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "synthetic"},
		NotBefore: at().AddDate(-10, 0, 0), NotAfter: at().AddDate(10, 0, 0),
		DNSNames: []string{"localhost"}, IsCA: issuer == nil, BasicConstraintsValid: true,
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	parent, signer := template, key
	if issuer != nil {
		parent, signer = issuer.cert, issuer.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	require.NoError(t, err)
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	folder := t.TempDir()
	i := &identity{cert: cert, key: key, certFile: filepath.Join(folder, "cert.pem"), keyFile: filepath.Join(folder, "key.pem")}
	writePEM(t, i.certFile, "CERTIFICATE", der)
	writePEM(t, i.keyFile, "PRIVATE KEY", secret)
	return i
}

func writePEM(t *testing.T, path, kind string, der []byte) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600))
}

func curve(t *testing.T, c elliptic.Curve) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(c, rand.Reader)
	require.NoError(t, err)
	return key
}

func rsaKey(t *testing.T, bits int) crypto.Signer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	require.NoError(t, err)
	return key
}

// fixed is a clock that stands still.
type fixed time.Time

func (f fixed) Now() time.Time { return time.Time(f) }

package app

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

func edoMessage(t *testing.T) domain.EDOMessage {
	t.Helper()
	number, err := ident.ParsePFRRegNumber("087-214-000001")
	require.NoError(t, err)
	now := time.Now().Truncate(time.Second).UTC()
	return domain.EDOMessage{
		ID: domain.NewID(), Kind: domain.EDOActivation, Number: number, PayerName: "ООО «Синтетика»",
		Code: "48210937750619283343", IssuedAt: now, ValidUntil: now.Add(30 * 24 * time.Hour), Locale: domain.LocaleRussian,
	}
}

// A sandbox puts a document into the folder of the exchange and shows it in the
// outbox, once however often it is sent.
func TestDocumentsOfTheSandbox(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	a := load(t, "KABINET_DATA_DIR="+folder)
	require.NoError(t, a.openOutbox())
	x, err := a.newEDO()
	require.NoError(t, err)
	m := edoMessage(t)
	require.NoError(t, x.Send(t.Context(), m))
	require.NoError(t, x.Send(t.Context(), m))
	sent, err := os.ReadFile(filepath.Join(folder, "edo", "out", m.ID.String()+".xml"))
	require.NoError(t, err)
	list, err := a.outbox.List("087-214-000001", domain.Page{Limit: 10})
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, domain.ChannelEDO, list[0].Channel)
	require.Equal(t, "48210-93775-06192-83343", list[0].Code)
	require.Equal(t, "Код активации личного кабинета плательщика", list[0].Subject)
	require.Contains(t, list[0].Text, list[0].Code)
	require.Equal(t, []string{m.ID.String() + ".xml"}, list[0].Attachments)
	shown, err := os.ReadFile(filepath.Join(a.OutboxFolder(), list[0].Attachments[0]))
	require.NoError(t, err)
	require.Equal(t, string(sent), string(shown))
	sandbox, ok := x.(edoFolder)
	require.True(t, ok)
	require.NoError(t, sandbox.Folder.Play(t.Context(), m.ID, domain.EDOReceipt{Status: domain.EDORead, At: m.IssuedAt}))
	r, err := x.Receipt(t.Context(), m.ID)
	require.NoError(t, err)
	require.Equal(t, domain.EDORead, r.Status)
}

// Production sends to its gateway, with the key of its files.
func TestDocumentsOfProduction(t *testing.T) {
	t.Parallel()
	_, err := withGateways(t).newEDO()
	require.ErrorContains(t, err, "cannot be read")
	cert, key := signature(t)
	a := withGateways(t, "KABINET_EDO_CERT_FILE="+cert, "KABINET_EDO_KEY_FILE="+key)
	x, err := a.newEDO()
	require.NoError(t, err)
	err = x.Send(t.Context(), edoMessage(t))
	require.ErrorContains(t, err, "edo: ")
	require.NotErrorIs(t, err, domain.ErrUndeliverable)
}

// signature is the files of a certificate and its key.
func signature(t *testing.T) (cert, key string) {
	t.Helper()
	secret, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &secret.PublicKey, secret)
	require.NoError(t, err)
	encoded, err := x509.MarshalPKCS8PrivateKey(secret)
	require.NoError(t, err)
	folder := t.TempDir()
	cert, key = filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	for path, block := range map[string]pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: encoded}} {
		require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(&block), 0o600))
	}
	return cert, key
}

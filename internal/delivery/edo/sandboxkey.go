package edo

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"time"
)

// The files of a sandbox's signature.
const (
	sandboxKey  = "edo-key.pem"
	sandboxCert = "edo-cert.pem"
)

// SandboxSigner reads the key and the certificate that a sandbox has in a folder,
// or makes what is missing. However many processes call it at once, all get the
// same. The certificate is nobody's but its own, and says that it is a sandbox's.
func SandboxSigner(folder string) (*Signer, error) {
	keyFile, certFile := filepath.Join(folder, sandboxKey), filepath.Join(folder, sandboxCert)
	if _, err := once(keyFile, newKey); err != nil {
		return nil, err
	}
	if _, err := once(certFile, func() ([]byte, error) { return selfSigned(keyFile) }); err != nil {
		return nil, err
	}
	return LoadSigner(certFile, keyFile)
}

// newKey is a new key on P-256 as PEM.
func newKey() ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// selfSigned is a certificate for a key as PEM, good as long as any sandbox.
func selfSigned(keyFile string) ([]byte, error) {
	text, err := os.ReadFile(filepath.Clean(keyFile))
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("%s is not a key", keyFile)
	}
	secret, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	key, ok := secret.(*ecdsa.PrivateKey)
	if err != nil || !ok {
		return nil, fmt.Errorf("%s is not a key", keyFile)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{Organization: []string{"Kabinet"}, CommonName: "SANDBOX: not a signature of the fund"},
		NotBefore:    time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC),
		NotAfter:     time.Date(2999, time.December, 31, 0, 0, 0, 0, time.UTC),
		KeyUsage:     x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), nil
}

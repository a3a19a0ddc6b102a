// Package tlsfile reads what connections to the gateways of others are secured
// with from PEM files.
package tlsfile

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
)

// Files are the paths of PEM files. Each may be missing, but a certificate and
// its key come together.
type Files struct {
	// Cert and Key are what we show to gateways that ask for a certificate.
	Cert, Key string
	// CA are the authorities that gateways' certificates must come from, instead
	// of the system's.
	CA string
}

// Load reads the files, once: a new certificate needs a new start. No error
// repeats anything of their content.
func (f Files) Load() (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if f.Cert != "" || f.Key != "" {
		pair, err := tls.LoadX509KeyPair(f.Cert, f.Key)
		if err != nil {
			return nil, errors.New("the client certificate and its key cannot be read, or do not belong together")
		}
		c.Certificates = []tls.Certificate{pair}
	}
	if f.CA != "" {
		pem, err := os.ReadFile(filepath.Clean(f.CA))
		c.RootCAs = x509.NewCertPool()
		if err != nil || !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, errors.New("the certificates of the authorities cannot be read")
		}
	}
	return c, nil
}

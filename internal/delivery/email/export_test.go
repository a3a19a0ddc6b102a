package email

import "crypto/x509"

// Trust makes the channel accept servers certified by roots.
func (c *Provider) Trust(roots *x509.CertPool) { c.tls.RootCAs = roots }

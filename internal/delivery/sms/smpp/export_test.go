package smpp

import (
	"crypto/x509"
	"time"
)

// Hurry makes a provider less patient: it waits that long for answers, binds again
// at once, and looks after the connection that often.
func (p *Provider) Hurry(answer, enquire time.Duration) {
	p.pace.answer, p.pace.enquire, p.pace.bound = answer, enquire, answer
	p.pace.rebind, p.pace.rebindAtMost = 10*time.Millisecond, 20*time.Millisecond
}

// Narrow lets fewer receipts wait, and one be taken at once.
func (p *Provider) Narrow(reports int) { p.pace.reports, p.pace.hands = reports, 1 }

// Trust names the authority of the centre's certificate.
func (p *Provider) Trust(authority *x509.Certificate) {
	p.secure.RootCAs = x509.NewCertPool()
	p.secure.RootCAs.AddCert(authority)
}

// MaxStrange is how many receipts for unknown messages are remembered.
const MaxStrange = maxStrange

// Waits tells whether a receipt for an unknown message shall come again.
func (p *Provider) Waits(reference string) bool { return p.strange.wait(reference) }

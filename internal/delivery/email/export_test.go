package email

import (
	"crypto/x509"
	"time"
)

// MaxSessions is how many sessions there are at once.
const MaxSessions = maxSessions

// Trust makes the channel accept servers certified by roots.
func (c *Provider) Trust(roots *x509.CertPool) { c.tls.RootCAs = roots }

// Reuse sets for how many messages a session is used and how long it waits for
// the next one.
func (c *Provider) Reuse(messages int, idle time.Duration) {
	c.sessions.messages, c.sessions.idle = messages, idle
}

// Package pensionfund is the Pension Fund's register of insured persons: it
// checks a SNILS, and whose it is.
package pensionfund

import "example.org/kabinet/internal/registry"

// New makes the client of the register's gateway. The errors are those of
// [registry.NewGateway].
func New(c registry.GatewayConfig) (*registry.Gateway, error) {
	return registry.NewGateway(c, dialect())
}

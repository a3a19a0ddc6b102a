// Package migration is the migration service's register of passports: it checks
// that a passport is valid, and whose it is.
package migration

import "example.org/kabinet/internal/registry"

// New makes the client of the register's gateway. The errors are those of
// [registry.NewGateway].
func New(c registry.GatewayConfig) (*registry.Gateway, error) {
	return registry.NewGateway(c, dialect())
}

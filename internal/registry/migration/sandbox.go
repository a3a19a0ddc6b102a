package migration

import (
	"strings"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/registry"
)

// NewSandbox makes the register of the sandbox: the passport's number, whatever
// its series, chooses the persona.
func NewSandbox(clock registry.Clock) *registry.Personas {
	return registry.NewPersonas(registry.PersonaConfig{
		Kind:  domain.CheckDocument,
		Group: registry.GroupPassport,
		Number: func(s domain.CheckSubject) string {
			return strings.TrimPrefix(s.Passport.Parts().Number.Digits(), "000")
		},
	}, clock)
}

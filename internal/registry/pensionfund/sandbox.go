package pensionfund

import (
	"strings"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/registry"
)

// NewSandbox makes the register of the sandbox: the SNILS, without its two check
// digits, chooses the persona.
func NewSandbox(clock registry.Clock) *registry.Personas {
	return registry.NewPersonas(registry.PersonaConfig{
		Kind:  domain.CheckSNILS,
		Group: registry.GroupSNILS,
		Number: func(s domain.CheckSubject) string {
			const leadingZeros, number = "000000", 9
			digits := s.SNILS.Digits()
			return strings.TrimPrefix(digits[:min(number, len(digits))], leadingZeros)
		},
	}, clock)
}

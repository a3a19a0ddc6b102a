package ident

// unifiedRegDigits is the length of a unified registration number.
const unifiedRegDigits = 10

// UnifiedRegNumber is the number under which the united fund has registered a
// payer of contributions since 2023, beside the older [PFRRegNumber]. It has no
// check digit.
type UnifiedRegNumber struct{ digits string }

// ParseUnifiedRegNumber reads ten digits, grouped or not.
func ParseUnifiedRegNumber(text string) (UnifiedRegNumber, error) {
	digits, err := exactDigits(text, unifiedRegDigits, ErrUnifiedRegNumber)
	return UnifiedRegNumber{digits}, err
}

// Digits is the number in clear: ten digits.
func (n UnifiedRegNumber) Digits() string { return n.digits }

// String is the number masked to its last two digits.
func (n UnifiedRegNumber) String() string { return maskNumber(n.digits) }

// IsZero tells whether there is no number.
func (n UnifiedRegNumber) IsZero() bool { return n.digits == "" }

package ident

// pfrRegDigits is the length of a registration number in the Pension Fund.
const pfrRegDigits = 12

// PFRRegNumber is the number under which the Pension Fund has registered a
// payer of contributions. It has no check digit: whether there is such a payer
// only the register knows.
type PFRRegNumber struct{ digits string }

// ParsePFRRegNumber reads twelve digits, usually grouped 3-3-6.
func ParsePFRRegNumber(text string) (PFRRegNumber, error) {
	digits, err := exactDigits(text, pfrRegDigits, ErrPFRRegNumber)
	return PFRRegNumber{digits}, err
}

// Digits is the number in clear: twelve digits.
func (n PFRRegNumber) Digits() string { return n.digits }

// Formatted is the number in clear as it is usually spelled: 087-214-012345.
func (n PFRRegNumber) Formatted() string {
	if n.digits == "" {
		return ""
	}
	return n.Office().String() + "-" + n.digits[officeDigits:]
}

// Office is the code of the office that registered the payer.
func (n PFRRegNumber) Office() OfficeCode {
	if n.digits == "" {
		return OfficeCode{}
	}
	return OfficeCode{n.digits[:officeDigits]}
}

// String is the number masked to its last two digits.
func (n PFRRegNumber) String() string { return maskNumber(n.digits) }

// IsZero tells whether there is no number.
func (n PFRRegNumber) IsZero() bool { return n.digits == "" }

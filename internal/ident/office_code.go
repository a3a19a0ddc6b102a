package ident

// officeDigits is the length of the code of an office of the Pension Fund.
const officeDigits = 6

// OfficeCode is the code of an office of the Pension Fund: the first six digits
// of the registration numbers that the office gives out. It is public.
type OfficeCode struct{ digits string }

// ParseOfficeCode reads six digits, usually grouped 3-3.
func ParseOfficeCode(text string) (OfficeCode, error) {
	digits, err := exactDigits(text, officeDigits, ErrOfficeCode)
	return OfficeCode{digits}, err
}

// Digits is the six digits.
func (c OfficeCode) Digits() string { return c.digits }

// String is the code as it is usually spelled: 087-214.
func (c OfficeCode) String() string {
	if c.digits == "" {
		return ""
	}
	return c.digits[:3] + "-" + c.digits[3:]
}

// IsZero tells whether there is no code.
func (c OfficeCode) IsZero() bool { return c.digits == "" }

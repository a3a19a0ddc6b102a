package ident

// The sizes of a passport's parts.
const (
	passportSeriesDigits = 4
	passportNumberDigits = 6
	departmentCodeDigits = 6
	maxIssuedByRunes     = 233
)

// PassportSeries is the first half of what a passport is known by.
type PassportSeries struct{ digits string }

// ParsePassportSeries reads four digits, grouped or not.
func ParsePassportSeries(text string) (PassportSeries, error) {
	digits, err := exactDigits(text, passportSeriesDigits, ErrPassportSeries)
	return PassportSeries{digits}, err
}

// Digits is the series in clear: four digits.
func (s PassportSeries) Digits() string { return s.digits }

// String is the series masked whole.
func (s PassportSeries) String() string { return maskLine(s.digits) }

// IsZero tells whether there is no series.
func (s PassportSeries) IsZero() bool { return s.digits == "" }

// PassportNumber is the second half of what a passport is known by.
type PassportNumber struct{ digits string }

// ParsePassportNumber reads six digits, grouped or not.
func ParsePassportNumber(text string) (PassportNumber, error) {
	digits, err := exactDigits(text, passportNumberDigits, ErrPassportNumber)
	return PassportNumber{digits}, err
}

// Digits is the number in clear: six digits.
func (n PassportNumber) Digits() string { return n.digits }

// String is the number masked to its last two digits.
func (n PassportNumber) String() string { return maskNumber(n.digits) }

// IsZero tells whether there is no number.
func (n PassportNumber) IsZero() bool { return n.digits == "" }

// DepartmentCode is the code of the department that issued a passport.
type DepartmentCode struct{ digits string }

// ParseDepartmentCode reads six digits, usually grouped 3-3.
func ParseDepartmentCode(text string) (DepartmentCode, error) {
	digits, err := exactDigits(text, departmentCodeDigits, ErrDepartmentCode)
	return DepartmentCode{digits}, err
}

// Digits is the code in clear: six digits.
func (c DepartmentCode) Digits() string { return c.digits }

// Formatted is the code in clear as it is usually spelled: 390-001.
func (c DepartmentCode) Formatted() string {
	if c.digits == "" {
		return ""
	}
	return c.digits[:3] + "-" + c.digits[3:]
}

// String is the code masked to its last two digits.
func (c DepartmentCode) String() string { return maskNumber(c.digits) }

// IsZero tells whether there is no code.
func (c DepartmentCode) IsZero() bool { return c.digits == "" }

// IssuedBy is the name of the authority that issued a passport, as the passport
// spells it.
type IssuedBy struct{ text string }

// ParseIssuedBy reads a line of at most 233 characters: Russian and Latin letters,
// digits and punctuation, with a letter among them. Spaces around it are dropped
// and those inside squeezed.
func ParseIssuedBy(text string) (IssuedBy, error) {
	line, err := parseLine(text, maxIssuedByRunes, ErrIssuedBy)
	return IssuedBy{line}, err
}

// StoredIssuedBy is an authority that was valid when it was stored.
func StoredIssuedBy(text string) IssuedBy { return IssuedBy{text} }

// Text is the authority in clear.
func (i IssuedBy) Text() string { return i.text }

// String is the authority masked whole.
func (i IssuedBy) String() string { return maskLine(i.text) }

// IsZero tells whether there is no authority.
func (i IssuedBy) IsZero() bool { return i.text == "" }

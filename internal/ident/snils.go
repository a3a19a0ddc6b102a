package ident

// snilsDigits is the length of a SNILS with its two check digits.
const snilsDigits = 11

// lastUncheckedSNILS is the greatest number whose check digits mean nothing:
// those up to it were given out before there was the rule (Pension Fund board,
// resolution No 192p of 2006).
const lastUncheckedSNILS = "001001998"

// SNILS is the number of a person's individual account in pension insurance.
type SNILS struct{ digits string }

// ParseSNILS reads eleven digits, grouped or not. The last two are compared
// with the sum of the first nine, weighted 9 to 1, modulo 101, where 100 counts
// as 0; numbers up to 001-001-998 have no check digits to compare.
func ParseSNILS(text string) (SNILS, error) {
	digits, err := exactDigits(text, snilsDigits, ErrSNILS)
	if err != nil {
		return SNILS{}, err
	}
	number, check := digits[:9], digits[9:]
	sum := weighted(number, 9, 8, 7, 6, 5, 4, 3, 2, 1)
	if number > lastUncheckedSNILS && remainder(check, 101) != sum%101%100 {
		return SNILS{}, ErrSNILSCheckDigits
	}
	return SNILS{digits}, nil
}

// Digits is the number in clear: eleven digits.
func (s SNILS) Digits() string { return s.digits }

// Formatted is the number in clear as it is usually spelled: 112-233-445 95.
func (s SNILS) Formatted() string {
	if s.digits == "" {
		return ""
	}
	return s.digits[:3] + "-" + s.digits[3:6] + "-" + s.digits[6:9] + " " + s.digits[9:]
}

// String is the number masked to its last two digits.
func (s SNILS) String() string { return maskNumber(s.digits) }

// IsZero tells whether there is no number.
func (s SNILS) IsZero() bool { return s.digits == "" }

package ident

// passportAge is the age in years at which a person gets the first passport
// (Government of the Russian Federation, resolution No 828 of 1997; since 2023
// No 2267).
const passportAge = 14

// PassportParts are what a passport of a citizen of Russia consists of.
type PassportParts struct {
	Series     PassportSeries
	Number     PassportNumber
	Issued     Date
	Department DepartmentCode
	IssuedBy   IssuedBy
}

// Passport is a citizen's passport inside the country, complete and of a day on
// which its owner can have got it.
type Passport struct{ parts PassportParts }

// NewPassport makes a passport of all its parts and the owner's birth date. A
// part that is missing is [ErrRequired]; the other errors are those of
// [CheckPassportIssued]. A passport that was made once can be made again on any
// later day.
func NewPassport(parts PassportParts, birth, today Date) (Passport, error) {
	if parts.Series.IsZero() || parts.Number.IsZero() || parts.Department.IsZero() || parts.IssuedBy.IsZero() {
		return Passport{}, ErrRequired
	}
	if err := CheckPassportIssued(parts.Issued, birth, today); err != nil {
		return Passport{}, err
	}
	return Passport{parts}, nil
}

// CheckPassportIssued says whether a passport can have been issued on this day:
// not after today, and not before its owner's 14th birthday, which is 1 March
// for those who were born on 29 February. A day that is missing is
// [ErrRequired].
func CheckPassportIssued(issued, birth, today Date) error {
	switch {
	case issued.IsZero() || birth.IsZero() || today.IsZero():
		return ErrRequired
	case issued.After(today):
		return ErrPassportIssuedInFuture
	case issued.Before(birth.AddYears(passportAge)):
		return ErrPassportIssuedTooEarly
	}
	return nil
}

// Parts are the passport's parts.
func (p Passport) Parts() PassportParts { return p.parts }

// String is the passport masked to the last two digits of its number.
func (p Passport) String() string { return p.parts.Number.String() }

// IsZero tells whether there is no passport.
func (p Passport) IsZero() bool { return p == Passport{} }

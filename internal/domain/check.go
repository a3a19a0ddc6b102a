package domain

import (
	"example.org/kabinet/internal/ident"
)

// Gender is the gender in a person's documents.
type Gender string

// The genders that Russian documents know.
const (
	GenderMale   Gender = "male"
	GenderFemale Gender = "female"
)

// Genders lists every gender.
func Genders() []Gender { return []Gender{GenderMale, GenderFemale} }

// CheckKind says what is checked, and so in which register.
type CheckKind string

// The checks of a case.
const (
	// CheckSNILS is the Pension Fund's: name, birth date, gender and SNILS.
	CheckSNILS CheckKind = "snils"
	// CheckDocument is the migration service's: the passport.
	CheckDocument CheckKind = "document"
)

// CheckKinds lists every kind of check.
func CheckKinds() []CheckKind { return []CheckKind{CheckSNILS, CheckDocument} }

// CheckResult is what a check came to.
type CheckResult string

// The results of a check.
const (
	// CheckPending is a check that waits for its register's answer.
	CheckPending CheckResult = "pending"
	// CheckPassed says that the register holds the same.
	CheckPassed CheckResult = "passed"
	// CheckMismatch says that the register holds something else.
	CheckMismatch CheckResult = "mismatch"
	// CheckNotFound says that the register knows no such number.
	CheckNotFound CheckResult = "not_found"
	// CheckRevoked says that the document is not valid any more.
	CheckRevoked CheckResult = "revoked"
	// CheckDeceased says that the register knows of the person's death.
	CheckDeceased CheckResult = "deceased"
	// CheckUnavailable is a check whose register could not be reached; it is
	// asked again.
	CheckUnavailable CheckResult = "unavailable"
)

// CheckSubject is the person that a register is asked about.
type CheckSubject struct {
	FamilyName, GivenName ident.Name
	Patronymic            ident.Patronymic
	BirthDate             ident.Date
	Gender                Gender
	SNILS                 ident.SNILS
	Passport              ident.Passport
}

// CheckRequest is one question to a register.
type CheckRequest struct {
	Kind CheckKind
	// Key is the same for the same question, however often it is sent: a
	// register answers it once.
	Key     string
	Subject CheckSubject
}

// CheckOutcome is what a register said to a question.
type CheckOutcome struct {
	// Done is false while the register is at work.
	Done   bool
	Result CheckResult
	// Fields are the groups of fields to correct, such as name or passport;
	// never what the register holds.
	Fields []string
}

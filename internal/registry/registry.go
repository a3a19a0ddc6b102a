// Package registry asks the registers of other agencies about people. They are
// asynchronous: a question gets a reference, and the reference is polled until
// there is an answer. The register of payers alone answers at once.
//
// Each register has its own package below this one. Here is what they share: the
// client of an agency's gateway (docs/registry-gateway.openapi.yaml), the
// circuit breaker, and the personas of the sandbox (docs/sandbox.md).
package registry

import (
	"context"
	"errors"
	"time"

	"example.org/kabinet/internal/breaker"
	"example.org/kabinet/internal/domain"
)

// The groups of fields that an answer can ask to correct. They name what the
// person typed, and never say what a register holds.
const (
	GroupName           = "name"
	GroupBirthDate      = "birth_date"
	GroupGender         = "gender"
	GroupSNILS          = "snils"
	GroupPassport       = "passport"
	GroupIssueDate      = "issue_date"
	GroupDepartmentCode = "department_code"
)

var (
	// ErrAnswered marks an error that is about one question only: the register
	// works, but could not check this person, refused the question or does not
	// know the reference any more.
	ErrAnswered = errors.New("the register answered, but not the question")
	// ErrOpen is the error of a [Breaker] that spares its register.
	ErrOpen = breaker.ErrOpen
)

// Register answers questions about people. Every error means that there is no
// answer for now, never that the person failed the check. No error tells
// anything of the person. After an error the same question, with the same key,
// may be asked again.
type Register interface {
	// Ask sends a question, and returns the reference under which its answer can
	// be fetched: at most 200 characters without personal data.
	Ask(ctx context.Context, request domain.CheckRequest) (reference string, err error)
	// Poll looks whether there is an answer.
	Poll(ctx context.Context, reference string) (domain.CheckOutcome, error)
}

// Clock tells the time.
type Clock interface {
	Now() time.Time
}

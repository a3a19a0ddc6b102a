package pensionfund

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/registry"
)

// Persons is the register of insured people in the own database.
type Persons interface {
	// Find finds a person; [apperr.NotFound] where there is none.
	Find(ctx context.Context, snils ident.SNILS) (domain.InsuredPerson, error)
	// Listed tells whether there is a register at all.
	Listed(ctx context.Context) (bool, error)
}

// Own is the register for an installation of the fund itself: its list is in the
// database. It knows the answer at once, and so the reference is the answer,
// which any process can read. It is safe for concurrent use.
type Own struct{ persons Persons }

// NewOwn returns the register over a list of insured people.
func NewOwn(p Persons) *Own { return &Own{p} }

var (
	// errNoList keeps everybody waiting rather than unknown.
	errNoList    = errors.New("no register was imported yet")
	errReference = fmt.Errorf("not a reference of this register: %w", registry.ErrAnswered)
)

// Ask implements [registry.Register].
func (o *Own) Ask(ctx context.Context, request domain.CheckRequest) (string, error) {
	if request.Kind != domain.CheckSNILS {
		return "", wrap(fmt.Errorf("cannot check %s", request.Kind))
	}
	outcome, err := o.look(ctx, request.Subject)
	if err != nil {
		return "", wrap(err)
	}
	return reference(outcome), nil
}

// Poll implements [registry.Register].
func (o *Own) Poll(_ context.Context, text string) (domain.CheckOutcome, error) {
	result, groups, _ := strings.Cut(text, ".")
	outcome := domain.CheckOutcome{Done: true, Result: domain.CheckResult(result)}
	if groups != "" {
		outcome.Fields = strings.Split(groups, ".")
	}
	if !slices.ContainsFunc(outcomes(), func(known domain.CheckResult) bool { return known == outcome.Result }) {
		return domain.CheckOutcome{}, wrap(errReference)
	}
	return outcome, nil
}

// outcomes are the results that the register knows.
func outcomes() []domain.CheckResult {
	return []domain.CheckResult{domain.CheckPassed, domain.CheckMismatch, domain.CheckNotFound, domain.CheckDeceased}
}

func reference(o domain.CheckOutcome) string {
	return strings.Join(append([]string{string(o.Result)}, o.Fields...), ".")
}

func (o *Own) look(ctx context.Context, subject domain.CheckSubject) (domain.CheckOutcome, error) {
	person, err := o.persons.Find(ctx, subject.SNILS)
	if err == nil {
		return compare(person, subject), nil
	}
	if !errors.Is(err, apperr.New(apperr.NotFound)) {
		return domain.CheckOutcome{}, err
	}
	listed, err := o.persons.Listed(ctx)
	if err != nil {
		return domain.CheckOutcome{}, err
	}
	if !listed {
		return domain.CheckOutcome{}, errNoList
	}
	return domain.CheckOutcome{Done: true, Result: domain.CheckNotFound, Fields: []string{registry.GroupSNILS}}, nil
}

// compare names the groups in which a person differs from the register. Of a
// death it speaks only where it is that of the person: a slip in a number must
// close nobody's account.
func compare(person domain.InsuredPerson, subject domain.CheckSubject) domain.CheckOutcome {
	var differ []string
	if !person.FamilyName.Equal(subject.FamilyName) || !person.GivenName.Equal(subject.GivenName) ||
		!person.Patronymic.Equal(subject.Patronymic) {
		differ = append(differ, registry.GroupName)
	}
	if person.BirthDate != subject.BirthDate {
		differ = append(differ, registry.GroupBirthDate)
	}
	if person.Gender != subject.Gender {
		differ = append(differ, registry.GroupGender)
	}
	switch {
	case len(differ) > 0:
		// It may as well be the number that is wrong.
		return domain.CheckOutcome{
			Done: true, Result: domain.CheckMismatch, Fields: append(differ, registry.GroupSNILS),
		}
	case person.Deceased:
		return domain.CheckOutcome{Done: true, Result: domain.CheckDeceased}
	default:
		return domain.CheckOutcome{Done: true, Result: domain.CheckPassed}
	}
}

func wrap(err error) error { return fmt.Errorf("register %s: %w", domain.CheckSNILS, err) }

package pensionfund_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/registry"
	"example.org/kabinet/internal/registry/pensionfund"
)

// list is a register of one person, at most.
type list struct {
	person *domain.InsuredPerson
	err    error
	empty  bool
}

func (l list) Find(_ context.Context, snils ident.SNILS) (domain.InsuredPerson, error) {
	switch {
	case l.err != nil:
		return domain.InsuredPerson{}, l.err
	case l.person == nil || l.person.SNILS != snils:
		return domain.InsuredPerson{}, apperr.New(apperr.NotFound)
	}
	return *l.person, nil
}

func (l list) Listed(context.Context) (bool, error) { return !l.empty, nil }

func value[T any](t *testing.T, parse func(string) (T, error), text string) T {
	t.Helper()
	v, err := parse(text)
	require.NoError(t, err, text)
	return v
}

func patronymic(text string) (ident.Patronymic, error) {
	return ident.ParsePatronymic(text, text == "")
}

// onFile is the person in the register.
func onFile(t *testing.T) domain.InsuredPerson {
	t.Helper()
	return domain.InsuredPerson{
		SNILS:      value(t, ident.ParseSNILS, "112-233-445 95"),
		FamilyName: value(t, ident.ParseName, "СЕМЁНОВА-ТЯН"), GivenName: value(t, ident.ParseName, "Алёна"),
		Patronymic: value(t, patronymic, "Фёдоровна"),
		BirthDate:  value(t, ident.ParseDate, "1984-05-17"), Gender: domain.GenderFemale,
	}
}

// asked is the same person as typed in.
func asked(t *testing.T) domain.CheckSubject {
	t.Helper()
	return domain.CheckSubject{
		SNILS:      value(t, ident.ParseSNILS, "11223344595"),
		FamilyName: value(t, ident.ParseName, "семенова—тян"), GivenName: value(t, ident.ParseName, "АЛЕНА"),
		Patronymic: value(t, patronymic, " фёдоровна "),
		BirthDate:  value(t, ident.ParseDate, "1984-05-17"), Gender: domain.GenderFemale,
	}
}

// outcome is the answer to a question, read by another process.
func outcome(t *testing.T, l list, subject domain.CheckSubject) (domain.CheckOutcome, error) {
	t.Helper()
	question := domain.CheckRequest{Kind: domain.CheckSNILS, Key: "key", Subject: subject}
	reference, err := pensionfund.NewOwn(l).Ask(t.Context(), question)
	if err != nil {
		return domain.CheckOutcome{}, err
	}
	require.LessOrEqual(t, len(reference), 200)
	again, err := pensionfund.NewOwn(l).Ask(t.Context(), question)
	require.NoError(t, err)
	require.Equal(t, reference, again)
	return pensionfund.NewOwn(list{}).Poll(t.Context(), reference)
}

// The register answers in groups of fields, and never says what it holds. // M05
func TestOwnRegister(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		change func(*domain.InsuredPerson, *domain.CheckSubject)
		want   domain.CheckResult
		fields []string
	}{
		"another spelling": {nil, domain.CheckPassed, nil},
		"family name": {func(_ *domain.InsuredPerson, s *domain.CheckSubject) {
			s.FamilyName = value(t, ident.ParseName, "Семенов")
		}, domain.CheckMismatch, []string{"name", "snils"}},
		"given name": {func(_ *domain.InsuredPerson, s *domain.CheckSubject) {
			s.GivenName = value(t, ident.ParseName, "Елена")
		}, domain.CheckMismatch, []string{"name", "snils"}},
		"patronymic left out": {func(_ *domain.InsuredPerson, s *domain.CheckSubject) {
			s.Patronymic = value(t, patronymic, "")
		}, domain.CheckMismatch, []string{"name", "snils"}},
		"no patronymic": {func(p *domain.InsuredPerson, s *domain.CheckSubject) {
			p.Patronymic, s.Patronymic = value(t, patronymic, ""), value(t, patronymic, "")
		}, domain.CheckPassed, nil},
		"birth date and gender": {func(_ *domain.InsuredPerson, s *domain.CheckSubject) {
			s.BirthDate, s.Gender = value(t, ident.ParseDate, "1984-05-18"), domain.GenderMale
		}, domain.CheckMismatch, []string{"birth_date", "gender", "snils"}},
		"unknown": {func(_ *domain.InsuredPerson, s *domain.CheckSubject) {
			s.SNILS = value(t, ident.ParseSNILS, "110-725-115 99")
		}, domain.CheckNotFound, []string{"snils"}},
		"dead": {func(p *domain.InsuredPerson, _ *domain.CheckSubject) {
			p.Deceased = true
		}, domain.CheckDeceased, nil},
		"somebody else is dead": {func(p *domain.InsuredPerson, s *domain.CheckSubject) {
			p.Deceased, s.BirthDate = true, value(t, ident.ParseDate, "2000-01-01")
		}, domain.CheckMismatch, []string{"birth_date", "snils"}},
	} {
		person, subject := onFile(t), asked(t)
		if tc.change != nil {
			tc.change(&person, &subject)
		}
		got, err := outcome(t, list{person: &person}, subject)
		require.NoError(t, err, name)
		require.Equal(t, domain.CheckOutcome{Done: true, Result: tc.want, Fields: tc.fields}, got, name)
	}
}

// Nobody is unknown because the register is missing or cannot be read.
func TestOwnRegisterThatCannotAnswer(t *testing.T) {
	t.Parallel()
	_, err := outcome(t, list{empty: true}, asked(t))
	require.ErrorContains(t, err, "no register was imported yet")
	_, err = outcome(t, list{err: errors.New("the disk is gone")}, asked(t))
	require.ErrorContains(t, err, "register snils: the disk is gone")
	own := pensionfund.NewOwn(list{})
	_, err = own.Ask(t.Context(), domain.CheckRequest{Kind: domain.CheckDocument})
	require.ErrorContains(t, err, "cannot check document")
	for _, reference := range []string{"", "pending", "unavailable", "revoked", "600.1.key"} {
		got, err := own.Poll(t.Context(), reference)
		require.ErrorIs(t, err, registry.ErrAnswered, reference)
		require.Zero(t, got)
	}
}

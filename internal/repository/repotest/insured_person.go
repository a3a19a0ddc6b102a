package repotest

import (
	"errors"
	"fmt"
	"iter"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
	"example.org/kabinet/internal/registry/pensionfund"
	"example.org/kabinet/internal/repository"
)

func insuredTests() map[string]func(*testing.T, *world) {
	return map[string]func(*testing.T, *world){
		"insured persons/come back as they were": insuredComeBack,
		"insured persons/replaced":               insuredReplaced,
		"insured persons/list that breaks off":   insuredBreaksOff,
		"insured persons/stands twice":           insuredTwice,
		"insured persons/at once":                insuredAtOnce,
		"insured persons/answer questions":       insuredAnswer,
	}
}

func (w *world) insured() *repository.InsuredPersons { return repository.NewInsuredPersons(w.store) }

// insuredAs is the person of [Papers] in the register.
func insuredAs(t *testing.T, snils string) domain.InsuredPerson {
	t.Helper()
	s := Papers(t, domain.NewID(), domain.NewID(), time.Unix(0, 0)).Subject
	return domain.InsuredPerson{
		SNILS: parsed(t, ident.ParseSNILS, snils), FamilyName: s.FamilyName, GivenName: s.GivenName,
		Patronymic: s.Patronymic, BirthDate: s.BirthDate, Gender: s.Gender,
	}
}

// unchecked is a SNILS whose check digits mean nothing.
func unchecked(number int) string { return fmt.Sprintf("%09d00", number) }

func listOf(people iter.Seq2[domain.InsuredPerson, error]) domain.InsuredList {
	return domain.InsuredList{ID: domain.NewID(), People: people, Progress: func(int) {}}
}

func each(people ...domain.InsuredPerson) iter.Seq2[domain.InsuredPerson, error] {
	return func(yield func(domain.InsuredPerson, error) bool) {
		for _, p := range people {
			if !yield(p, nil) {
				return
			}
		}
	}
}

func insuredComeBack(t *testing.T, w *world) {
	t.Helper()
	listed, err := w.insured().Listed(t.Context())
	require.NoError(t, err)
	require.False(t, listed)
	full, bare := insuredAs(t, "112-233-445 95"), insuredAs(t, unchecked(7))
	bare.FamilyName, bare.Deceased = ident.Name{}, true
	bare.Patronymic, err = ident.ParsePatronymic("", true)
	require.NoError(t, err)
	changes, err := w.insured().Replace(t.Context(), listOf(each(full, bare)))
	require.NoError(t, err)
	require.Equal(t, domain.InsuredChanges{Stored: 2}, changes)
	for _, want := range []domain.InsuredPerson{full, bare} {
		got, err := w.insured().Find(t.Context(), want.SNILS)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	_, err = w.insured().Find(t.Context(), snilsOf(t, unchecked(8)))
	requireCode(t, apperr.NotFound, err)
	listed, err = w.insured().Listed(t.Context())
	require.NoError(t, err)
	require.True(t, listed)
}

// A list of several statements is one list, also when it comes again.
func insuredReplaced(t *testing.T, w *world) {
	t.Helper()
	const size = 2500
	var told []int
	first := insuredAs(t, unchecked(0))
	list := func(from int) domain.InsuredList {
		l := listOf(func(yield func(domain.InsuredPerson, error) bool) {
			for i := range size {
				p := first
				p.SNILS = snilsOf(t, unchecked(from+i))
				if !yield(p, nil) {
					return
				}
			}
		})
		l.Progress = func(stored int) { told = append(told, stored) }
		return l
	}
	for range 2 {
		changes, err := w.insured().Replace(t.Context(), list(0))
		require.NoError(t, err)
		require.Equal(t, domain.InsuredChanges{Stored: size}, changes)
	}
	require.Equal(t, []int{1000, 2000, 2500, 1000, 2000, 2500}, told)
	changes, err := w.insured().Replace(t.Context(), list(2400))
	require.NoError(t, err)
	require.Equal(t, domain.InsuredChanges{Stored: size, Removed: 2400}, changes)
	_, err = w.insured().Find(t.Context(), snilsOf(t, unchecked(2399)))
	requireCode(t, apperr.NotFound, err)
	_, err = w.insured().Find(t.Context(), snilsOf(t, unchecked(4899)))
	require.NoError(t, err)
}

func insuredBreaksOff(t *testing.T, w *world) {
	t.Helper()
	known, wanted := insuredAs(t, unchecked(1)), errors.New("no")
	_, err := w.insured().Replace(t.Context(), listOf(each(known)))
	require.NoError(t, err)
	_, err = w.insured().Replace(t.Context(), listOf(func(yield func(domain.InsuredPerson, error) bool) {
		for i := range 1500 {
			if p := insuredAs(t, unchecked(10+i)); !yield(p, nil) {
				return
			}
		}
		yield(domain.InsuredPerson{}, wanted)
	}))
	require.Same(t, wanted, err)
	_, err = w.insured().Find(t.Context(), known.SNILS)
	require.NoError(t, err)
	_, err = w.insured().Find(t.Context(), snilsOf(t, unchecked(10)))
	requireCode(t, apperr.NotFound, err)
}

func insuredTwice(t *testing.T, w *world) {
	t.Helper()
	near, far := []domain.InsuredPerson{}, []domain.InsuredPerson{}
	for i := range 1001 {
		far = append(far, insuredAs(t, unchecked(i)))
	}
	near = append(near, far[0], far[1], far[0])
	far[1000] = far[0] // in another statement
	for _, people := range [][]domain.InsuredPerson{near, far} {
		_, err := w.insured().Replace(t.Context(), listOf(each(people...)))
		require.ErrorContains(t, err, "twice")
		listed, err := w.insured().Listed(t.Context())
		require.NoError(t, err)
		require.False(t, listed)
	}
}

func insuredAtOnce(t *testing.T, w *world) {
	t.Helper()
	const lists = 4
	codes := atOnce(lists, func(i int) error {
		_, err := w.insured().Replace(t.Context(), listOf(each(
			insuredAs(t, unchecked(10*i)), insuredAs(t, unchecked(10*i+1)))))
		return err
	})
	require.Equal(t, map[apperr.Code]int{"": lists}, codes)
	var found int
	for i := range lists {
		_, first := w.insured().Find(t.Context(), snilsOf(t, unchecked(10*i)))
		_, second := w.insured().Find(t.Context(), snilsOf(t, unchecked(10*i+1)))
		require.Equal(t, first == nil, second == nil)
		if first == nil {
			found++
		}
	}
	require.Equal(t, 1, found, "the last list is the register")
}

// insuredAnswer is the Pension Fund's register over the list, as the fund itself
// runs it. // M05
func insuredAnswer(t *testing.T, w *world) {
	t.Helper()
	register, papers := pensionfund.NewOwn(w.insured()), Papers(t, domain.NewID(), domain.NewID(), w.now)
	question := domain.CheckRequest{Kind: domain.CheckSNILS, Key: "key", Subject: papers.Subject}
	_, err := register.Ask(t.Context(), question)
	require.ErrorContains(t, err, "no register was imported yet")
	ask := func(list ...domain.InsuredPerson) domain.CheckOutcome {
		_, err := w.insured().Replace(t.Context(), listOf(each(list...)))
		require.NoError(t, err)
		reference, err := register.Ask(t.Context(), question)
		require.NoError(t, err)
		outcome, err := register.Poll(t.Context(), reference)
		require.NoError(t, err)
		return outcome
	}
	person := insuredAs(t, "112-233-445 95")
	require.Equal(t, domain.CheckPassed, ask(person).Result)
	person.Deceased = true
	require.Equal(t, domain.CheckDeceased, ask(person).Result)
	person.Gender = domain.GenderMale
	require.Equal(t, []string{"gender", "snils"}, ask(person).Fields)
	require.Equal(t, domain.CheckNotFound, ask(insuredAs(t, unchecked(7))).Result)
}

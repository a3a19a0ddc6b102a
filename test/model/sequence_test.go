package model_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// sequence is one random course of events and what the world outside knows of
// it. All choices come from the seed, so that the same seed makes the same ones.
type sequence struct {
	*world

	t      *testing.T
	random *rand.Rand
	number int
	people []*person
	// numbers are the SNILS that the people share.
	numbers []ident.SNILS
	// pending are check jobs that are not over, done those that are.
	pending, done []domain.CheckRun
	batches       []domain.LetterBatch
	printed       map[uuid.UUID]bool
	approvals     []uuid.UUID
	registers     answers
	envelopes     map[uuid.UUID]*paper
	trail         []string
	// acted tells that the event at hand has done something.
	acted bool
	seen  snapshot
}

// person is somebody with an account and all that they were ever given.
type person struct {
	id            uuid.UUID
	contact       string
	access        []string
	refresh       []string
	confirmations []uuid.UUID
	frozen        bool
}

// paper is a letter as its reader knows it.
type paper struct {
	owner *person
	// code is empty until the letter is on paper.
	code     string
	accepted int
	wrong    []time.Time
}

// answers is the registers' side.
type answers struct {
	// dead is a register that never answers.
	dead  bool
	asked map[string]domain.CheckSubject
	// passed is who has passed each of the checks of a case.
	passed map[string]domain.CheckSubject
}

var errDown = errors.New("the register is down")

func (s *sequence) ask(q domain.CheckRequest) (string, error) {
	if s.registers.dead || s.chance(5) {
		return "", errDown
	}
	s.registers.asked[q.Key] = q.Subject
	return q.Key, nil
}

func (s *sequence) poll(kind domain.CheckKind, reference string) (domain.CheckOutcome, error) {
	switch roll := s.random.IntN(100); {
	case roll < 80:
		id, _, _ := strings.Cut(reference, "/")
		s.registers.passed[id+"/"+string(kind)] = s.registers.asked[reference]
		return domain.CheckOutcome{Done: true, Result: domain.CheckPassed}, nil
	case roll < 86:
		return domain.CheckOutcome{}, nil
	case roll < 91:
		return domain.CheckOutcome{}, errDown
	case roll < 95:
		return domain.CheckOutcome{Done: true, Result: domain.CheckMismatch, Fields: []string{"name"}}, nil
	case roll < 97:
		return domain.CheckOutcome{Done: true, Result: domain.CheckNotFound}, nil
	default:
		return domain.CheckOutcome{Done: true, Result: domain.CheckDeceased}, nil
	}
}

// begin is a new sequence with its people.
func (w *world) begin(t *testing.T, seed uint64, number int) *sequence {
	t.Helper()
	s := &sequence{
		world: w, t: t, number: number,
		random:    rand.New(rand.NewPCG(seed, uint64(number))),
		registers: answers{asked: map[string]domain.CheckSubject{}, passed: map[string]domain.CheckSubject{}},
		envelopes: map[uuid.UUID]*paper{}, printed: map[uuid.UUID]bool{},
	}
	w.play = s
	w.tape.checks, w.tape.settles, w.tape.links = nil, nil, nil
	w.clock.Set(w.began)
	for i := range 2 {
		s.numbers = append(s.numbers, snils(100_000_000+number*2+i))
	}
	for i := range crowd - min(1, s.random.IntN(3)) {
		s.people = append(s.people, s.join(i))
	}
	s.seen = s.look()
	return s
}

// join makes an account, as a registration does.
func (s *sequence) join(i int) *person {
	p := &person{contact: fmt.Sprintf("+79%09d", s.number*10+i)}
	a := domain.NewCitizen(domain.Registration{
		FamilyName: must(ident.ParseName("Модельная")), GivenName: must(ident.ParseName("Анна")),
		Contact: must(ident.ParseLogin(p.contact)), Locale: domain.LocaleRussian,
	}, s.clock.Now())
	require.NoError(s.t, s.accounts.Create(s.ctx(), a, domain.Credential{AccountID: a.ID, Hash: right, ChangedAt: a.CreatedAt}))
	p.id = a.ID
	return p
}

func (s *sequence) ctx() context.Context { return s.t.Context() }

// chance is true in so many of a hundred cases.
func (s *sequence) chance(percent int) bool { return s.random.IntN(100) < percent }

// pick is one of several; the zero value of none.
func pick[T any](s *sequence, all []T) (one T) {
	if len(all) == 0 {
		return one
	}
	return all[s.random.IntN(len(all))]
}

// somebody is one of the people, mostly the first: who is on the way gets far.
func (s *sequence) somebody() *person {
	if s.chance(50) {
		return s.people[0]
	}
	return pick(s, s.people)
}

// refused makes sure that an error, if there is one, is an answer and no
// failure.
func (s *sequence) refused(err error) bool {
	s.acted = true
	if err == nil {
		return false
	}
	switch apperr.CodeOf(err) { //nolint:exhaustive // all others are answers
	case apperr.Internal, apperr.ServiceUnavailable, apperr.Busy:
		s.fail("a failure: %v", err)
	}
	return true
}

// fail ends the test and tells how it came to that.
func (s *sequence) fail(format string, args ...any) {
	s.t.Helper()
	s.t.Logf("sequence %d:\n  %s", s.number, strings.Join(s.trail, "\n  "))
	require.FailNow(s.t, fmt.Sprintf(format, args...))
}

// note adds to the tale that a failure tells.
func (s *sequence) note(format string, args ...any) {
	s.trail = append(s.trail, fmt.Sprintf(format, args...))
}

// atOnce lets several things happen in parallel.
func atOnce(all ...func() error) []error {
	failed := make([]error, len(all))
	var wg sync.WaitGroup
	for i, one := range all {
		wg.Go(func() { failed[i] = one() })
	}
	wg.Wait()
	return failed
}

// snils is the number with its check digits.
func snils(number int) ident.SNILS {
	sum, rest := 0, number
	for weight := 1; weight <= 9; weight++ {
		sum += weight * (rest % 10)
		rest /= 10
	}
	return must(ident.ParseSNILS(fmt.Sprintf("%09d%02d", number, sum%101%100)))
}

// papers are a person's data as they are given, with one of the shared numbers.
func (s *sequence) papers() domain.PersonalData {
	birth, today := must(ident.ParseDate("1984-05-17")), ident.DateOf(s.clock.Now())
	subject := domain.CheckSubject{
		FamilyName: must(ident.ParseName(pick(s, []string{"Модельная", "Примерная"}))), GivenName: must(ident.ParseName("Анна")),
		Patronymic: must(ident.ParsePatronymic("", true)), BirthDate: birth, Gender: "female", SNILS: pick(s, s.numbers),
	}
	subject.Passport = must(ident.NewPassport(ident.PassportParts{
		Series: must(ident.ParsePassportSeries("2704")), Number: must(ident.ParsePassportNumber(pick(s, []string{"000701", "000702"}))),
		Issued: must(ident.ParseDate("2004-06-01")), Department: must(ident.ParseDepartmentCode("390-001")),
		IssuedBy: must(ident.ParseIssuedBy("Отделом")),
	}, birth, today))
	return domain.PersonalData{
		Subject: subject, Birthplace: must(ident.ParseBirthplace("Калининград")), Registration: s.address(),
	}
}

func (s *sequence) address() domain.Address {
	line := func(text string) ident.AddressLine { return must(ident.ParseAddressLine(text)) }
	return domain.Address{
		PostalIndex: must(ident.ParsePostalIndex("236000")), Region: line("Калининградская область"),
		City: line("Калининград"), Street: line("Модельная улица"), House: line("7"),
	}
}

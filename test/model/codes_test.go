package model_test

import (
	"errors"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// enterRight types the code of a letter, sometimes three times at once.
func (s *sequence) enterRight() {
	p := s.somebody()
	paper, id := s.envelope(p)
	if paper == nil || paper.code == "" {
		return
	}
	one := func() error { return s.enter(p, id, paper.code) }
	all := []func() error{one}
	if s.chance(30) {
		all = append(all, one, one)
	}
	for _, err := range atOnce(all...) {
		if !s.refused(err) {
			paper.accepted++
		}
	}
}

// enterWrong types wrong codes, sometimes more at once than are compared.
func (s *sequence) enterWrong() {
	p := s.somebody()
	if paper, id := s.envelope(p); paper != nil {
		s.typeWrong(p, id, pick(s, []int{1, 1, 7}))
	}
}

// typeWrong types so many wrong codes at once.
func (s *sequence) typeWrong(p *person, id uuid.UUID, times int) {
	paper, wrong := s.envelopes[id], "0000000000"
	if paper.code == wrong {
		wrong = "1111111111"
	}
	var all []func() error
	for range times {
		all = append(all, func() error { return s.enter(p, id, wrong) })
	}
	for _, err := range atOnce(all...) {
		if !s.refused(err) {
			s.fail("a wrong code was accepted")
		}
		if errors.Is(err, apperr.New(apperr.CodeIncorrect)) {
			paper.wrong = append(paper.wrong, s.clock.Now())
		}
	}
}

// guess types as many wrong codes as are compared, and waits until more are.
func (s *sequence) guess() {
	p := s.people[0]
	paper, id := s.envelope(p)
	if paper == nil || paper.code == "" {
		return
	}
	s.typeWrong(p, id, 1+domain.DefaultPolicies().LetterAttemptsPerWindow)
	s.passWindow()
}

package model_test

import (
	"fmt"

	"github.com/google/uuid"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/ident"
)

// desks are the operators, each at a place. The last one has the SNILS of one of
// the people, and must not decide on that person.
func (s *sequence) desks() []domain.Desk {
	var all []domain.Desk
	for i, o := range s.operators {
		if i == len(s.operators)-1 {
			o.SNILS = s.numbers[0]
		}
		all = append(all, domain.Desk{Operator: o, Place: s.places[i%len(s.places)]})
	}
	return all
}

// known are the data on file of somebody; false where there are none.
func (s *sequence) known(p *person) (domain.PersonalData, bool) {
	if len(s.seen.of("data", p.id)) == 0 {
		return domain.PersonalData{AccountID: p.id}, false
	}
	return must(s.data.Get(s.ctx(), p.id)), true
}

// decision is a confirmation at a desk, with the right document.
func (s *sequence) decision(d domain.Desk, data domain.PersonalData) domain.InPersonDecision {
	of := data.Subject.Passport.Parts()
	return domain.InPersonDecision{Desk: d, AccountID: data.AccountID, Document: domain.DocumentSeen{
		Series: of.Series, Number: of.Number, Issued: of.Issued, Department: of.Department,
		FamilyName: data.Subject.FamilyName, GivenName: data.Subject.GivenName,
		Patronymic: data.Subject.Patronymic, BirthDate: data.Subject.BirthDate,
	}}
}

func (s *sequence) confirm() {
	data, ok := s.known(s.somebody())
	if !ok {
		return
	}
	d := pick(s, s.desks())
	in := s.decision(d, data)
	wrong := s.chance(20)
	if wrong {
		in.Document.Number = must(ident.ParsePassportNumber("999999"))
	}
	_, err := s.confirmations.ConfirmInPerson(s.ctx(), in)
	if s.refused(err) {
		return
	}
	if wrong {
		s.fail("an identity was confirmed with another document")
	}
	if d.Operator.SNILS == data.Subject.SNILS {
		s.fail("an operator has confirmed the own identity")
	}
}

func (s *sequence) refuse() {
	p := s.somebody()
	_, err := s.confirmations.RefuseInPerson(s.ctx(), domain.InPersonRefusal{
		Desk: pick(s, s.desks()), AccountID: p.id, Reason: pick(s, domain.RefusalReasons()),
	})
	s.refused(err)
}

// decideAtOnce: of several decisions on one person at once, one is made.
func (s *sequence) decideAtOnce() {
	data, ok := s.known(s.somebody())
	if !ok {
		return
	}
	desks := s.desks()
	yes := s.decision(desks[0], data)
	no := domain.InPersonRefusal{Desk: desks[0], AccountID: data.AccountID, Reason: domain.RefusalDataDiffer}
	no.Desk.Operator = desks[1].Operator
	done := 0
	for _, err := range atOnce(
		func() error { _, err := s.confirmations.ConfirmInPerson(s.ctx(), yes); return err },
		func() error { _, err := s.confirmations.ConfirmInPerson(s.ctx(), yes); return err },
		func() error { _, err := s.confirmations.RefuseInPerson(s.ctx(), no); return err },
	) {
		if !s.refused(err) {
			done++
		}
	}
	if done > 1 {
		s.fail("%d decisions were made at once", done)
	}
}

func (s *sequence) suspend() {
	_, err := s.reviews.Suspend(s.ctx(), domain.AccountAction{
		Desk: pick(s, s.desks()), AccountID: s.somebody().id, Reason: "model",
	})
	s.refused(err)
}

// askSecond asks for what the account needs, or for anything.
func (s *sequence) askSecond() {
	p := s.somebody()
	kind := pick(s, domain.ApprovalKinds())
	switch s.seen.nouns["account "+p.id.String()].status {
	case string(domain.AccountSuspended):
		kind = domain.ApproveReinstate
	case string(domain.AccountDeceased):
		kind = domain.ApproveUndoDeath
	}
	out, err := s.reviews.Request(s.ctx(), domain.ApprovalRequest{
		AccountAction: domain.AccountAction{Desk: pick(s, s.desks()), AccountID: p.id, Reason: "model"}, Kind: kind,
	})
	if !s.refused(err) {
		s.approvals = append(s.approvals, out.ID)
	}
}

// decide is the second person's word, sometimes by two at once.
func (s *sequence) decide() {
	if len(s.approvals) == 0 {
		return
	}
	id := s.approvals[len(s.approvals)-1]
	on := pick(s, []domain.ApprovalEvent{domain.ApprovalApprove, domain.ApprovalApprove, domain.ApprovalDecline})
	var all []func() error
	for range 1 + s.random.IntN(2) {
		in := domain.ApprovalDecision{Desk: pick(s, s.desks()), ID: id, On: on, Reason: "model"}
		all = append(all, func() error { _, err := s.reviews.DecideApproval(s.ctx(), in); return err })
	}
	done := 0
	for _, err := range atOnce(all...) {
		if !s.refused(err) {
			done++
		}
	}
	if done > 1 {
		s.fail("an approval was decided %d times", done)
	}
}

// review decides on a case that a register never answered.
func (s *sequence) review() {
	p := s.somebody()
	for _, c := range s.seen.with("case", p.id, string(domain.VerificationManualReview)) {
		in := domain.ReviewDecision{Desk: pick(s, s.desks()), CaseID: uuid.MustParse(c.id), Pass: s.chance(70), Reason: "model"}
		if !in.Pass {
			in.Fields = []string{"snils"}
		}
		_, err := s.reviews.Decide(s.ctx(), in)
		s.refused(err)
	}
}

// print puts the letters that wait on paper: from now on their readers can know
// the codes.
func (s *sequence) print() {
	d := s.desks()[0]
	b, err := s.mail.CreateBatch(s.ctx(), d)
	if !s.refused(err) {
		s.batches = append(s.batches, b)
	}
	b = pick(s, s.batches)
	if b.ID == uuid.Nil {
		return
	}
	if s.printed[b.ID] {
		return
	}
	jobs := must(s.printing.PrintJobs(s.ctx(), b.ID))
	printed, err := s.mail.MarkPrinted(s.ctx(), d, b.ID)
	if s.refused(err) {
		return
	}
	s.printed[b.ID] = true
	for _, l := range printed.Letters {
		for _, job := range jobs {
			if paper := s.envelopes[l.ID]; job.Letter.ID == l.ID && paper != nil && l.Status == domain.LetterPrinted {
				paper.code = job.Code
			}
		}
	}
	if left := must(s.printing.PrintJobs(s.ctx(), b.ID)); len(left) > 0 {
		s.fail("a code is still there after it was printed")
	}
}

// post hands the letters of a batch over.
func (s *sequence) post() {
	for _, b := range s.batches {
		var items []domain.Posting
		for _, l := range must(s.printing.LettersOf(s.ctx(), b.ID)) {
			if l.Status == domain.LetterPrinted {
				items = append(items, domain.Posting{LetterID: l.ID, Track: s.track()})
			}
		}
		if len(items) > 0 {
			_, err := s.mail.Post(s.ctx(), s.desks()[0], b.ID, items)
			s.refused(err)
		}
	}
}

// track is a number that no letter has.
func (s *sequence) track() ident.PostalItemID {
	s.tracks++
	for check := range 10 {
		if id, err := ident.ParsePostalItemID(fmt.Sprintf("2360%09d%d", s.tracks, check)); err == nil {
			return id
		}
	}
	panic("no check digit")
}

// outcome is what the post says of a letter.
func (s *sequence) outcome() {
	paper, id := s.envelope(s.somebody())
	if paper == nil || paper.code == "" {
		return
	}
	_, err := s.mail.Outcome(s.ctx(), s.desks()[0], id, pick(s, []domain.LetterOutcome{
		domain.OutcomeDelivered, domain.OutcomeDelivered, domain.OutcomeReturned, domain.OutcomeLost,
	}))
	s.refused(err)
}

// envelope is one of the letters that somebody has asked for.
func (s *sequence) envelope(p *person) (*paper, uuid.UUID) {
	var all []uuid.UUID
	for _, id := range p.confirmations {
		if s.envelopes[id] != nil {
			all = append(all, id)
		}
	}
	if len(all) == 0 {
		return nil, uuid.Nil
	}
	id := all[len(all)-1]
	if s.chance(20) {
		id = pick(s, all)
	}
	return s.envelopes[id], id
}

func (s *sequence) enter(p *person, id uuid.UUID, code string) error {
	_, err := s.confirmations.EnterCode(s.ctx(), domain.ConfirmationCode{
		Who: domain.Principal{AccountID: p.id}, ID: id, Code: code,
	})
	return err
}

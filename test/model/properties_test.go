package model_test

import (
	"slices"
	"strconv"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
)

// check looks whether everything that must always hold does.
func (s *sequence) check() {
	before := s.seen
	s.seen = s.look()
	s.been.add(s.seen)
	confirmed := map[string]int{}
	for _, p := range s.people {
		a := s.seen.nouns["account "+p.id.String()]
		if a.more == string(domain.LevelConfirmed) {
			confirmed[s.proven(p)]++
		}
		s.checkLevel(p, a)
		s.checkLetters(p)
		if a.status == string(domain.AccountActive) {
			p.frozen = false
			continue
		}
		s.checkFrozen(p, a)
	}
	for number, count := range confirmed {
		if count > 1 {
			s.fail("%d confirmed accounts have the SNILS %s", count, number)
		}
	}
	s.checkAttempts(before)
	s.checkNextActions()
}

// proven: a confirmed account has exactly one closed confirmation with its way,
// on the data that the registers were asked about. It returns the SNILS.
func (s *sequence) proven(p *person) string {
	closed := s.seen.with("confirmation", p.id, string(domain.ConfirmationConfirmed))
	if len(closed) != 1 {
		s.fail("a confirmed account has %d confirmations", len(closed))
	}
	data, err := s.data.Get(s.ctx(), p.id)
	require.NoError(s.t, err)
	inPerson := closed[0].where[:6] != "regist"
	if closed[0].where[len(closed[0].where)-7:] != "settled" || inPerson == (closed[0].where[len(closed[0].where)-9:] == "  settled") {
		s.fail("the way of the confirmation is not recorded: %q", closed[0].where)
	}
	if closed[0].more != data.CaseID.String() {
		s.fail("the confirmation is of other data")
	}
	if status := s.seen.nouns["case "+data.CaseID.String()].status; status != string(domain.VerificationPassed) {
		s.fail("a confirmed account's case is %s", status)
	}
	if len(s.seen.of("claim", p.id)) != 1 {
		s.fail("a confirmed account does not hold its SNILS")
	}
	s.checkUnchanged(data)
	return data.Subject.SNILS.Digits()
}

// checkUnchanged: what is on file is what the registers said yes to, or an
// operator did in the place of one of them.
func (s *sequence) checkUnchanged(data domain.PersonalData) {
	for _, kind := range domain.CheckKinds() {
		asked, ok := s.registers.passed[data.CaseID.String()+"/"+string(kind)]
		if ok && asked != data.Subject {
			s.fail("the data are not those that were checked")
		}
	}
}

// checkLevel: the level is no higher than what is proven.
func (s *sequence) checkLevel(p *person, a noun) {
	live := s.seen.with("confirmation", p.id, string(domain.ConfirmationRequested), string(domain.ConfirmationConfirmed))
	proof := s.seen.with("confirmation", p.id, string(domain.ConfirmationConfirmed))
	if a.more != string(domain.LevelConfirmed) && len(proof) > 0 {
		s.fail("the account is %s and has a confirmation", a.more)
	}
	if a.more == string(domain.LevelSimplified) && len(live) > 0 {
		s.fail("a confirmation is under way for an account of which nothing is proven")
	}
	if a.more != string(domain.LevelSimplified) && a.status == string(domain.AccountActive) &&
		len(s.seen.with("case", p.id, string(domain.VerificationPassed))) != 1 {
		s.fail("the account is %s without a passed case", a.more)
	}
	if len(s.seen.with("case", p.id, string(domain.VerificationOnHold))) > 0 && len(s.seen.of("claim", p.id)) > 0 {
		s.fail("an account on hold holds the SNILS")
	}
}

func (s *sequence) checkLetters(p *person) {
	live := s.seen.with("letter", p.id, string(domain.LetterRequested), string(domain.LetterPrinted),
		string(domain.LetterPosted), string(domain.LetterDelivered))
	if len(live) > 1 {
		s.fail("an account has %d letters under way", len(live))
	}
	for _, l := range live {
		if c := s.seen.nouns["confirmation "+l.id]; c.status != string(domain.ConfirmationRequested) {
			s.fail("a letter is %s, its confirmation %s", l.status, c.status)
		}
	}
}

// checkAttempts: each code is accepted once at most, and compared so often at
// most.
func (s *sequence) checkAttempts(before snapshot) {
	policies := domain.DefaultPolicies()
	for id, paper := range s.envelopes {
		if paper.accepted > 1 {
			s.fail("a code was accepted %d times", paper.accepted)
		}
		at := map[int64]int{}
		for _, when := range paper.wrong {
			if at[when.UnixNano()]++; at[when.UnixNano()] > policies.LetterAttemptsPerWindow {
				s.fail("%d wrong codes were compared in one moment", at[when.UnixNano()])
			}
		}
		key := "letter " + id.String()
		left, err := strconv.Atoi(s.seen.nouns[key].more)
		require.NoError(s.t, err)
		if left > policies.LetterAttempts-len(paper.wrong) {
			s.fail("%d wrong codes were compared, %d attempts are left", len(paper.wrong), left)
		}
		if earlier, ok := before.nouns[key]; ok {
			if had, _ := strconv.Atoi(earlier.more); had < left {
				s.fail("attempts were given back: %d and then %d", had, left)
			}
		}
	}
}

// checkFrozen: nothing of an account that is closed to its owner is under way,
// and nothing old works. A suspension leaves what is proven; a death does not.
func (s *sequence) checkFrozen(p *person, a noun) {
	if len(s.seen.with("confirmation", p.id, string(domain.ConfirmationRequested))) > 0 {
		s.fail("the account is %s, and a confirmation is under way", a.status)
	}
	proven := a.more == string(domain.LevelConfirmed) || len(s.seen.of("claim", p.id)) > 0 ||
		len(s.seen.with("confirmation", p.id, string(domain.ConfirmationConfirmed))) > 0
	if a.status == string(domain.AccountDeceased) && proven {
		s.fail("the person is dead and still %s", a.more)
	}
	if p.frozen {
		return
	}
	p.frozen = true
	s.probe(p)
}

// probe tries everything that the owner ever got.
func (s *sequence) probe(p *person) {
	s.note("everything old is tried")
	for _, access := range p.access {
		if _, err := s.sessions.Authenticate(s.ctx(), access); !s.refused(err) {
			s.fail("a token of a closed account works")
		}
	}
	for _, refresh := range p.refresh {
		if _, err := s.sessions.Refresh(s.ctx(), domain.Refresh{Token: refresh}); !s.refused(err) {
			s.fail("a refresh token of a closed account works")
		}
	}
	if _, err := s.sessions.SignIn(s.ctx(), s.signIn(p, right)); !s.refused(err) {
		s.fail("the owner of a closed account can sign in")
	}
	for id, paper := range s.envelopes {
		if paper.owner == p && paper.code != "" && !s.refused(s.enter(p, id, paper.code)) {
			s.fail("the code of a closed account's letter works")
		}
	}
	for _, d := range s.desks() {
		if data, err := s.data.Get(s.ctx(), p.id); err == nil {
			_, err := s.confirmations.ConfirmInPerson(s.ctx(), s.decision(d, data))
			if !s.refused(err) {
				s.fail("a closed account was confirmed")
			}
		}
	}
	held := s.look()
	for _, run := range slices.Concat(s.pending, s.done) {
		if c := s.seen.nouns["case "+run.CaseID.String()]; c.owner == p.id.String() {
			_, err := s.verifications.Run(s.ctx(), run)
			s.refused(err)
		}
	}
	s.seen = s.look()
	if !s.seen.same(held) {
		s.fail("a job has changed a closed account")
	}
}

// checkNextActions: nothing is in a state that leads nowhere.
func (s *sequence) checkNextActions() {
	next := map[string]func(string) []string{
		"account":      func(v string) []string { return domain.AccountStatus(v).NextActions() },
		"case":         func(v string) []string { return domain.VerificationStatus(v).NextActions() },
		"confirmation": func(v string) []string { return domain.ConfirmationStatus(v).NextActions() },
		"letter":       func(v string) []string { return domain.LetterStatus(v).NextActions() },
		"approval":     func(v string) []string { return domain.ApprovalStatus(v).NextActions() },
		"session":      func(v string) []string { return domain.SessionStatus(v).NextActions() },
	}
	for _, n := range s.seen.nouns {
		if of := next[n.kind]; of != nil && len(of(n.status)) == 0 {
			s.fail("%s %s leads nowhere", n.kind, n.status)
		}
	}
}

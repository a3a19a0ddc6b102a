package model_test

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/repository"
)

// event is something that can happen, and how often it does.
type event struct {
	name   string
	weight int
	do     func(*sequence)
}

func events(theme int) []event {
	all := []event{
		{"submit", 8, (*sequence).submit},
		{"check", 12, (*sequence).runCheck},
		{"all checks", 8, (*sequence).runChecks},
		{"check again", 4, (*sequence).replay},
		{"settle", 6, (*sequence).settle},
		{"request", 14, (*sequence).request},
		{"cancel", 3, (*sequence).cancel},
		{"print", 8, (*sequence).print},
		{"post", 8, (*sequence).post},
		{"outcome", 5, (*sequence).outcome},
		{"right code", 9, (*sequence).enterRight},
		{"wrong code", 5, (*sequence).enterWrong},
		{"confirm", 8, (*sequence).confirm},
		{"refuse", 3, (*sequence).refuse},
		{"two decide", 3, (*sequence).decideAtOnce},
		{"dispute", 2, (*sequence).dispute},
		{"suspend", 2, (*sequence).suspend},
		{"ask a second person", 5, (*sequence).askSecond},
		{"second person", 6, (*sequence).decide},
		{"review", 2, (*sequence).review},
		{"time", 9, (*sequence).pass},
		{"short time", 2, (*sequence).passWindow},
		{"guesses", 5, (*sequence).guess},
		{"sweep", 3, (*sequence).sweep},
		{"sign in", 4, (*sequence).signInAgain},
		{"sign out", 2, (*sequence).signOut},
		{"refresh", 2, (*sequence).refresh},
	}
	for i, e := range all {
		if slices.Contains(themes()[theme], e.name) {
			all[i].weight *= emphasis
		}
	}
	return all
}

// emphasis is how much more often the events of its theme happen in a sequence.
const emphasis = 6

// The themes that begin in a way of their own.
const (
	lettersArrive = 1
	codesGuessed  = 2
	registersDown = 3
)

// themes are events that lead far together.
func themes() [][]string {
	return [][]string{
		{},
		{"outcome", "right code", "time", "sweep", "request", "print", "post"},
		{"guesses"},
		{"submit", "check", "all checks", "check again", "time", "review"},
		{"confirm", "settle", "ask a second person", "second person", "submit", "all checks"},
		{"suspend", "ask a second person", "second person", "time", "sign in", "refresh"},
	}
}

// step lets one event happen that can, and looks at what it did.
func (s *sequence) step(all []event) {
	total := 0
	for _, e := range all {
		total += e.weight
	}
	const patience = 50
	s.acted = false
	for range patience {
		roll := s.random.IntN(total)
		i := slices.IndexFunc(all, func(e event) bool { roll -= e.weight; return roll < 0 })
		if all[i].do(s); s.acted {
			s.note("%s", all[i].name)
			s.check()
			return
		}
	}
}

// prepare brings some people as far as their data being checked, and in some
// themes further, so that not every sequence ends before it has begun.
func (s *sequence) prepare(theme int) {
	if theme == registersDown {
		s.registers.dead = s.chance(40)
	}
	if theme == lettersArrive || theme == codesGuessed {
		s.vouch(s.people[0])
		s.requestBy(s.people[0], domain.ConfirmByLetter)
		s.print()
		s.post()
		s.check()
		return
	}
	for _, p := range s.people {
		if s.chance(70) {
			s.vouch(p)
		}
	}
	s.check()
}

// vouch stores what passed checks leave behind, quicker than they do.
func (s *sequence) vouch(p *person) {
	now := s.clock.Now()
	c := domain.NewVouchedCase(p.id, now, domain.DefaultPolicies().ChecksValid)
	data := s.papers()
	data.AccountID, data.CaseID, data.UpdatedAt = p.id, c.ID, now
	for _, kind := range domain.CheckKinds() {
		s.registers.passed[c.ID.String()+"/"+string(kind)] = data.Subject
	}
	audit := repository.NewAudit(s.store)
	require.NoError(s.t, s.store.InTx(s.ctx(), func(ctx context.Context) error {
		_, err := s.accounts.Update(ctx, p.id, (*domain.Account).PassChecks)
		return errors.Join(err, repository.NewVerifications(s.store).Create(ctx, c), s.data.Put(ctx, data),
			audit.Record(ctx, domain.NewAuditEvent("verification.pass", c.ID, domain.Caller{}, now).Of(p.id)),
			audit.Record(ctx, domain.NewAuditEvent("account.pass_checks", p.id, domain.Caller{}, now).Of(p.id)))
	}))
}

func (s *sequence) submit() {
	p := s.somebody()
	data := s.papers()
	form, err := s.verifications.Form()
	require.NoError(s.t, err)
	in := domain.Submission{
		Account: p.id, Data: data, Consent: form.Consent, AuthTime: s.clock.Now(), VoidLetter: s.chance(70),
	}
	_, err = s.verifications.Submit(s.ctx(), in)
	s.refused(err)
	s.collect()
}

// collect takes what is on the tape. What a transaction that failed has left
// there names things that do not exist.
func (s *sequence) collect() {
	s.pending = append(s.pending, s.tape.checks...)
	s.tape.checks = nil
}

func (s *sequence) runCheck() {
	if len(s.pending) > 0 {
		s.runAt(s.random.IntN(len(s.pending)))
	}
}

// runAt lets a check job run once, when its time has come.
func (s *sequence) runAt(i int) {
	run := s.pending[i]
	wait, err := s.verifications.Run(s.ctx(), run)
	if wait == 0 {
		s.refused(err)
		s.pending = append(s.pending[:i], s.pending[i+1:]...)
		s.done = append(s.done, run)
		return
	}
	s.acted = true
	s.clock.Advance(wait)
}

// runChecks lets the jobs run until they are over, or that takes too long.
func (s *sequence) runChecks() {
	for range 3 * len(s.pending) {
		if len(s.pending) > 0 {
			s.runAt(0)
		}
	}
}

// replay lets jobs that are over run again: nothing may happen.
func (s *sequence) replay() {
	if len(s.done) == 0 {
		return
	}
	run := pick(s, s.done)
	for _, err := range atOnce(func() error { _, err := s.verifications.Run(s.ctx(), run); return err }) {
		s.refused(err)
	}
	if !s.look().same(s.seen) {
		s.fail("a job that was over has changed something")
	}
}

// settle lets all jobs run that look for others with a SNILS, twice at once, and
// then once more, when nothing may happen.
func (s *sequence) settle() {
	for _, j := range s.tape.settles {
		run := func() error { return s.verifications.Settle(s.ctx(), j) }
		for _, err := range atOnce(run, run) {
			s.refused(err)
		}
		held := s.look()
		s.refused(run())
		if !s.look().same(held) {
			s.fail("a settlement that was over has changed something")
		}
	}
	s.tape.settles = nil
}

func (s *sequence) request() {
	s.requestBy(s.somebody(), pick(s, []domain.ConfirmationMethod{
		domain.ConfirmByLetter, domain.ConfirmByLetter, domain.ConfirmAtServiceCentre, domain.ConfirmAtFundOffice,
	}))
}

func (s *sequence) requestBy(p *person, method domain.ConfirmationMethod) {
	in := domain.ConfirmationRequest{Who: domain.Principal{AccountID: p.id}, Method: method}
	if method == domain.ConfirmByLetter {
		in.Address = s.address()
	}
	v, err := s.confirmations.Request(s.ctx(), in)
	if s.refused(err) {
		return
	}
	p.confirmations = append(p.confirmations, v.Confirmation.ID)
	if v.Letter != nil {
		s.envelopes[v.Confirmation.ID] = &paper{owner: p}
	}
}

func (s *sequence) cancel() {
	p := s.somebody()
	if len(p.confirmations) == 0 {
		return
	}
	id := pick(s, p.confirmations)
	s.refused(s.confirmations.Cancel(s.ctx(), domain.Principal{AccountID: p.id}, id, domain.Caller{}))
}

// pass lets time go by: mostly little, sometimes much.
func (s *sequence) pass() {
	by := pick(s, []time.Duration{
		time.Second, time.Minute, 11 * time.Minute, time.Hour, 25 * time.Hour, 25 * time.Hour, 7 * 24 * time.Hour, 31 * 24 * time.Hour, 91 * 24 * time.Hour,
	})
	s.acted = true
	s.note("%s later", by)
	s.clock.Advance(by)
}

// passWindow lets so much time go by that codes are compared again.
func (s *sequence) passWindow() {
	s.acted = true
	s.clock.Advance(domain.DefaultPolicies().LetterAttemptsWindow)
}

func (s *sequence) sweep() {
	s.refused(s.mail.Sweep(s.ctx()))
	held := s.look()
	s.refused(s.mail.Sweep(s.ctx()))
	if !s.look().same(held) {
		s.fail("a sweep that was over has changed something")
	}
}

func (s *sequence) dispute() {
	link := pick(s, s.tape.links)
	if link == "" {
		return
	}
	in := domain.Dispute{Token: link[len("https://cabinet.example.org/not-me#"):]}
	run := func() error { _, err := s.confirmations.Dispute(s.ctx(), in); return err }
	done := 0
	for _, err := range atOnce(run, run) {
		if !s.refused(err) {
			done++
		}
	}
	if done > 1 {
		s.fail("one token has denied %d times", done)
	}
}

func (s *sequence) signIn(p *person, password string) domain.SignIn {
	return domain.SignIn{AccountType: domain.AccountCitizen, Login: p.contact, Password: password, Transport: domain.TransportBody}
}

func (s *sequence) signInAgain() {
	p := s.somebody()
	in, err := s.sessions.SignIn(s.ctx(), s.signIn(p, pick(s, []string{right, right, right, "wrong"})))
	if s.refused(err) {
		return
	}
	p.access, p.refresh = append(p.access, in.Tokens.Access), append(p.refresh, in.Tokens.Refresh)
}

func (s *sequence) signOut() {
	p := s.somebody()
	if len(p.access) == 0 {
		return
	}
	who, err := s.sessions.Authenticate(s.ctx(), pick(s, p.access))
	if s.refused(err) {
		return
	}
	s.refused(s.sessions.End(s.ctx(), who, who.SessionID, domain.Caller{}))
	if _, err := s.sessions.Authenticate(s.ctx(), pick(s, p.access)); err == nil && len(p.access) == 1 {
		s.fail("a token outlives its session")
	}
}

func (s *sequence) refresh() {
	p := s.somebody()
	if len(p.refresh) == 0 {
		return
	}
	in, err := s.sessions.Refresh(s.ctx(), domain.Refresh{Token: pick(s, p.refresh)})
	if s.refused(err) {
		return
	}
	p.access, p.refresh = append(p.access, in.Tokens.Access), append(p.refresh, in.Tokens.Refresh)
}

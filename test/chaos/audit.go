package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"example.org/kabinet/internal/domain"
)

// machine is a table of states, by which the audit log is read again.
type machine struct {
	// stored is a query for the ids and states of what the table is of; began
	// is the action with which each of them begins, empty where none is recorded.
	stored, began string
	first         string
	moves         map[[2]string]string
	known         map[string]bool
}

func machineOf[S, E ~string](stored, began string, first S, moves []domain.Move[S, E]) machine {
	m := machine{stored, began, string(first), map[[2]string]string{}, map[string]bool{}}
	for _, move := range moves {
		m.known[string(move.On)] = true
		m.moves[[2]string{string(move.From), string(move.On)}] = string(move.To)
	}
	return m
}

// machines by the first word of the audit log's actions. Of accounts it is the
// level that is looked at.
func machines() map[string]machine {
	table := func(name string) string { return "SELECT id::text, status FROM " + name }
	return map[string]machine{
		"registration": machineOf(table("registrations"), "registration.start", domain.RegistrationCodeSent, domain.RegistrationMoves()),
		"message":      machineOf(table("messages"), "", domain.MessageQueued, domain.MessageMoves()),
		"account": machineOf("SELECT id::text, level FROM accounts WHERE type = 'citizen'", "",
			domain.LevelSimplified, domain.LevelMoves()),
		"verification": machineOf(table("verification_cases"), "verification.start", domain.VerificationChecking, domain.VerificationMoves()),
		"session":      machineOf(table("sessions"), "session.open", domain.SessionActive, domain.SessionMoves()),
		"payer_application": machineOf(table("payer_applications"), "payer_application.submit",
			domain.ApplicationSubmitted, domain.PayerApplicationMoves()),
		"edo_document": machineOf(table("edo_documents"), "", domain.EDOQueued, domain.EDOMoves()),
	}
}

// replay is what the audit log tells.
type replay struct {
	verdict *verdict
	all     map[string]machine
	// states is where it leads, beginnings how often it tells that something
	// began.
	states     map[string]string
	beginnings map[string]int
	rows       int
}

const (
	wrongAudit  = "audit rows that cannot follow those before"
	wrongState  = "states that the audit log does not lead to"
	wrongBegin  = "things without one audit row of their beginning"
	wrongObject = "audit rows of what there is not"
)

// lookAtAudit plays the audit log: it must lead, row by row, to where everything
// is. So each move has its row, and one only.
func (w *world) lookAtAudit(ctx context.Context) error {
	p := &replay{verdict: w.verdict, all: machines(), states: map[string]string{}, beginnings: map[string]int{}}
	err := w.database.query(ctx, func(r pgx.Rows) error {
		var id, action string
		err := r.Scan(&id, &action)
		p.take(id, action)
		return err
	}, "SELECT subject_id::text, action FROM audit_events ORDER BY at, id")
	if err != nil {
		return err
	}
	w.verdict.look(wrongAudit, p.rows)
	for kind, m := range p.all {
		err := w.database.query(ctx, func(r pgx.Rows) error {
			var id, status string
			err := r.Scan(&id, &status)
			p.compare(kind, m, id, status)
			return err
		}, m.stored)
		if err != nil {
			return fmt.Errorf("%s: %w", kind, err)
		}
	}
	w.verdict.look(wrongObject, p.rows)
	for key, state := range p.states {
		w.verdict.fail(wrongObject, "%s, %s", key, state)
	}
	return nil
}

// take plays one row.
func (p *replay) take(id, action string) {
	p.rows++
	kind, on, _ := strings.Cut(action, ".")
	m, key := p.all[kind], kind+" "+id
	if action == m.began {
		p.beginnings[key]++
	}
	if !m.known[on] {
		return
	}
	from := orElse(p.states[key], m.first)
	to, possible := m.moves[[2]string{from, on}]
	if !possible {
		p.verdict.fail(wrongAudit, "%s of %s, which was %s", action, id, from)
		return
	}
	p.states[key] = to
}

// compare holds what the audit log leads to against what is stored.
func (p *replay) compare(kind string, m machine, id, status string) {
	key := kind + " " + id
	told := orElse(p.states[key], m.first)
	delete(p.states, key)
	p.verdict.look(wrongState, 1)
	if told != status {
		p.verdict.fail(wrongState, "%s is %s, by the audit log %s", key, status, told)
	}
	if m.began == "" {
		return
	}
	p.verdict.look(wrongBegin, 1)
	if p.beginnings[key] != 1 {
		p.verdict.fail(wrongBegin, "%s has %d", key, p.beginnings[key])
	}
}

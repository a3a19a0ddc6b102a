package model_test

import (
	"database/sql"
	"fmt"
	"maps"
	"strings"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit"
)

// noun is one stored thing with its state.
type noun struct {
	kind, id, owner, status, more, where string
}

// snapshot is everything that is stored of the people of a sequence, and how
// many rows the audit log has of them.
type snapshot struct {
	nouns map[string]noun
	audit string
}

// same tells whether nothing has happened between two snapshots.
func (v snapshot) same(other snapshot) bool {
	return v.audit == other.audit && maps.Equal(v.nouns, other.nouns)
}

// of are the things of one kind that an account has.
func (v snapshot) of(kind string, owner uuid.UUID) (found []noun) {
	for _, n := range v.nouns {
		if n.kind == kind && n.owner == owner.String() {
			found = append(found, n)
		}
	}
	return found
}

// with are those of them in one of some states.
func (v snapshot) with(kind string, owner uuid.UUID, statuses ...string) (found []noun) {
	for _, n := range v.of(kind, owner) {
		for _, status := range statuses {
			if n.status == status {
				found = append(found, n)
			}
		}
	}
	return found
}

// lookSQL reads it all at once; %[1]s are the accounts.
const lookSQL = `SELECT 'account', CAST(id AS text), CAST(id AS text), status, level, '' FROM accounts WHERE id IN (%[1]s)
UNION ALL SELECT 'case', CAST(id AS text), CAST(account_id AS text), status, CAST(attempt AS text), '' FROM verification_cases WHERE account_id IN (%[1]s)
UNION ALL SELECT 'data', CAST(account_id AS text), CAST(account_id AS text), '', CAST(case_id AS text), '' FROM personal_data WHERE account_id IN (%[1]s)
UNION ALL SELECT 'confirmation', CAST(id AS text), CAST(account_id AS text), status, CAST(case_id AS text),
	method || ' ' || coalesce(CAST(place_id AS text), '') || ' ' || CASE WHEN settled_at IS NULL THEN '' ELSE 'settled' END FROM confirmations WHERE account_id IN (%[1]s)
UNION ALL SELECT 'letter', CAST(id AS text), CAST(account_id AS text), status, CAST(attempts_left AS text), CAST(reminders AS text) FROM letters WHERE account_id IN (%[1]s)
UNION ALL SELECT 'claim', CAST(account_id AS text), CAST(account_id AS text), '', '', '' FROM snils_claims WHERE account_id IN (%[1]s)
UNION ALL SELECT 'approval', CAST(id AS text), CAST(account_id AS text), status, kind, '' FROM approvals WHERE account_id IN (%[1]s)
UNION ALL SELECT 'session', CAST(id AS text), CAST(account_id AS text), status, '', '' FROM sessions WHERE account_id IN (%[1]s)
UNION ALL SELECT 'audit', '', '', CAST(count(*) AS text), '', '' FROM audit_events WHERE account_id IN (%[1]s)`

func (s *sequence) look() snapshot {
	v := snapshot{nouns: map[string]noun{}}
	rows, err := s.query(lookSQL)
	require.NoError(s.t, err)
	defer func() { require.NoError(s.t, rows.Close()) }()
	for rows.Next() {
		var n noun
		require.NoError(s.t, rows.Scan(&n.kind, &n.id, &n.owner, &n.status, &n.more, &n.where))
		if n.kind == "audit" {
			v.audit = n.status
			continue
		}
		v.nouns[n.kind+" "+n.id] = n
	}
	require.NoError(s.t, rows.Err())
	return v
}

// crowd is how many people a sequence has at most.
const crowd = 3

// query asks about the people.
func (s *sequence) query(text string) (*sql.Rows, error) {
	prepared := s.prepared[text]
	if prepared == nil {
		list := "?1, ?2, ?3"
		if s.engine == testkit.PostgreSQL {
			list = "$1, $2, $3"
		}
		var err error
		if prepared, err = s.db.PrepareContext(s.ctx(), fmt.Sprintf(text, list)); err != nil {
			return nil, err
		}
		s.prepared[text] = prepared
	}
	all := make([]any, crowd)
	for i := range all {
		all[i] = s.people[i%len(s.people)].id.String()
	}
	return prepared.QueryContext(s.ctx(), all...)
}

// machine is a table of states, by which the audit log is read again.
type machine struct {
	first string
	moves map[[2]string]string
	known map[string]bool
}

func machineOf[S, E ~string](first S, events []E, moves []domain.Move[S, E]) machine {
	m := machine{string(first), map[[2]string]string{}, map[string]bool{}}
	for _, on := range events {
		m.known[string(on)] = true
	}
	for _, move := range moves {
		m.moves[[2]string{string(move.From), string(move.On)}] = string(move.To)
	}
	return m
}

// machines by the first word of the audit log's actions.
func machines() map[string][]machine {
	return map[string][]machine{
		"account": {
			machineOf(domain.AccountActive, domain.AccountEvents(), domain.AccountMoves()),
			machineOf(domain.LevelSimplified, domain.LevelEvents(), domain.LevelMoves()),
		},
		"verification": {machineOf(domain.VerificationChecking, domain.VerificationEvents(), domain.VerificationMoves())},
		"confirmation": {machineOf(domain.ConfirmationRequested, domain.ConfirmationEvents(), domain.ConfirmationMoves())},
		"letter":       {machineOf(domain.LetterRequested, domain.LetterEvents(), domain.LetterMoves())},
		"approval":     {machineOf(domain.ApprovalRequested, domain.ApprovalEvents(), domain.ApprovalMoves())},
		"session":      {machineOf(domain.SessionActive, domain.SessionEvents(), domain.SessionMoves())},
	}
}

// reread plays the audit log: it must lead, row by row, to where everything
// is. So each move has its row, and one only.
func (s *sequence) reread() {
	all := machines()
	states := map[string][]string{}
	rows, err := s.query("SELECT CAST(subject_id AS text), action FROM audit_events WHERE account_id IN (%[1]s) ORDER BY id")
	require.NoError(s.t, err)
	defer func() { require.NoError(s.t, rows.Close()) }()
	for rows.Next() {
		var id, action string
		require.NoError(s.t, rows.Scan(&id, &action))
		kind, on, _ := strings.Cut(action, ".")
		key := kind + " " + id
		for i, m := range all[kind] {
			if len(states[key]) <= i {
				states[key] = append(states[key], m.first)
			}
			if !m.known[on] {
				continue
			}
			to, possible := m.moves[[2]string{states[key][i], on}]
			if !possible {
				s.fail("the audit log has %s for %s, which was %s", action, id, states[key][i])
			}
			states[key][i] = to
		}
	}
	require.NoError(s.t, rows.Err())
	s.compare(all, states)
}

// compare holds the states of the audit log against those that are stored.
func (s *sequence) compare(all map[string][]machine, states map[string][]string) {
	named := map[string]string{
		"case": "verification", "account": "account", "confirmation": "confirmation",
		"letter": "letter", "approval": "approval", "session": "session",
	}
	for _, n := range s.seen.nouns {
		kind, ok := named[n.kind]
		if !ok {
			continue
		}
		stored := []string{n.status}
		if kind == "account" {
			stored = append(stored, n.more)
		}
		told := states[kind+" "+n.id]
		if told == nil && kind == "account" {
			told = []string{all[kind][0].first, all[kind][1].first}
		}
		if fmt.Sprint(told) != fmt.Sprint(stored) {
			s.fail("%s %s is %v, by the audit log %v", kind, n.id, stored, told)
		}
	}
}

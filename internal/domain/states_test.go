package domain_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// at is the moment at which all tests of this package play.
func at() time.Time { return time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC) }

// machine is one table of states as the tests and the diagrams see it.
type machine struct {
	name     string
	statuses []string
	events   []string
	moves    map[[2]string]string
	// play makes an aggregate in a status, lets an event happen by the
	// aggregate's own method and returns the status after it.
	play func(status, event string) (string, error)
	// turn is whose turn it is in a status.
	turn func(status string) domain.Turn
	// next is what the answer of a status offers; nil where a status is no
	// resource of the API.
	next func(status string) []string
}

func machines() []machine {
	return []machine{
		{
			name:     "Registration",
			statuses: names(domain.RegistrationStatuses()),
			events:   names(domain.RegistrationEvents()),
			moves:    table(domain.RegistrationMoves()),
			play:     playRegistration,
			turn:     func(s string) domain.Turn { return domain.RegistrationStatus(s).Turn() },
			next:     func(s string) []string { return domain.RegistrationStatus(s).NextActions() },
		},
		{
			name:     "Challenge",
			statuses: names(domain.ChallengeStatuses()),
			events:   names(domain.ChallengeEvents()),
			moves:    table(domain.ChallengeMoves()),
			play:     playChallenge,
			turn:     func(s string) domain.Turn { return domain.ChallengeStatus(s).Turn() },
		},
		{
			name:     "Session",
			statuses: names(domain.SessionStatuses()),
			events:   names(domain.SessionEvents()),
			moves:    table(domain.SessionMoves()),
			play:     playSession,
			turn:     func(s string) domain.Turn { return domain.SessionStatus(s).Turn() },
			next:     func(s string) []string { return domain.SessionStatus(s).NextActions() },
		},
		{
			name:     "Account",
			statuses: names(domain.AccountStatuses()),
			events:   names(domain.AccountEvents()),
			moves:    table(domain.AccountMoves()),
			play: func(status, event string) (string, error) {
				a := domain.Account{Status: domain.AccountStatus(status)}
				err := a.Move(domain.AccountEvent(event))
				return string(a.Status), err
			},
			turn: func(s string) domain.Turn { return domain.AccountStatus(s).Turn() },
			next: func(s string) []string { return domain.AccountStatus(s).NextActions() },
		},
		{
			name:     "Operator",
			statuses: names(domain.OperatorStatuses()),
			events:   names(domain.OperatorEvents()),
			moves:    table(domain.OperatorMoves()),
			play:     playOperator,
			turn:     func(s string) domain.Turn { return domain.OperatorStatus(s).Turn() },
			next:     func(s string) []string { return domain.OperatorStatus(s).NextActions() },
		},
		{
			name:     "Account level",
			statuses: names(domain.Levels()),
			events:   names(domain.LevelEvents()),
			moves:    table(domain.LevelMoves()),
			play:     playLevel,
			turn:     func(s string) domain.Turn { return domain.Level(s).Turn() },
		},
		{
			name:     "Verification case",
			statuses: names(domain.VerificationStatuses()),
			events:   names(domain.VerificationEvents()),
			moves:    table(domain.VerificationMoves()),
			play:     playVerification,
			turn:     func(s string) domain.Turn { return domain.VerificationStatus(s).Turn() },
			next:     func(s string) []string { return domain.VerificationStatus(s).NextActions() },
		},
		{
			name:     "Identity confirmation",
			statuses: names(domain.ConfirmationStatuses()),
			events:   names(domain.ConfirmationEvents()),
			moves:    table(domain.ConfirmationMoves()),
			play:     playConfirmation,
			turn:     func(s string) domain.Turn { return domain.ConfirmationStatus(s).Turn() },
			next:     func(s string) []string { return domain.ConfirmationStatus(s).NextActions() },
		},
		{
			name:     "Approval",
			statuses: names(domain.ApprovalStatuses()),
			events:   names(domain.ApprovalEvents()),
			moves:    table(domain.ApprovalMoves()),
			play:     playApproval,
			turn:     func(s string) domain.Turn { return domain.ApprovalStatus(s).Turn() },
			next:     func(s string) []string { return domain.ApprovalStatus(s).NextActions() },
		},
		{
			name:     "Registered letter",
			statuses: names(domain.LetterStatuses()),
			events:   names(domain.LetterEvents()),
			moves:    table(domain.LetterMoves()),
			play:     playLetter,
			turn:     func(s string) domain.Turn { return domain.LetterStatus(s).Turn() },
			next:     func(s string) []string { return domain.LetterStatus(s).NextActions() },
		},
		{
			name:     "Payer application",
			statuses: names(domain.PayerApplicationStatuses()),
			events:   names(domain.PayerApplicationEvents()),
			moves:    table(domain.PayerApplicationMoves()),
			play:     playPayerApplication,
			turn:     func(s string) domain.Turn { return domain.PayerApplicationStatus(s).Turn() },
			next:     func(s string) []string { return domain.PayerApplicationStatus(s).NextActions() },
		},
		{
			name:     "Payer credential",
			statuses: names(domain.PayerCredentialStatuses()),
			events:   names(domain.PayerCredentialEvents()),
			moves:    table(domain.PayerCredentialMoves()),
			play:     playPayerCredential,
			turn:     func(s string) domain.Turn { return domain.PayerCredentialStatus(s).Turn() },
			next:     func(s string) []string { return domain.PayerCredentialStatus(s).NextActions() },
		},
		{
			name:     "Electronic document",
			statuses: names(domain.EDOStatuses()),
			events:   names(domain.EDOEvents()),
			moves:    table(domain.EDOMoves()),
			play:     playEDODocument,
			turn:     func(s string) domain.Turn { return domain.EDOStatus(s).Turn() },
		},
		{
			name:     "Message",
			statuses: names(domain.MessageStatuses()),
			events:   names(domain.MessageEvents()),
			moves:    table(domain.MessageMoves()),
			play: func(status, event string) (string, error) {
				m := domain.Message{Status: domain.MessageStatus(status), Code: "271828"}
				err := m.Move(domain.MessageEvent(event), time.Now())
				return string(m.Status), err
			},
			turn: func(s string) domain.Turn { return domain.MessageStatus(s).Turn() },
		},
	}
}

func names[S ~string](all []S) []string {
	var out []string
	for _, s := range all {
		out = append(out, string(s))
	}
	return out
}

func table[S, E ~string](moves []domain.Move[S, E]) map[[2]string]string {
	out := map[[2]string]string{}
	for _, m := range moves {
		out[[2]string{string(m.From), string(m.On)}] = string(m.To)
	}
	return out
}

func playRegistration(status, event string) (string, error) {
	r := domain.Registration{Status: domain.RegistrationStatus(status), ExpiresAt: at().Add(time.Hour)}
	var err error
	switch domain.RegistrationEvent(event) {
	case domain.RegistrationResendCode:
		err = r.ResendCode(at())
	case domain.RegistrationConfirmContact:
		err = r.ConfirmContact(at(), time.Minute)
	case domain.RegistrationComplete:
		err = r.Complete(at())
	case domain.RegistrationClose:
		err = r.Close(at())
	case domain.RegistrationExpire:
		return played(&r, r.Status, func() { r.Refresh(r.ExpiresAt) }, &r.Status)
	}
	return string(r.Status), err
}

func playChallenge(status, event string) (string, error) {
	c := domain.Challenge{Status: domain.ChallengeStatus(status), AttemptsLeft: 1, ExpiresAt: at().Add(time.Hour)}
	var err error
	switch domain.ChallengeEvent(event) {
	case domain.ChallengeSolve:
		err = c.Solve()
	case domain.ChallengeExhaust:
		err = c.Exhaust()
	case domain.ChallengeSupersede:
		err = c.Supersede()
	case domain.ChallengeExpire:
		return played(&c, c.Status, func() { c.Refresh(c.ExpiresAt) }, &c.Status)
	}
	return string(c.Status), err
}

func playSession(status, event string) (string, error) {
	s := domain.Session{Status: domain.SessionStatus(status), IdleAt: at().Add(time.Minute), ExpiresAt: at().Add(time.Hour)}
	var err error
	switch domain.SessionEvent(event) {
	case domain.SessionRefresh:
		err = s.Refresh(at(), time.Minute)
	case domain.SessionSignOut:
		err = s.SignOut(at())
	case domain.SessionReuse:
		err = s.Revoke(at())
	case domain.SessionClose:
		err = s.Close(at())
	case domain.SessionWiden:
		err = s.Widen(at())
	case domain.SessionExpire:
		return played(&s, s.Status, func() { s.Expire(s.IdleAt) }, &s.Status)
	}
	return string(s.Status), err
}

// played turns an event that is enforced on reading, and so has no error, into
// the form of the others.
func played[T any, S ~string](_ *T, before S, expire func(), after *S) (string, error) {
	expire()
	if *after == before {
		return string(before), apperr.New(apperr.InvalidTransition)
	}
	return string(*after), nil
}

// Every pair of state and event either moves as the table says or is refused
// and changes nothing.
func TestEveryStateMeetsEveryEvent(t *testing.T) {
	t.Parallel()
	for _, m := range machines() {
		for _, status := range m.statuses {
			for _, event := range m.events {
				t.Run(m.name+"/"+status+"/"+event, func(t *testing.T) {
					t.Parallel()
					got, err := m.play(status, event)
					want, possible := m.moves[[2]string{status, event}]
					if possible {
						require.NoError(t, err)
						require.Equal(t, want, got)
						return
					}
					require.Equal(t, apperr.KindConflict, apperr.CodeOf(err).Kind())
					require.Equal(t, status, got)
				})
			}
		}
	}
}

// The tables speak only of states and events that exist, and only states that
// are somebody's turn can be left.
func TestTablesAreSound(t *testing.T) {
	t.Parallel()
	for _, m := range machines() {
		left := map[string]bool{}
		for move, to := range m.moves {
			require.Contains(t, m.statuses, move[0], m.name)
			require.Contains(t, m.events, move[1], m.name)
			require.Contains(t, m.statuses, to, m.name)
			left[move[0]] = true
		}
		for _, status := range m.statuses {
			require.Equal(t, left[status], m.turn(status) != domain.TurnNobody, "%s %s", m.name, status)
			if m.next != nil {
				require.NotEmpty(t, m.next(status), "%s %s ends without a next action", m.name, status)
			}
		}
	}
}

var update = flag.Bool("update", false, "write docs/states.md anew")

// docs/states.md is made from the tables: go test ./internal/domain -update.
func TestDiagramsAreCurrent(t *testing.T) {
	t.Parallel()
	const path = "../../docs/states.md"
	want := diagrams()
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(want), 0o600))
	}
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, want, string(got), "run go test ./internal/domain -update")
}

func diagrams() string {
	var b strings.Builder
	b.WriteString("# State machines\n\nMade from the tables in `internal/domain`. ")
	b.WriteString("A move that is not drawn is refused with `invalid_transition`.\n")
	for _, m := range machines() {
		fmt.Fprintf(&b, "\n## %s\n\n```mermaid\nstateDiagram-v2\n  [*] --> %s\n", m.name, m.statuses[0])
		for _, status := range m.statuses {
			for _, event := range m.events {
				if to, ok := m.moves[[2]string{status, event}]; ok {
					fmt.Fprintf(&b, "  %s --> %s: %s\n", status, to, event)
				}
			}
			if m.turn(status) == domain.TurnNobody {
				fmt.Fprintf(&b, "  %s --> [*]\n", status)
			}
		}
		b.WriteString("```\n\n| state | whose turn | next actions |\n|---|---|---|\n")
		for _, status := range m.statuses {
			next := ""
			if m.next != nil {
				next = strings.Join(m.next(status), ", ")
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", status, m.turn(status), next)
		}
	}
	return b.String()
}

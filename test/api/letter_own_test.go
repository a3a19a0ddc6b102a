package api_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/app"
	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit"
)

// steps are all that a desk does with letters, and that nobody may do who has
// no business with one of them.
func (c counter) steps(b letterBatch, letter string) map[string]func(*testing.T) answer {
	gets := func(path string) func(*testing.T) answer {
		return func(t *testing.T) answer { t.Helper(); return c.get(t, path) }
	}
	posts := func(path string, body object) func(*testing.T) answer {
		return func(t *testing.T) answer { t.Helper(); return c.post(t, path, body) }
	}
	return map[string]func(*testing.T) answer{
		"print":   gets(c.batchPath(b, "/letters.pdf")),
		"list":    gets(c.batchPath(b, "/f103.pdf")),
		"table":   gets(c.batchPath(b, "/f103.csv")),
		"carried": posts(c.batchPath(b, "/handover"), nil),
		"printed": posts(c.batchPath(b, "/printing"), nil),
		"posted":  posts(c.batchPath(b, "/posting"), posting(letter, track)),
		"outcome": posts(c.path("/letters/%s/outcome", letter), object{"outcome": "returned"}),
	}
}

// Nobody handles a letter to themselves, by whichever mark an account is their
// own: others take it, and each try is in the audit log.
func TestOwnLetters(t *testing.T) {
	t.Parallel()
	bySNILS := func(o *app.NewOperator) { o.SNILS = "000-000-600 31" }
	byAddress := func(o *app.NewOperator) { o.Email = mailbox }
	for name, mark := range map[string]func(*app.NewOperator){"SNILS": bySNILS, "address": byAddress} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
				t.Helper()
				_, c := newServer(t, e, roomy())
				mine := newCitizen(t, c, phone, "600", "passed")
				others := newCitizen(t, c, mailbox, "777", "passed")
				if name == "address" {
					mine, others = others, mine
				}
				requireOwnLettersLeftAlone(t, mine, others, mark)
			})
		})
	}
}

func requireOwnLettersLeftAlone(t *testing.T, mine, others citizen, mark func(*app.NewOperator)) {
	t.Helper()
	s, c := mine.server, newClient(mine.server)
	invitation, at := invited(domain.RoleOperator), place(t, mine.server, domain.CentreFundOffice)
	mark(&invitation)
	self := counter{c.bearing(c.signInOperator(t, newStaff(t, s, invitation, at)).AccessToken), at}
	colleague := counter{newOperator(t, s, domain.RoleOperator, at), at}

	own := mine.request(t, mine.byLetter())
	self.post(t, self.path("/letter-batches"), nil).fails(t, http.StatusConflict, "nothing_to_print")
	foreign := others.request(t, others.byLetter())
	b := self.take(t)
	require.Len(t, b.Letters, 1)
	require.Equal(t, foreign.ID, b.Letters[0].ID)
	self.get(t, self.batchPath(b, "/letters.pdf")).ok(t, http.StatusOK)

	b = colleague.take(t)
	require.Equal(t, own.ID, b.Letters[0].ID)
	tried := func() int {
		return s.Count(t, fmt.Sprintf("SELECT count(*) FROM audit_events WHERE action = 'letter.own_account' AND subject_id = '%s'"+
			" AND account_id = '%s' AND operator_id = '%s' AND place_id = '%s'", own.ID, mine.Account.ID, self.operatorID(t), at))
	}
	refused := func() {
		t.Helper()
		before, tries := column(t, s, "SELECT status FROM letters ORDER BY id"), tried()
		steps := self.steps(b, own.ID)
		for name, step := range steps {
			p := step(t).fails(t, http.StatusForbidden, "own_account")
			require.Equal(t, []string{"ask_another_operator"}, p.NextActions, name)
		}
		require.Equal(t, tries+len(steps), tried())
		require.Equal(t, before, column(t, s, "SELECT status FROM letters ORDER BY id"))
	}
	refused()
	require.Equal(t, 2, s.Count(t, "SELECT count(*) FROM letters WHERE print_enc IS NOT NULL"))
	colleague.printed(t, b)
	refused()
	colleague.handOver(t, b, own.ID, track)
	refused()
	colleague.post(t, colleague.path("/letters/%s/outcome", own.ID), object{"outcome": "delivered"}).ok(t, http.StatusOK)
}

// Letters are the fund's: at other places nobody works with them.
func TestLettersAreForOfficesOfTheFund(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		anna := newCitizen(t, c, phone, "600", "passed")
		order := anna.request(t, anna.byLetter())
		desk := newCounter(t, s, domain.RoleOperator, domain.CentreFundOffice)
		b := desk.take(t)
		centre := newCounter(t, s, domain.RoleSupervisor, domain.CentreMFC)
		for _, step := range centre.steps(b, order.ID) {
			step(t).fails(t, http.StatusForbidden, "forbidden")
		}
		for _, list := range []string{"/letter-batches", "/letters"} {
			centre.get(t, centre.path("%s", list)).fails(t, http.StatusForbidden, "forbidden")
		}
		centre.get(t, centre.batchPath(b, "")).fails(t, http.StatusForbidden, "forbidden")
		anna.delete(t, order.path("")).ok(t, http.StatusNoContent)
		centre.post(t, centre.path("/letter-batches"), nil).fails(t, http.StatusForbidden, "forbidden")
		centre.elsewhere(uuid.New()).get(t, "/v1/operator/places/"+uuid.NewString()+"/letters").
			fails(t, http.StatusForbidden, "place_not_assigned")
	})
}

// The audit log says whose letters were printed and looked at.
func TestWhoseLettersWereLookedAt(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		admin, desk := newOperator(t, s, domain.RoleAdministrator), newCounter(t, s, domain.RoleOperator, domain.CentreFundOffice)
		people := []citizen{newCitizen(t, c, phone, "600", "passed"), newCitizen(t, c, mailbox, "777", "passed")}
		var orders []confirmation
		for _, p := range people {
			orders = append(orders, p.request(t, p.byLetter()))
			s.Clock.Advance(time.Second)
		}
		b := desk.take(t)
		did := desk.get(t, desk.batchPath(b, "/letters.pdf"))
		for i, p := range people {
			desk.requireAudited(t, admin, did, event{AccountID: &p.Account.ID, Action: "letter.render"})
			require.Equal(t, orders[i].ID, audited(t, admin, p.Account.ID, "letter.render").SubjectID)
		}
		for _, query := range []string{"", "?status=posted"} {
			desk.get(t, desk.path("/letters%s", query)).ok(t, http.StatusOK)
		}
		items := as[struct{ Items []event }](t, admin.get(t, "/v1/operator/audit-events?action=letter.list"), http.StatusOK).Items
		require.Len(t, items, 2)
		reasons := []string{items[0].Reason, items[1].Reason}
		require.ElementsMatch(t, []string{"", orders[1].ID + " " + orders[0].ID}, reasons)
		for _, at := range items {
			require.Equal(t, desk.place.String(), at.SubjectID)
			require.Equal(t, desk.operatorID(t), *at.OperatorID)
		}
	})
}

// Whoever took the last attempt may have come to an end before the letter did:
// the next code ends it, and says so.
func TestALetterWithoutAttemptsEnds(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		anna := newCitizen(t, c, phone, "600", "passed")
		order := anna.request(t, anna.byLetter())
		code := anna.delivered(t, order)
		s.Exec(t, "UPDATE letters SET attempts_left = 0")
		answers := parallel(t, 4, func(int) answer { return anna.enter(t, order, code) })
		for _, a := range answers {
			p := a.fails(t, http.StatusUnprocessableEntity, "code_exhausted")
			require.Equal(t, []string{"request_confirmation"}, p.NextActions)
		}
		require.Equal(t, []string{"exhausted"}, column(t, s, "SELECT status FROM letters"))
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'letter.exhaust'"))
		require.Equal(t, "standard", anna.level(t))
	})
}

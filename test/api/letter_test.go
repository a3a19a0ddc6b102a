package api_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit"
)

// At the counter: letters are taken, printed and handed to the post, and the
// code in one of them confirms. Nobody but the printer sees it. // M09
func TestLettersAtTheCounter(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		desk := newCounter(t, s, domain.RoleOperator, domain.CentreFundOffice)
		desk.post(t, desk.path("/letter-batches"), nil).fails(t, http.StatusConflict, "nothing_to_print")
		anna := newCitizen(t, c, phone, "600", "passed")
		order := anna.request(t, anna.byLetter())
		sealed := testkit.Dump(t, e, s.Database)

		b := desk.take(t)
		require.Equal(t, []any{"open", 1, 1}, []any{b.Status, b.Number, b.LetterCount})
		require.Equal(t, []string{order.ID, "1/1", "requested"}, []string{b.Letters[0].ID, *b.Letters[0].Number, b.Letters[0].Status})
		require.Equal(t, order.DueOn, b.Letters[0].DueOn)
		pdf := desk.get(t, desk.batchPath(b, "/letters.pdf"))
		pdf.ok(t, http.StatusOK)
		require.True(t, bytes.HasPrefix(pdf.body, []byte("%PDF-")))
		require.Equal(t, `attachment; filename="letters.pdf"`, pdf.header.Get("Content-Disposition"))
		require.Equal(t, "no-store", pdf.header.Get("Cache-Control"))
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM letters WHERE print_enc IS NOT NULL"))
		desk.post(t, desk.batchPath(b, "/posting"), posting(order.ID, track)).fails(t, http.StatusConflict, "invalid_transition")

		b = desk.printed(t, b)
		require.Equal(t, []any{"printed", "printed"}, []any{b.Status, b.Letters[0].Status})
		require.Zero(t, s.Count(t, "SELECT count(*) FROM letters WHERE print_enc IS NOT NULL"))
		desk.get(t, desk.batchPath(b, "/letters.pdf")).fails(t, http.StatusConflict, "invalid_transition")
		desk.post(t, desk.batchPath(b, "/printing"), nil).fails(t, http.StatusConflict, "invalid_transition")
		for _, list := range []string{"/f103.pdf", "/f103.csv"} {
			desk.get(t, desk.batchPath(b, list)).ok(t, http.StatusOK)
		}
		code := codeOf(t, s, order)
		anna.enter(t, order, code).fails(t, http.StatusConflict, "letter_not_posted")

		b = desk.handOver(t, b, order.ID, "236000 16 00001 1")
		require.Equal(t, []string{"posted", track}, []string{b.Letters[0].Status, *b.Letters[0].TrackNumber})
		require.Contains(t, string(desk.get(t, desk.batchPath(b, "/f103.csv")).body), track)
		require.Equal(t, track, anna.look(t, order).TrackingNumber)
		outcome := as[letter](t, desk.post(t, desk.path("/letters/%s/outcome", order.ID), object{"outcome": "delivered"}), http.StatusOK)
		require.Equal(t, "delivered", outcome.Status)
		anna.enter(t, order, sloppily(code)).ok(t, http.StatusOK)
		require.Equal(t, "confirmed", anna.level(t))

		secretCode := strings.ReplaceAll(code, "-", "")
		s.Settle(t)
		for _, text := range [][]byte{sealed, testkit.Dump(t, e, s.Database), []byte(s.Log.String()), desk.get(t, desk.batchPath(b, "")).body} {
			require.NotContains(t, string(text), secretCode) // M27
			require.NotContains(t, string(text), code)
		}
		for action, times := range map[string]int{
			"letter_batch.create": 1, "letter.render": 1, "letter_batch.print": 1, "letter_batch.post": 1,
			"letter_batch.dispatch_list": 3, "letter_batch.view": 1, "letter.print": 1, "letter.post": 1, "letter.deliver": 1,
		} {
			require.Equal(t, times, s.Count(t, fmt.Sprintf(
				"SELECT count(*) FROM audit_events WHERE action = '%s' AND operator_id IS NOT NULL AND place_id = '%s'", action, desk.place)), action)
		}
	})
}

// What is wrong with a posting is told item by item, and then nothing is
// posted.
func TestWrongPostings(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		anna, first, desk, _ := posted(t, c)
		boris := newCitizen(t, c, mailbox, "600", "passed")
		order := boris.request(t, boris.byLetter())
		vera := newCitizen(t, c, "+79017654321", "600", "passed")
		cancelled := vera.request(t, vera.byLetter())
		b := desk.take(t)
		require.Len(t, b.Letters, 2)
		b = desk.printed(t, b)
		vera.delete(t, cancelled.path("")).ok(t, http.StatusNoContent)
		path := desk.batchPath(b, "/posting")
		wrong := func(body object, fields ...[2]string) {
			t.Helper()
			p := desk.do(t, call{method: http.MethodPost, path: path, raw: jsonOf(t, body), wrong: true}).
				fails(t, http.StatusUnprocessableEntity, "validation_failed")
			var got [][2]string
			for _, f := range p.Errors {
				got = append(got, [2]string{f.Pointer, f.Code})
				require.NotEmpty(t, f.Detail)
			}
			require.Equal(t, fields, got)
		}
		wrong(posting(), [2]string{"/items", "required"})
		wrong(posting(order.ID, otherTrack, cancelled.ID, "23600016000012", "x", "1"),
			[2]string{"/items/1/track_number", "postal_item_id_check_digit"}, [2]string{"/items/2/track_number", "postal_item_id_format"})
		wrong(posting(order.ID, track, first.ID, otherTrack, cancelled.ID, "80082710646101", uuid.NewString(), "80082710646101", order.ID, otherTrack),
			[2]string{"/items/0/track_number", "track_number_taken"}, [2]string{"/items/1/letter_id", "letter_not_in_batch"},
			[2]string{"/items/2/letter_id", "letter_not_in_batch"}, [2]string{"/items/3/letter_id", "letter_not_in_batch"},
			[2]string{"/items/3/track_number", "track_number_taken"}, [2]string{"/items/4/letter_id", "letter_not_in_batch"},
			[2]string{"/items/4/track_number", "track_number_taken"})
		require.Equal(t, "printed", boris.look(t, order).Status)
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'letter.post'"), "of the other batch")
		desk.handOver(t, b, order.ID, otherTrack)
		require.Equal(t, "posted", boris.look(t, order).Status)
		require.Equal(t, "posted", anna.look(t, first).Status)
		require.Len(t, strings.Split(strings.TrimSpace(string(desk.get(t, desk.batchPath(b, "/f103.csv")).body)), "\n"), 2, "without the cancelled one")
	})
}

// A batch and its letters exist for the place alone that took them.
func TestLettersOfAnotherPlace(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		anna, order, desk, b := posted(t, c)
		there := places(t, s, domain.CentreFundOffice)[1]
		other := counter{newOperator(t, s, domain.RoleSupervisor, there), there}
		for _, step := range []string{"", "/letters.pdf", "/f103.pdf", "/f103.csv"} {
			other.get(t, other.batchPath(b, step)).fails(t, http.StatusNotFound, "not_found")
			other.elsewhere(desk.place).get(t, desk.batchPath(b, step)).fails(t, http.StatusForbidden, "place_not_assigned")
			anna.get(t, desk.batchPath(b, step)).fails(t, http.StatusForbidden, "forbidden")
			c.get(t, desk.batchPath(b, step)).fails(t, http.StatusUnauthorized, "unauthenticated")
		}
		other.post(t, other.batchPath(b, "/handover"), nil).fails(t, http.StatusNotFound, "not_found")
		other.post(t, other.batchPath(b, "/printing"), nil).fails(t, http.StatusNotFound, "not_found")
		other.post(t, other.batchPath(b, "/posting"), posting(order.ID, otherTrack)).fails(t, http.StatusNotFound, "not_found")
		other.post(t, other.path("/letters/%s/outcome", order.ID), object{"outcome": "lost"}).fails(t, http.StatusNotFound, "not_found")
		desk.post(t, desk.path("/letters/%s/outcome", uuid.NewString()), object{"outcome": "lost"}).fails(t, http.StatusNotFound, "not_found")
		type batches struct {
			Items   []letterBatch `json:"items"`
			Waiting int           `json:"letters_waiting"`
		}
		require.Empty(t, as[batches](t, other.get(t, other.path("/letter-batches")), http.StatusOK).Items)
		require.Len(t, as[batches](t, desk.get(t, desk.path("/letter-batches")), http.StatusOK).Items, 1)
		type letters struct{ Items []letter }
		require.Empty(t, as[letters](t, other.get(t, other.path("/letters")), http.StatusOK).Items)
		for query, want := range map[string]int{"": 1, "?status=posted": 1, "?status=lost": 0, "?overdue=true": 0, "?limit=1&overdue=false": 1} {
			require.Len(t, as[letters](t, desk.get(t, desk.path("/letters%s", query)), http.StatusOK).Items, want, query)
		}
		for query, pointer := range map[string]string{"?status=eaten": "status", "?overdue=maybe": "overdue", "?limit=0": "limit", "?cursor=x": "cursor"} {
			p := desk.do(t, call{method: http.MethodGet, path: desk.path("/letters%s", query), wrong: true}).
				fails(t, http.StatusUnprocessableEntity, "validation_failed")
			require.Equal(t, "/query/"+pointer, p.Errors[0].Pointer)
		}
	})
}

// Two operators at once never take the same letter.
func TestBatchesAtOnce(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		anna := newCitizen(t, c, phone, "600", "passed")
		anna.request(t, anna.byLetter())
		var desks []counter
		for _, at := range places(t, s, domain.CentreFundOffice)[:2] {
			desks = append(desks, counter{newOperator(t, s, domain.RoleOperator, at), at})
		}
		answers := parallel(t, 8, func(i int) answer {
			return desks[i%2].post(t, desks[i%2].path("/letter-batches"), nil)
		})
		require.Equal(t, 1, count(answers, http.StatusCreated))
		require.Equal(t, 7, count(answers, http.StatusConflict))
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM letter_batches"))
	})
}

// 200 wrong codes at once: five are compared in ten minutes, and twenty in all
// of the letter's life. // M09
func TestGuessingALettersCode(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		anna := newCitizen(t, c, phone, "600", "passed")
		order := anna.request(t, anna.byLetter())
		code := anna.delivered(t, order)
		for round := 1; round <= 4; round++ {
			guesses := map[bool]int{true: 200, false: 30}[round == 1]
			answers := parallel(t, guesses, func(int) answer { return anna.enter(t, order, wrongLetterCode(code)) })
			compared := 0
			for _, a := range answers {
				if bytes.Contains(a.body, []byte(`"code":"code_incorrect"`)) {
					compared++
				}
			}
			require.Equal(t, 5, compared, "round %d: %v", round, outcomes(t, answers))
			require.Zero(t, count(answers, http.StatusOK))
			require.Equal(t, 5*round, 20-s.Count(t, "SELECT attempts_left FROM letters"))
			if round < 4 {
				anna.enter(t, order, code).fails(t, http.StatusTooManyRequests, "rate_limited")
			}
			anna = anna.later(t, 10*time.Minute)
		}
		p := anna.enter(t, order, code).fails(t, http.StatusUnprocessableEntity, "code_exhausted")
		require.Equal(t, []string{"request_confirmation"}, p.NextActions)
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'letter.exhaust'"))
		require.Equal(t, "standard", anna.level(t))
		anna = anna.later(t, 24*time.Hour)
		anna.request(t, anna.byLetter())
	})
}

// A letter that the post returned or lost is worth nothing at once, and another
// one may be asked for at once; otherwise not before a day.
func TestReturnedAndLostLetters(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		anna := newCitizen(t, c, phone, "600", "passed")
		for round, outcome := range []string{"returned", "lost"} {
			order := anna.request(t, anna.byLetter())
			l := as[letter](t, c.post(t, "/v1/sandbox/letters/"+order.ID+"/delivery", object{"outcome": outcome}), http.StatusOK)
			require.Equal(t, outcome, l.Status)
			anna.enter(t, order, codeOf(t, s, order)).fails(t, http.StatusConflict, "invalid_transition")
			require.Equal(t, round+1, s.Count(t, "SELECT count(*) FROM letters WHERE settled_at IS NOT NULL"))
			c.post(t, "/v1/sandbox/letters/"+order.ID+"/delivery", nil).fails(t, http.StatusConflict, "invalid_transition")
			require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM messages WHERE kind = 'letter_"+outcome+"'"))
		}
		order := anna.request(t, anna.byLetter())
		anna.delete(t, order.path("")).ok(t, http.StatusNoContent)
		p := anna.post(t, confirmationsPath, anna.byLetter()).fails(t, http.StatusTooManyRequests, "letter_too_early")
		require.Equal(t, s.Clock.Now().Add(24*time.Hour), *p.RetryAt)
	})
}

// The sandbox plays the post, and its letters are among its messages.
func TestSandboxPost(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e)
		anna := newCitizen(t, c, phone, "600", "passed")
		order := anna.request(t, anna.byLetter())
		path := "/v1/sandbox/letters/" + order.ID + "/delivery"
		c.post(t, "/v1/sandbox/letters/"+uuid.NewString()+"/delivery", nil).fails(t, http.StatusNotFound, "not_found")
		c.do(t, call{method: http.MethodPost, path: path, raw: []byte(`{"outcome":"eaten"}`), wrong: true}).
			fails(t, http.StatusUnprocessableEntity, "validation_failed")
		require.Equal(t, "requested", anna.look(t, order).Status)
		for range 2 {
			l := as[letter](t, c.post(t, path, nil), http.StatusOK)
			require.Equal(t, "delivered", l.Status)
			require.Nil(t, l.BatchID)
			require.Regexp(t, `^[0-9]{14}$`, *l.TrackNumber)
		}
		list := as[messageList](t, c.get(t, "/v1/sandbox/messages"), http.StatusOK)
		found := 0
		for _, m := range list.Items {
			if m.Channel != "registered_mail" {
				continue
			}
			found++
			require.Equal(t, order.ID, m.ID)
			require.Equal(t, []string{order.ID + ".pdf"}, m.Attachments)
			require.Contains(t, m.Text, m.Code)
			require.NotEmpty(t, m.Subject)
			require.NotEmpty(t, m.To)
		}
		require.Equal(t, 1, found)
		c.post(t, path, object{"outcome": "returned"}).fails(t, http.StatusConflict, "invalid_transition")
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM messages WHERE kind = 'letter_posted'"))
	})
}

// Time alone brings reminders, the end of a code, and an alarm over a letter
// that is late: each once, however many processes look. // M09
func TestLettersInTime(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		testkit.NewServer(t, e, testkit.Beside(s))
		anna, order, _, _ := posted(t, c)
		boris := newCitizen(t, c, mailbox, "600", "passed")
		late := boris.request(t, boris.byLetter())
		messages := func(kind string) int { return s.Count(t, "SELECT count(*) FROM messages WHERE kind = '"+kind+"'") }
		alarms := func() int {
			return s.Count(t, "SELECT count(*) FROM alarms WHERE kind = 'letter_not_posted' AND subject_id = '"+late.ID+"'")
		}
		becomes := func(what func() int, want int) {
			t.Helper()
			require.Eventually(t, func() bool { return what() == want }, patience, 50*time.Millisecond)
		}
		reminded := func() int { return messages("letter_reminder") }
		expired := func() int { return messages("letter_expired") }
		const day = 24 * time.Hour
		require.Zero(t, alarms())
		s.Clock.Advance(9 * day)
		becomes(alarms, 1)
		s.Clock.Advance(7 * day)
		becomes(reminded, 1)
		s.Clock.Advance(11 * day)
		becomes(reminded, 2)
		s.Clock.Advance(3 * day)
		becomes(expired, 1)
		s.Clock.Advance(30 * day)
		// Two more looks of the sandbox see the last step and change nothing.
		looks := func() int { return s.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'letter.expire'") }
		becomes(looks, 1)
		require.Equal(t, []int{2, 1, 1}, []int{reminded(), expired(), alarms()})
		require.Equal(t, "expired", column(t, s, "SELECT status FROM letters WHERE id = '"+order.ID+"'")[0])
		anna = anna.later(t, 0)
		require.Equal(t, "expired", anna.look(t, order).Status)
		anna.enter(t, order, "7K3M9QR4TW").fails(t, http.StatusUnprocessableEntity, "code_expired")
		anna.request(t, anna.byLetter())
	})
}

package api_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.org/kabinet/internal/domain"
	"example.org/kabinet/internal/testkit"
	"example.org/kabinet/internal/testkit/paper"
	"example.org/kabinet/internal/testkit/postoffice"
)

// handover is what the API says of a batch on its way.
type handover struct {
	Status   string `json:"status"`
	Attempts []struct {
		Step   string `json:"step"`
		Done   bool   `json:"done"`
		Reason string `json:"reason"`
	} `json:"attempts"`
}

type carriedBatch struct {
	letterBatch

	Handover *handover `json:"handover"`
}

// carry hands a batch over.
func (c counter) carry(t *testing.T, b letterBatch) {
	t.Helper()
	started := as[carriedBatch](t, c.post(t, c.batchPath(b, "/handover"), nil), http.StatusAccepted)
	require.Equal(t, "under_way", started.Handover.Status)
	require.Equal(t, []string{"wait_for_handover"}, started.NextActions)
}

// arrives waits until a handover has come to an end.
func (c counter) arrives(t *testing.T, b letterBatch, status string) (now carriedBatch) {
	t.Helper()
	require.Eventually(t, func() bool {
		now = as[carriedBatch](t, c.get(t, c.batchPath(b, "")), http.StatusOK)
		return now.Handover.Status == status
	}, patience, 50*time.Millisecond, "%+v", now.Handover)
	return now
}

// stumbles waits until a step has failed for a reason.
func (c counter) stumbles(t *testing.T, b letterBatch, reason string) {
	t.Helper()
	require.Eventually(t, func() bool {
		now := as[carriedBatch](t, c.get(t, c.batchPath(b, "")), http.StatusOK)
		return len(now.Handover.Attempts) > 0 && strings.Contains(now.Handover.Attempts[0].Reason, reason)
	}, patience, 50*time.Millisecond)
}

// steps are those of a handover that were done, the first one first.
func (h handover) steps() (done []string) {
	for i := range h.Attempts {
		if a := h.Attempts[len(h.Attempts)-1-i]; a.Done {
			done = append(done, a.Step)
		}
	}
	return done
}

// bundled are the files that a printing house has of a batch.
func bundled(t *testing.T, house string, b letterBatch) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	found, err := os.ReadDir(house)
	require.NoError(t, err)
	require.Len(t, found, 1, "one bundle, and nothing half done")
	require.Equal(t, "letters-1-"+b.ID, found[0].Name())
	files, err := os.ReadDir(filepath.Join(house, found[0].Name()))
	require.NoError(t, err)
	for _, f := range files {
		all[f.Name()], err = os.ReadFile(filepath.Join(house, found[0].Name(), f.Name()))
		require.NoError(t, err)
	}
	return all
}

// requireManifest requires that a bundle is what its manifest says.
func requireManifest(t *testing.T, files map[string][]byte, tracks ...string) {
	t.Helper()
	var manifest struct {
		Count   int `json:"letter_count"`
		Letters []struct {
			Number string `json:"number"`
			Track  string `json:"track_number"`
		} `json:"letters"`
		Files []struct {
			Name   string `json:"name"`
			Size   int    `json:"size"`
			SHA256 string `json:"sha256"`
		} `json:"files"`
	}
	require.NoError(t, json.Unmarshal(files["manifest.json"], &manifest))
	require.Len(t, files, len(manifest.Files)+1)
	for _, f := range manifest.Files {
		sum := sha256.Sum256(files[f.Name])
		require.Equal(t, hex.EncodeToString(sum[:]), f.SHA256, f.Name)
		require.Len(t, files[f.Name], f.Size)
	}
	require.Len(t, tracks, manifest.Count)
	for i, track := range tracks {
		require.Equal(t, track, manifest.Letters[i].Track)
	}
}

// A batch leaves for the printing house, and only then its codes are erased; the
// sandbox's is a folder. // M17
func TestHandoverToThePrintingHouse(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		s, c := newServer(t, e, roomy())
		anna := newCitizen(t, c, phone, "600", "passed")
		order := anna.request(t, anna.byLetter())
		desk := newCounter(t, s, domain.RoleOperator, domain.CentreFundOffice)
		b := desk.take(t)
		desk.carry(t, b)
		done := desk.arrives(t, b, "done")
		require.Equal(t, []string{"bundle", "print"}, done.Handover.steps())
		require.Equal(t, []string{"printed", "printed"}, []string{done.Status, done.Letters[0].Status})
		require.Zero(t, s.Count(t, "SELECT count(*) FROM letters WHERE print_enc IS NOT NULL"))

		files := bundled(t, filepath.Join(s.App.OutboxFolder(), "print-house"), b)
		requireManifest(t, files, "")
		code := codeOf(t, s, order)
		require.Contains(t, paper.Words(t, files["letters.pdf"]), code)
		for name, content := range files {
			if name == "f103.pdf" {
				content = []byte(paper.Words(t, content))
			}
			if name != "letters.pdf" {
				require.NotContains(t, string(content), code, name)
				require.NotContains(t, string(content), strings.ReplaceAll(code, "-", ""), name)
			}
		}
		for _, path := range []string{"/handover", "/printing"} {
			desk.post(t, desk.batchPath(b, path), nil).fails(t, http.StatusConflict, "invalid_transition")
		}
		desk.handOver(t, b, order.ID, track)
		for action, times := range map[string]int{
			"letter_batch.hand_over": 1, "letter_batch.carry": 2, "letter.render": 1, "letter_batch.print": 1, "letter.print": 1,
		} {
			require.Equal(t, times, s.Count(t, "SELECT count(*) FROM audit_events WHERE action = '"+action+
				"' AND operator_id = '"+desk.operatorID(t)+"' AND place_id = '"+desk.place.String()+"'"), action)
		}
	})
}

// carriers are a post and a printing house.
type carriers struct {
	post  *postoffice.Office
	house string
}

// withCarriers starts both, and a program that knows them.
func withCarriers(t *testing.T, e testkit.Engine) (carriers, *testkit.Server, *client) {
	t.Helper()
	with := carriers{postoffice.New(t), filepath.Join(t.TempDir(), "house")}
	require.NoError(t, os.Mkdir(with.house, 0o700))
	s, c := newServer(t, e, roomy(), testkit.Env("KABINET_PRINT_HOUSE_URL", "file://"+with.house),
		testkit.Env("KABINET_POST_URL", with.post.Shipping()), testkit.Env("KABINET_POST_TRACKING_URL", with.post.Tracking()),
		testkit.Env("KABINET_POST_OFFICE", "236000"))
	return with, s, c
}

// Orders, track numbers, the post's own list, the printing house, the check-in, and
// what the post says of the letter afterwards: nobody types anything. // M16 M17
func TestHandoverToThePost(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		with, s, c := withCarriers(t, e)
		anna := newCitizen(t, c, phone, "600", "passed")
		order := anna.request(t, anna.byLetter())
		desk := newCounter(t, s, domain.RoleOperator, domain.CentreFundOffice)
		b := desk.take(t)
		desk.carry(t, b)
		done := desk.arrives(t, b, "done")
		require.Equal(t, []string{"order", "batch", "bundle", "print", "check_in"}, done.Handover.steps())
		number := postoffice.Barcode(1001)
		require.Equal(t, []string{"posted", number}, []string{done.Letters[0].Status, *done.Letters[0].TrackNumber})
		require.Equal(t, number, anna.look(t, order).TrackingNumber)
		with.post.Do(func() {
			require.Equal(t, []string{"71"}, with.post.CheckIns)
			require.Len(t, with.post.Orders, 1)
			asked := with.post.Orders[0].Body
			require.Equal(t, "1/1", asked["comment"])
			require.Equal(t, "1-1-"+order.ID[len(order.ID)-12:], asked["order-num"])
			require.Equal(t, []any{"LETTER", "ORDERED", "236000", 20.0},
				[]any{asked["mail-type"], asked["mail-category"], asked["postoffice-code"], asked["mass"]})
			require.Equal(t, done.Letters[0].Recipient, asked["recipient-name"])
			require.NotContains(t, jsonOf(t, asked), codeOf(t, s, order))
		})
		files := bundled(t, with.house, b)
		requireManifest(t, files, number)
		require.Equal(t, postoffice.ListText+" 71", string(files["f103.pdf"]))
		require.Contains(t, string(files["f103.csv"]), number)
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM messages WHERE kind = 'letter_posted'"))

		with.post.Happens(number, 8, 2)
		with.post.Happens(number, 2, 6)
		s.Clock.Advance(13 * time.Hour)
		require.Eventually(t, func() bool {
			return s.Count(t, "SELECT count(*) FROM letters WHERE status = 'delivered'") == 1
		}, patience, 50*time.Millisecond)
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'letter.deliver' AND operator_id IS NULL"))
	})
}

// Whatever answer is lost on the way, nothing is ordered, printed or announced twice.
func TestHandoverThatLosesAnswers(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		with, s, c := withCarriers(t, e)
		lost := postoffice.Fault{Lost: true, Times: 1}
		for _, call := range []postoffice.Call{
			postoffice.Create, postoffice.Search, postoffice.Batch, postoffice.Look, postoffice.Members, postoffice.List, postoffice.CheckIn,
		} {
			with.post.Break(call, lost)
		}
		with.post.Break(postoffice.State, postoffice.Fault{Status: http.StatusServiceUnavailable, Body: "Синтетическая", Times: 1})
		people := []citizen{newCitizen(t, c, phone, "600", "passed"), newCitizen(t, c, mailbox, "777", "passed")}
		for _, p := range people {
			p.request(t, p.byLetter())
			s.Clock.Advance(time.Second)
		}
		desk := newCounter(t, s, domain.RoleOperator, domain.CentreFundOffice)
		b := desk.take(t)
		desk.carry(t, b)
		done := desk.arrives(t, b, "done")
		require.Equal(t, []string{"order", "batch", "bundle", "print", "check_in"}, done.Handover.steps())
		failed := 0
		for _, a := range done.Handover.Attempts {
			if !a.Done {
				failed++
				require.NotEmpty(t, a.Reason)
				require.NotContains(t, a.Reason, "Синтетическая")
			}
		}
		require.GreaterOrEqual(t, failed, 4, "a lost answer to a GET may be asked for again at once")
		with.post.Do(func() {
			require.Len(t, with.post.Orders, 2)
			require.Equal(t, []string{"71"}, with.post.CheckIns)
			require.Equal(t, 1, with.post.Calls[postoffice.Create])
			require.Equal(t, 1, with.post.Calls[postoffice.Batch])
		})
		requireManifest(t, bundled(t, with.house, b), postoffice.Barcode(1001), postoffice.Barcode(1002))
		require.Equal(t, []string{"posted", "posted"}, column(t, s, "SELECT status FROM letters"))
		require.Equal(t, 2, s.Count(t, "SELECT count(*) FROM messages WHERE kind = 'letter_posted'"))
		require.NotContains(t, s.Log.String(), "Синтетическая")
	})
}

// Of several at once one hands over; the others, and whoever comes by hand, wait.
func TestHandoversAtOnce(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		with, s, c := withCarriers(t, e)
		require.NoError(t, os.Remove(with.house))
		anna := newCitizen(t, c, phone, "600", "passed")
		order := anna.request(t, anna.byLetter())
		desk := newCounter(t, s, domain.RoleOperator, domain.CentreFundOffice)
		b := desk.take(t)
		answers := parallel(t, 8, func(int) answer { return desk.post(t, desk.batchPath(b, "/handover"), nil) })
		require.Equal(t, 1, count(answers, http.StatusAccepted))
		require.Equal(t, 7, count(answers, http.StatusConflict))
		desk.stumbles(t, b, "no such file")
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM letters WHERE print_enc IS NOT NULL"), "the house has no letter yet")
		for _, a := range []answer{
			desk.get(t, desk.batchPath(b, "/letters.pdf")), desk.post(t, desk.batchPath(b, "/printing"), nil),
			desk.post(t, desk.batchPath(b, "/posting"), posting(order.ID, track)),
		} {
			p := a.fails(t, http.StatusConflict, "invalid_transition")
			require.Equal(t, []string{"wait_for_handover"}, p.NextActions)
		}
		require.NoError(t, os.Mkdir(with.house, 0o700))
		desk.arrives(t, b, "done")
		requireManifest(t, bundled(t, with.house, b), postoffice.Barcode(1001))
		require.Equal(t, 1, with.post.Count(postoffice.Create))
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'letter_batch.hand_over'"))
	})
}

// What the post refuses is given up with its reason; then it is handed over again, or
// printed and posted by hand.
func TestHandoverThatIsGivenUp(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		with, s, c := withCarriers(t, e)
		with.post.Break(postoffice.Create, postoffice.Fault{Status: http.StatusBadRequest, Body: "Синтетическая", Times: 1})
		anna := newCitizen(t, c, phone, "600", "passed")
		form := anna.byLetter()
		address, ok := form["postal_address"].(object)
		require.True(t, ok)
		address["city"] = "Нигде"
		order := anna.request(t, form)
		desk := newCounter(t, s, domain.RoleOperator, domain.CentreFundOffice)
		b := desk.take(t)
		for _, reason := range []string{"post: status 400: undeliverable", "post: the post refused 1/1 EMPTY_PLACE_TO another reason: undeliverable"} {
			desk.carry(t, b)
			failed := desk.arrives(t, b, "failed")
			require.Equal(t, reason, failed.Handover.Attempts[0].Reason)
			require.Equal(t, []string{"hand_over", "print_letters", "mark_printed"}, failed.NextActions)
		}
		require.Equal(t, 1, s.Count(t, "SELECT count(*) FROM letters WHERE print_enc IS NOT NULL"))
		desk.get(t, desk.batchPath(b, "/letters.pdf")).ok(t, http.StatusOK)
		desk.printed(t, b)
		desk.handOver(t, b, order.ID, track)
		require.Zero(t, with.post.Count(postoffice.Batch))
		entries, err := os.ReadDir(with.house)
		require.NoError(t, err)
		require.Empty(t, entries)
	})
}

// A letter that is cancelled while its batch is on its way is left out, and its order
// is taken back.
func TestHandoverLeavesOutWhatIsCancelled(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		with, s, c := withCarriers(t, e)
		with.post.Break(postoffice.Members, postoffice.Fault{Status: http.StatusServiceUnavailable})
		anna, vera := newCitizen(t, c, phone, "600", "passed"), newCitizen(t, c, mailbox, "777", "passed")
		anna.request(t, anna.byLetter())
		s.Clock.Advance(time.Second)
		cancelled := vera.request(t, vera.byLetter())
		desk := newCounter(t, s, domain.RoleOperator, domain.CentreFundOffice)
		b := desk.take(t)
		desk.carry(t, b)
		desk.stumbles(t, b, "post: status 503")
		vera.delete(t, cancelled.path("")).ok(t, http.StatusNoContent)
		with.post.Mend(postoffice.Members)
		done := desk.arrives(t, b, "done")
		require.Contains(t, done.Handover.steps(), "withdraw")
		require.Equal(t, []string{"posted", "cancelled"}, []string{done.Letters[0].Status, done.Letters[1].Status})
		with.post.Do(func() { require.Len(t, with.post.Orders, 1) })
		files := bundled(t, with.house, b)
		requireManifest(t, files, postoffice.Barcode(1001))
		words := paper.Words(t, files["letters.pdf"])
		require.Contains(t, words, "1/1")
		require.NotContains(t, words, "1/2")
	})
}

// A batch that was printed by hand is handed over to the post alone.
func TestHandoverOfPrintedLetters(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		with, s, c := withCarriers(t, e)
		anna := newCitizen(t, c, phone, "600", "passed")
		anna.request(t, anna.byLetter())
		desk := newCounter(t, s, domain.RoleOperator, domain.CentreFundOffice)
		b := desk.printed(t, desk.take(t))
		desk.carry(t, b)
		done := desk.arrives(t, b, "done")
		require.Equal(t, []string{"order", "batch", "check_in"}, done.Handover.steps())
		require.Equal(t, "posted", done.Letters[0].Status)
		entries, err := os.ReadDir(with.house)
		require.NoError(t, err)
		require.Empty(t, entries)
	})
}

// The post may make several batches of one: each has its list, and is announced.
func TestHandoverInSeveralBatches(t *testing.T) {
	t.Parallel()
	with, s, c := withCarriers(t, testkit.SQLite)
	with.post.Do(func() { with.post.Split = true })
	for contact, snils := range map[string]string{phone: "600", mailbox: "777"} {
		p := newCitizen(t, c, contact, snils, "passed")
		p.request(t, p.byLetter())
		s.Clock.Advance(time.Second)
	}
	desk := newCounter(t, s, domain.RoleOperator, domain.CentreFundOffice)
	b := desk.take(t)
	desk.carry(t, b)
	done := desk.arrives(t, b, "done")
	require.Equal(t, []string{"order", "batch", "bundle", "print", "check_in", "check_in"}, done.Handover.steps())
	require.Equal(t, []string{"posted", "posted"}, column(t, s, "SELECT status FROM letters"))
	files := bundled(t, with.house, b)
	requireManifest(t, files, postoffice.Barcode(1001), postoffice.Barcode(1002))
	require.Equal(t, []string{postoffice.ListText + " 71", postoffice.ListText + " 72"},
		[]string{string(files["f103.pdf"]), string(files["f103-2.pdf"])})
	with.post.Do(func() { require.Equal(t, []string{"71", "72"}, with.post.CheckIns) })
}

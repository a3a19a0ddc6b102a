package process_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"example.org/kabinet/internal/testkit"
)

// rescue is how long the job of a killed process may wait for another one: it
// counts as lost after a minute, and is looked for every half.
const rescue = 2 * time.Minute

// breakOutbox puts a plain file where the outbox is, so that nothing can be
// written there, not even by root.
func (h *house) breakOutbox() {
	h.Helper()
	require.NoError(h, os.Rename(h.outbox(), h.outbox()+"-away"))
	require.NoError(h, os.WriteFile(h.outbox(), nil, 0o600))
}

func (h *house) mendOutbox() {
	h.Helper()
	require.NoError(h, os.Remove(h.outbox()))
	require.NoError(h, os.Rename(h.outbox()+"-away", h.outbox()))
}

// awaitFailure waits until the program has failed to send a message, and says
// which one.
func (p *program) awaitFailure() (messageID string) {
	p.Helper()
	err := eventually(patience, func() (bool, error) {
		for line := range strings.Lines(p.log.String()) {
			var entry struct {
				Msg       string `json:"msg"`
				MessageID string `json:"message_id"`
			}
			if json.Unmarshal([]byte(line), &entry) == nil && entry.Msg == "message not sent" {
				messageID = entry.MessageID
			}
		}
		return messageID != "", nil
	})
	require.NoError(p, err, "no message failed")
	return messageID
}

// awaitIdle waits until no job is under way: one that is when its process dies
// is taken for lost only after a while.
func (h *house) awaitIdle(t *testing.T) {
	t.Helper()
	require.NoError(t, eventually(patience, func() (bool, error) {
		return h.count(t, "SELECT count(*) FROM river_job WHERE state = 'running'") == 0, nil
	}))
}

// A registration is committed; its message cannot be sent, the process dies,
// and once more.
//
// M24
func TestMessageOutlivesTwoKills(t *testing.T) {
	t.Parallel()
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		h := newHouse(t, e)
		c := newCitizen(0)
		p := h.serve()
		h.breakOutbox()
		require.NoError(t, p.register(c))
		id := p.awaitFailure()
		h.awaitIdle(t)
		p.kill()

		// The outbox can be opened, but the message's file cannot be placed.
		h.mendOutbox()
		obstacle := h.outbox(id + ".json")
		require.NoError(t, os.Mkdir(obstacle, 0o700))
		p = h.serve()
		require.Equal(t, id, p.awaitFailure())
		h.awaitIdle(t)
		p.kill()

		require.NoError(t, os.Remove(obstacle))
		p = h.serve()
		require.NoError(t, p.finish(c))
		found, err := h.messages("")
		require.NoError(t, err)
		require.Len(t, found, 1)
		require.Equal(t, id, found[0].ID)
		require.NoError(t, p.enter(c))
	})
}

// The process dies at any moment while people register. Who got an answer gets
// a message, and who got none asks again with the same key: in the end each has
// exactly one.
//
// M24
func TestMessagesOutliveKillsAtAnyMoment(t *testing.T) {
	t.Parallel()
	const rounds, each = 5, 6
	testkit.Engines(t, func(t *testing.T, e testkit.Engine) {
		t.Helper()
		random := rand.New(rand.NewPCG(7, 11))
		h := newHouse(t, e)
		accepted := make([]bool, rounds*each)
		for round := range rounds {
			p := h.serve()
			timer := time.AfterFunc(time.Duration(random.IntN(80))*time.Millisecond, p.kill)
			var group errgroup.Group
			group.SetLimit(2)
			for n := round * each; n < (round+1)*each; n++ {
				group.Go(func() error {
					a, err := p.ask(keyed(n))
					accepted[n] = err == nil && a.status == http.StatusCreated
					return nil
				})
			}
			require.NoError(t, group.Wait())
			<-p.ended
			timer.Stop()
		}
		p := h.serve()
		answered := 0
		for n, done := range accepted {
			if done {
				answered++
				continue
			}
			require.NoError(t, p.insist(keyed(n)))
		}
		t.Logf("%d of %d registrations were answered before a kill", answered, len(accepted))
		requireOneEach(t, h, len(accepted))
	})
}

func keyed(n int) request {
	r := newCitizen(n).registration()
	r.key = fmt.Sprintf("registration-%d", n)
	return r
}

// insist asks until a dead process's hold on the key has run out.
func (p *program) insist(r request) error {
	return eventually(rescue, func() (bool, error) {
		a, err := p.ask(r)
		if err == nil && a.status != http.StatusCreated && a.text("code") != "idempotency_key_in_use" {
			err = fmt.Errorf("%d %s", a.status, a.body)
		}
		return err == nil && a.status == http.StatusCreated, err
	})
}

// requireOneEach waits until every person has a message, and sees that nobody
// has two.
func requireOneEach(t *testing.T, h *house, people int) {
	t.Helper()
	require.NoError(t, eventually(rescue, func() (bool, error) {
		return h.count(t, "SELECT count(*) FROM messages WHERE status = 'queued'") == 0, nil
	}))
	found, err := h.messages("")
	require.NoError(t, err)
	counts := map[string]int{}
	for _, m := range found {
		counts[m.To]++
	}
	require.Len(t, counts, people)
	for to, count := range counts {
		require.Equal(t, 1, count, to)
	}
	require.Equal(t, people, h.count(t, "SELECT count(*) FROM messages WHERE status = 'sent'"))
	require.Equal(t, people, h.count(t, "SELECT count(*) FROM registrations"))
}

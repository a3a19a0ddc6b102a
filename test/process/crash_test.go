package process_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"example.org/kabinet/internal/testkit"
)

// rescue is how long the job of a killed process may wait for another one: it
// counts as lost after a minute, and is looked for every half.
const rescue = 2 * time.Minute

// awaitFailure waits until the program has failed to send a message, and says
// which one.
func (p *program) awaitFailure() (messageID string) {
	p.Helper()
	return p.awaitLogged("message not sent", "message_id")
}

// awaitLogged waits for an entry of the log, and returns an attribute of the
// newest one.
func (p *program) awaitLogged(msg, attribute string) (value string) {
	p.Helper()
	err := eventually(patience, func() (bool, error) {
		for line := range strings.Lines(p.log.String()) {
			var entry map[string]any
			if json.Unmarshal([]byte(line), &entry) == nil && entry["msg"] == msg {
				value, _ = entry[attribute].(string)
			}
		}
		return value != "", nil
	})
	require.NoError(p, err, "not logged: %s", msg)
	return value
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
	// One after the other: while one waits for a rescue, so does the other.
	var houses []*house
	for _, e := range []testkit.Engine{testkit.SQLite, testkit.PostgreSQL} {
		h := newHouse(t, e)
		answered := h.registerUnderKills(t)
		t.Logf("%s: %d of %d registrations were answered before a kill", e, answered, kills*victims)
		houses = append(houses, h)
	}
	for _, h := range houses {
		p := h.serve()
		for n := range kills * victims {
			require.NoError(t, p.insist(keyed(n)), h.engine)
		}
	}
	for _, h := range houses {
		requireOneEach(t, h, kills*victims)
	}
}

const (
	// kills is how often the process dies, victims how many people register
	// each time.
	kills   = 5
	victims = 6
)

// registerUnderKills counts those who got an answer.
func (h *house) registerUnderKills(t *testing.T) int64 {
	t.Helper()
	random := rand.New(rand.NewPCG(7, 11))
	var answered atomic.Int64
	for round := range kills {
		p := h.serve()
		timer := time.AfterFunc(time.Duration(random.IntN(80))*time.Millisecond, p.kill)
		var group errgroup.Group
		group.SetLimit(2)
		for n := round * victims; n < (round+1)*victims; n++ {
			group.Go(func() error {
				// Whether there is an answer is a matter of luck here.
				if a, err := p.ask(keyed(n)); err == nil && a.status == http.StatusCreated {
					answered.Add(1)
				}
				return nil
			})
		}
		require.NoError(t, group.Wait())
		<-p.ended
		timer.Stop()
	}
	return answered.Load()
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

package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/linxGnu/gosmpp/data"

	"example.org/kabinet/internal/testkit/smsc"
)

// bySMPP is the way of messages that an SMS centre has accepted.
const bySMPP = "SMS over SMPP"

// centre is an operator's SMS centre, and what it has accepted.
type centre struct {
	*smsc.Server

	arrivals *arrivals
	over     chan struct{}
	reading  sync.WaitGroup

	mu  sync.Mutex
	all []accepted
}

// accepted is a message as the centre has it: it does not know our id of it.
type accepted struct {
	id, mark string
	at       time.Time
}

func startCentre(a *arrivals) (*centre, error) {
	server, err := smsc.New()
	if err != nil {
		return nil, err
	}
	c := &centre{Server: server, arrivals: a, over: make(chan struct{})}
	c.Behave(usual())
	c.reading.Go(c.read)
	return c, nil
}

// usual is a centre that takes everything, and reports soon.
func usual() smsc.Behaviour {
	return smsc.Behaviour{Receipts: smsc.Receipts{Times: 1, After: 300 * time.Millisecond}}
}

func (c *centre) end() error {
	close(c.over)
	c.reading.Wait()
	c.Down()
	return nil
}

// read hands on what comes.
func (c *centre) read() {
	for {
		c.take()
		select {
		case <-c.over:
			return
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (c *centre) take() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range c.Messages()[len(c.all):] {
		c.all = append(c.all, accepted{m.ID, m.Reference, time.Now()})
		c.arrivals.hand(arrival{way: bySMPP, to: "+" + m.To, code: contactCode(m.Text)})
	}
}

// behaviours are the ways of a centre to be in trouble.
func behaviours() map[string]smsc.Behaviour {
	receipts := usual().Receipts
	twice := receipts
	twice.Times = 2
	return map[string]smsc.Behaviour{
		"SMS centre: throttles":                        {Submit: data.ESME_RTHROTTLED, Receipts: receipts},
		"SMS centre: silent":                           {Mute: true, Receipts: receipts},
		"SMS centre: accepts and closes":               {Lose: true, Receipts: receipts},
		"SMS centre: late, and every receipt is twice": {Late: 3 * time.Second, Receipts: twice},
	}
}

// mishaps are what a centre does to those who send.
func (w *world) centreMishaps() (deck []mishap) {
	for name, b := range behaviours() {
		deck = append(deck, mishap{name, func(ctx context.Context) error {
			w.centre.Behave(b)
			pause(ctx, w.random.within(leastLength, mostLength))
			w.centre.Behave(usual())
			return nil
		}})
	}
	return append(deck, mishap{"SMS centre: down", func(ctx context.Context) error {
		w.centre.Down()
		pause(ctx, w.random.within(leastLength, mostLength))
		return w.centre.Up()
	}})
}

// handed is a try to hand a message to the centre.
type handed struct {
	message   uuid.UUID
	reference string
	started   time.Time
}

// owners names the message of each that the centre has accepted: by the centre's id,
// where that was noted, otherwise by the mark that the message bears and the time of
// the try. What has none is left out, and is nobody's.
func (w *world) owners(ctx context.Context) (messages []string, nobodys int, err error) {
	byReference, byMark := map[string]handed{}, map[string][]handed{}
	err = w.database.query(ctx, func(r pgx.Rows) error {
		var h handed
		if err := r.Scan(&h.message, &h.reference, &h.started); err != nil {
			return err
		}
		byReference[h.reference] = h
		sum := sha256.Sum256(h.message[:])
		mark := hex.EncodeToString(sum[:2])
		byMark[mark] = append(byMark[mark], h)
		return nil
	}, "SELECT message_id, reference, started_at FROM message_attempts WHERE provider = 'smpp'")
	w.centre.mu.Lock()
	defer w.centre.mu.Unlock()
	for _, a := range w.centre.all {
		if h, noted := byReference[a.id]; noted {
			messages = append(messages, h.message.String())
			continue
		}
		w.figures.add("SMS that the centre accepted, and whose id was not noted", 1)
		if h := nearest(byMark[a.mark], a.at); h != uuid.Nil {
			messages = append(messages, h.String())
			continue
		}
		nobodys++
	}
	return messages, nobodys, err
}

// nearest is the message of the last try that began before a time, and not long
// before.
func nearest(tries []handed, at time.Time) (message uuid.UUID) {
	const longest = 20 * time.Second
	var last time.Time
	for _, h := range tries {
		if h.reference == "" && h.started.Before(at) && at.Sub(h.started) < longest && h.started.After(last) {
			message, last = h.message, h.started
		}
	}
	return message
}

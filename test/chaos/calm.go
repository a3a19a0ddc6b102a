package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

// unfinished counts what still waits to be done by the program itself. Documents
// that arrived are followed until their codes are entered, and sweeps are always
// about to come. An SMS centre reports of whatever it was noted to have accepted.
const unfinishedSQL = `
SELECT 'messages', count(*) FROM messages WHERE status = 'queued'
UNION ALL SELECT 'receipts', count(*) FROM messages m WHERE status = 'sent'
AND EXISTS (SELECT 1 FROM message_attempts a WHERE a.message_id = m.id AND a.provider = 'smpp' AND a.outcome = 'accepted')
UNION ALL SELECT 'documents', count(*) FROM edo_documents WHERE status = 'queued'
UNION ALL SELECT 'jobs ' || kind || ' ' || state, count(*) FROM river_job
WHERE state NOT IN ('completed', 'cancelled', 'discarded') AND kind NOT LIKE 'sweep%' AND kind <> 'tidy'
GROUP BY kind, state`

// restTime is how long the program may work on when everybody has come to the
// end: the job of a killed process is given to another after one to two minutes, and
// a notice that could not be sent waits about as long again as it has been waiting.
const restTime = 5 * time.Minute

// calm puts everything in order, lets everybody go on to the end, and waits until
// the program has nothing left to do.
func (w *world) calm(ctx context.Context) {
	if err := w.mend(ctx); err != nil {
		w.verdict.fail("things that do not come back", "%v", err)
		return
	}
	w.say("all is up again")
	var group sync.WaitGroup
	for _, j := range w.people {
		if !j.done() {
			w.figures.add("journeys gone on with when all was calm", 1)
			group.Go(func() { j.walk(ctx, len(j.steps)) })
		}
	}
	group.Wait()
	w.say("%s", w.standing())
	ctx, stop := context.WithTimeout(ctx, restTime)
	defer stop()
	for {
		left, err := w.left(ctx)
		if err == nil && total(left) == 0 {
			w.say("nothing is left to be done")
			return
		}
		if !pause(ctx, 500*time.Millisecond) {
			w.verdict.fail("work that does not come to its end", "%v %v", left, err)
			return
		}
	}
}

// left is what still waits, here and at the mail server.
func (w *world) left(ctx context.Context) (map[string]int, error) {
	left, err := w.database.counts(ctx, unfinishedSQL)
	if err != nil {
		return nil, err
	}
	left["mails at the server"], err = w.mail.waiting()
	return left, err
}

func total(of map[string]int) (all int) {
	for _, count := range of {
		all += count
	}
	return all
}

// mend puts everything in order.
func (w *world) mend(ctx context.Context) error {
	err := errors.Join(w.mailLine.set(lineOpen), w.sms.set(gateOpen), w.registry.set(gateOpen), w.edo.set(gateOpen))
	// A restart that was cut off may have left the server down.
	if _, failed := w.database.counts(ctx, "SELECT 'up', 1"); failed != nil {
		err = errors.Join(err, w.database.restart(ctx, "fast"))
	}
	// Those that were asked to stop may take their time.
	return errors.Join(err, w.fleet.awaitReady(ctx))
}

// summary is how many journeys of each kind there were.
func (w *world) summary() {
	for _, j := range w.people {
		w.figures.add("journeys: "+j.kind, 1)
		switch {
		case j.done():
			w.figures.add("journeys at their end", 1)
		case j.accepted():
			w.figures.add("journeys accepted and not at their end", 1)
			w.verdict.fail("accepted journeys that cannot be finished", "%s %d at %q: %s", j.kind, j.n, j.steps[j.next].name, j.why())
		default:
			w.figures.add("journeys that were not accepted", 1)
			w.verdict.fail("people who cannot begin", "%s %d: %s", j.kind, j.n, j.why())
		}
	}
	w.verdict.look("accepted journeys that cannot be finished", len(w.people))
	w.verdict.look("people who cannot begin", len(w.people))
	for _, what := range []string{answersWith500, answersWithoutWait} {
		w.verdict.look(what, w.figures.count("requests"))
	}
	for _, p := range w.fleet.all {
		kind, _, _ := strings.Cut(p.name, "-")
		name := fmt.Sprintf("largest resident memory of a %s process, MiB", kind)
		w.figures.most(name, p.most/1024)
	}
}

func (j *journey) why() string {
	if j.broken == nil {
		return "it came to no end in time"
	}
	return j.broken.Error()
}

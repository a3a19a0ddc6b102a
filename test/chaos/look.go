package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// look sees whether everything holds that must.
func (w *world) look(ctx context.Context) {
	w.summary()
	for _, at := range []struct {
		what string
		look func(context.Context) error
	}{
		{"messages", w.lookAtMessages},
		{"states", w.lookAtStates},
		{"the audit log", w.lookAtAudit},
		{"the logs", w.lookAtLogs},
	} {
		if err := at.look(ctx); err != nil {
			w.verdict.fail("last looks that fail", "%s: %v", at.what, err)
		}
	}
}

// message is what the database has of a message or document.
type message struct {
	id, kind, status string
	// tries is how often it was tried to send it, open how many of these tries
	// have no end, and failed how many had no answer or a bad one.
	tries, open, failed int
}

// messagesSQL is what is to arrive: messages, and documents with their codes.
const messagesSQL = `
SELECT m.id::text, m.kind, m.status, count(a.id), count(a.id) FILTER (WHERE a.outcome = 'open'),
	count(a.id) FILTER (WHERE a.outcome = 'failed')
FROM (
	SELECT id, kind, status FROM messages
	UNION ALL SELECT id, 'document', CASE WHEN sent_at IS NULL THEN status ELSE 'sent' END FROM edo_documents
) m LEFT JOIN message_attempts a ON a.message_id = m.id
GROUP BY m.id, m.kind, m.status`

const (
	lostMessages    = "messages that were sent and did not arrive"
	unknownMessages = "messages that arrived and are nowhere written"
	stuckMessages   = "messages that neither left nor were given up"
	lateMessages    = "messages other than codes that came too late"
	doubledMessages = "messages that came twice without a reason"
	untriedMessages = "messages that arrived without a try"
)

// lookAtMessages holds what the database has against what has arrived.
func (w *world) lookAtMessages(ctx context.Context) error {
	times, known, ways := w.arrivals.total()
	w.verdict.look(unknownMessages, len(times))
	overSMPP, nobodys, err := w.owners(ctx)
	if err != nil {
		return err
	}
	w.verdict.look(unknownMessages, len(overSMPP))
	if nobodys > 0 {
		w.verdict.fail(unknownMessages, "%d that the SMS centre has accepted", nobodys)
	}
	taken, err := w.mail.accepted()
	if err != nil {
		return err
	}
	for id, count := range taken {
		if times[id] > count {
			w.figures.add("came again by the mail server, which had been killed while it brought them", 1)
			times[id] = count
		}
	}
	handedOn := maps.Clone(times)
	for _, id := range overSMPP {
		times[id]++
		ways[id] = bySMPP
		if handedOn[id] > 0 {
			ways[id] = bySMPP + " and the second gateway"
		}
	}
	rows := 0
	err = w.database.query(ctx, func(r pgx.Rows) error {
		var m message
		if err := r.Scan(&m.id, &m.kind, &m.status, &m.tries, &m.open, &m.failed); err != nil {
			return err
		}
		rows++
		w.count(m, orElse(ways[m.id], "did not arrive"), known[m.id])
		w.judge(m, times[m.id], ways[m.id])
		delete(times, m.id)
		return nil
	}, messagesSQL)
	for _, what := range []string{lostMessages, stuckMessages, lateMessages, doubledMessages, untriedMessages} {
		w.verdict.look(what, rows)
	}
	for id := range times {
		w.verdict.fail(unknownMessages, "%s by %s", id, ways[id])
	}
	return err
}

// count adds a message to the figures.
func (w *world) count(m message, way string, known int) {
	w.figures.add(fmt.Sprintf("messages: %s, %s", m.status, way), 1)
	w.figures.add("tries to send", m.tries)
	w.figures.add("tries to send without an end", m.open)
	if known > 0 {
		w.figures.add("messages sent again, and known by their key, by "+way, 1)
	}
}

// judge sees whether a message that came so many times is as it should be.
func (w *world) judge(m message, times int, way string) {
	switch m.status {
	case "sent", "delivered":
		if times == 0 {
			w.verdict.fail(lostMessages, "%s %s, %d tries", m.kind, m.id, m.tries)
		}
	case "expired":
		if !strings.HasSuffix(m.kind, "_code") && m.kind != "payer_application" {
			w.verdict.fail(lateMessages, "%s %s", m.kind, m.id)
		}
	default:
		w.verdict.fail(stuckMessages, "%s %s is %s after %d tries", m.kind, m.id, m.status, m.tries)
	}
	if times > 0 && m.tries == 0 {
		w.verdict.fail(untriedMessages, "%s %s", m.kind, m.id)
	}
	if times > 1 {
		w.explain(m, times, way)
	}
}

// explain counts a message that came more than once. The reason must be a try
// that the other side took and of which that was not learnt: one without an end,
// since its process was killed, or one that counts as failed, since the answer was
// lost.
func (w *world) explain(m message, times int, way string) {
	reason := "after a try whose answer was lost"
	if m.open > 0 {
		reason = "after a try whose process was killed"
	}
	w.figures.add(fmt.Sprintf("came %d times by %s, %s", times, way, reason), 1)
	if times-1 > m.open+m.failed {
		w.verdict.fail(doubledMessages, "%s %s came %d times after %d tries", m.kind, m.id, times, m.tries)
	}
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

const (
	panicsLogged = "panics in the logs"
	leaksLogged  = "personal data in the logs"
)

// lookAtLogs looks for panics and for what must never be logged, and counts what
// the processes complained of.
func (w *world) lookAtLogs(context.Context) error {
	// Numbers, addresses and passwords of the people, and the names of all.
	personal := regexp.MustCompile(`\b7921[0-9]{7}\b|` + regexp.QuoteMeta(mailDomain) + `|lantern|Синтетическая`)
	for _, p := range w.fleet.all {
		text, err := os.ReadFile(w.path(p.name + ".log"))
		if err != nil {
			return err
		}
		lines := bufio.NewScanner(bytes.NewReader(text))
		lines.Buffer(nil, 1<<20)
		many := 0
		for ; lines.Scan(); many++ {
			w.lookAtLine(p.name, lines.Text(), personal)
		}
		w.verdict.look(panicsLogged, many)
		w.verdict.look(leaksLogged, many)
		if err := lines.Err(); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) lookAtLine(process, line string, personal *regexp.Regexp) {
	if strings.HasPrefix(line, "panic:") || strings.Contains(line, `"panic`) {
		w.verdict.fail(panicsLogged, "%s: %.300s", process, line)
	}
	if personal.MatchString(line) {
		w.verdict.fail(leaksLogged, "%s: %.300s", process, line)
	}
	var entry struct {
		Level, Msg string
		Time       time.Time
	}
	if json.Unmarshal([]byte(line), &entry) == nil && (entry.Level == "ERROR" || entry.Level == "WARN") {
		w.figures.add("logged: "+entry.Level+" "+entry.Msg, 1)
	}
}

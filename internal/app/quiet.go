package app

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"example.org/kabinet/internal/clock"
)

// quietFor is how long a complaint of the queue is not repeated. While the
// database is down each of its parts complains every second.
const quietFor = time.Minute

// quiet passes each warning and error on once in a while, and says with the next
// one how many of the same were left out. It looks at the message and the kind of
// job alone: what else stands beside it, the attempt or the wait, is another one
// each time.
type quiet struct {
	slog.Handler

	clock clock.Clock
	said  *said
}

// said is what was passed on last, and since then left out, by message. There are
// as many as the queue has words for.
type said struct {
	mu  sync.Mutex
	all map[string]*utterance
}

type utterance struct {
	at      time.Time
	leftOut int
}

func newQuiet(h slog.Handler, c clock.Clock) quiet {
	return quiet{Handler: h, clock: c, said: &said{all: map[string]*utterance{}}}
}

// Handle implements [slog.Handler].
func (q quiet) Handle(ctx context.Context, r slog.Record) error {
	if r.Level < slog.LevelWarn {
		return q.Handler.Handle(ctx, r)
	}
	what := r.Message
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "kind" {
			what += " " + a.Value.String()
		}
		return true
	})
	leftOut, due := q.said.due(what, q.clock.Now())
	if !due {
		return nil
	}
	if leftOut > 0 {
		r = r.Clone()
		r.AddAttrs(slog.Int("left_out", leftOut))
	}
	return q.Handler.Handle(ctx, r)
}

// due tells whether a message is to be passed on, and how many like it were not.
func (s *said) due(message string, now time.Time) (leftOut int, due bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	last, known := s.all[message]
	if known && now.Sub(last.at) < quietFor {
		last.leftOut++
		return 0, false
	}
	if known {
		leftOut = last.leftOut
	}
	s.all[message] = &utterance{at: now}
	return leftOut, true
}

// WithAttrs implements [slog.Handler].
func (q quiet) WithAttrs(attrs []slog.Attr) slog.Handler {
	q.Handler = q.Handler.WithAttrs(attrs)
	return q
}

// WithGroup implements [slog.Handler].
func (q quiet) WithGroup(name string) slog.Handler {
	q.Handler = q.Handler.WithGroup(name)
	return q
}

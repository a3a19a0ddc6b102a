package delivery

import (
	"context"
	"errors"
	"time"

	"example.org/kabinet/internal/breaker"
	"example.org/kabinet/internal/domain"
)

// Clock tells the time.
type Clock interface {
	Now() time.Time
}

// Guard puts a breaker before a provider: while it is down, Send fails at once, so
// that another one gets the message. Its Down tells of that. A provider that can be
// asked for receipts can still be asked, past the breaker: receipts that fail must
// not keep messages from leaving.
func Guard(p Provider, c Clock) Provider {
	g := &guarded{p, breaker.New(c, answered)}
	if poller, polled := p.(Poller); polled {
		return guardedPoller{g, poller}
	}
	return g
}

// answered tells whether a failure is about one message alone.
func answered(err error) bool {
	_, alone := errors.AsType[aloneError](err)
	return alone || errors.Is(err, domain.ErrUndeliverable)
}

// Alone marks a failure that is about this message alone, though it is worth another
// try, such as a mailbox that is full: the provider works.
func Alone(err error) error { return aloneError{err} }

type aloneError struct{ error }

// Unwrap gives what was marked.
func (a aloneError) Unwrap() error { return a.error }

type guarded struct {
	Provider
	*breaker.Breaker
}

// Send implements [Provider].
func (g *guarded) Send(ctx context.Context, r Rendered) (reference string, err error) {
	return breaker.Do(ctx, g.Breaker, func() (string, error) { return g.Provider.Send(ctx, r) })
}

type guardedPoller struct {
	*guarded
	Poller
}

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
	g := &guarded{p, breaker.New(c, func(err error) bool { return errors.Is(err, domain.ErrUndeliverable) })}
	if poller, polled := p.(Poller); polled {
		return guardedPoller{g, poller}
	}
	return g
}

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

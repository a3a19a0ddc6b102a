package smpp

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"

	"example.org/kabinet/internal/delivery"
	"example.org/kabinet/internal/domain"
)

const (
	// strangeFor is how long a receipt may come too early: before it is noted what
	// the centre calls the message.
	strangeFor = 10 * time.Minute
	// maxStrange is how many such receipts are remembered.
	maxStrange = 10_000
)

// take hands receipts over until the link is gone.
func (p *Provider) take(ctx context.Context, l *link) {
	for {
		select {
		case <-l.gone:
			return
		case one := <-l.reports:
			l.answer(one, p.takeOne(ctx, one))
		}
	}
}

// takeOne is the status that a receipt is answered with. What would be the same the
// next time is taken: the centre must not send it for ever.
func (p *Provider) takeOne(ctx context.Context, one *pdu.DeliverSM) data.CommandStatusType {
	r, is := p.account.readReceipt(one)
	if !is || !r.known {
		return data.ESME_ROK
	}
	// A receipt that is being taken is not cut off by the program's end.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.pace.answer)
	defer cancel()
	err := p.config.Receipts(ctx, p.receipt(r))
	switch {
	case err == nil:
		p.strange.forget(r.reference)
		return data.ESME_ROK
	case !errors.Is(err, domain.ErrUnknownReference):
		p.config.Log.WarnContext(ctx, "receipt not taken", "provider", p.config.Name, "error", err)
		return data.ESME_RX_T_APPN
	case p.strange.wait(r.reference):
		return data.ESME_RX_T_APPN
	default:
		p.config.Log.WarnContext(ctx, "receipt for an unknown message dropped", "provider", p.config.Name)
		return data.ESME_ROK
	}
}

// strangers remembers since when receipts have come for messages that nobody knows.
// The dates in receipts have no time zone and are of no use for that. It is safe for
// concurrent use.
type strangers struct {
	clock delivery.Clock

	mu    sync.Mutex
	since map[string]time.Time
}

func newStrangers(c delivery.Clock) *strangers {
	return &strangers{clock: c, since: map[string]time.Time{}}
}

// wait tells whether a receipt may yet find its message.
func (s *strangers) wait(reference string) bool {
	now := s.clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	since, seen := s.since[reference]
	if len(s.since) == maxStrange {
		// Of those that came no more, and need no place.
		maps.DeleteFunc(s.since, func(_ string, since time.Time) bool { return now.Sub(since) >= strangeFor })
	}
	switch {
	case !seen && len(s.since) < maxStrange:
		s.since[reference] = now
		return true
	case seen && now.Sub(since) < strangeFor:
		return true
	default:
		delete(s.since, reference)
		return false
	}
}

func (s *strangers) forget(reference string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.since, reference)
}

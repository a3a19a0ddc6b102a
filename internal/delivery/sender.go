package delivery

import (
	"context"
	"errors"

	"example.org/kabinet/internal/domain"
)

// Sender brings messages to their receivers, each by the channel that its
// address asks for.
type Sender struct {
	renderer *Renderer
	channels map[domain.Channel][]Provider
}

// NewSender returns a sender that knows the given providers. Those of one
// channel are tried in this order.
func NewSender(renderer *Renderer, providers ...Provider) *Sender {
	s := &Sender{renderer, map[domain.Channel][]Provider{}}
	for _, p := range providers {
		s.channels[p.Channel()] = append(s.channels[p.Channel()], p)
	}
	return s
}

// Providers names those that may carry a message now, the first choice first: not
// those that are known to be down.
func (s *Sender) Providers(m domain.Message) []string {
	var names []string
	for _, p := range s.channels[domain.ChannelOf(m.To)] {
		if breaker, ok := p.(interface{ Down() bool }); ok && breaker.Down() {
			continue
		}
		names = append(names, p.Name())
	}
	return names
}

var errNoProvider = errors.New("delivery: no such provider")

// Send renders a message and hands it to one of its [Sender.Providers], whose
// errors it passes on.
func (s *Sender) Send(ctx context.Context, m domain.Message, provider string) (reference string, err error) {
	r := s.renderer.Render(m)
	for _, p := range s.channels[r.Channel] {
		if p.Name() == provider {
			return p.Send(ctx, r)
		}
	}
	return "", errNoProvider
}

// Polled tells whether a provider has to be asked for its receipts.
func (s *Sender) Polled(provider string) bool {
	_, polled := s.poller(provider)
	return polled
}

// Poll asks a provider for a receipt; pending means that there is none yet.
func (s *Sender) Poll(
	ctx context.Context, provider, reference string,
) (r domain.MessageReceipt, pending bool, err error) {
	p, polled := s.poller(provider)
	if !polled {
		return r, false, errNoProvider
	}
	return p.Poll(ctx, reference)
}

func (s *Sender) poller(provider string) (Poller, bool) {
	for _, all := range s.channels {
		for _, p := range all {
			if poller, ok := p.(Poller); ok && p.Name() == provider {
				return poller, true
			}
		}
	}
	return nil, false
}

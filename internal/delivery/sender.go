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

// Providers names those that may carry a message, the first choice first; none
// if the installation has none.
func (s *Sender) Providers(m domain.Message) []string {
	var names []string
	for _, p := range s.channels[domain.ChannelOf(m.To)] {
		names = append(names, p.Name())
	}
	return names
}

// Send renders a message and hands it to one of its [Sender.Providers], whose
// errors it passes on.
func (s *Sender) Send(ctx context.Context, m domain.Message, provider string) (reference string, err error) {
	r := s.renderer.Render(m)
	for _, p := range s.channels[r.Channel] {
		if p.Name() == provider {
			return p.Send(ctx, r)
		}
	}
	return "", errors.New("delivery: no such provider")
}

package delivery

import (
	"context"
	"fmt"

	"example.org/kabinet/internal/domain"
)

// Sender brings messages to their receivers, each by the channel that its
// address asks for.
type Sender struct {
	renderer *Renderer
	channels map[domain.Channel]Channel
}

// NewSender returns a sender that knows the given channels.
func NewSender(renderer *Renderer, channels ...Channel) *Sender {
	s := &Sender{renderer, map[domain.Channel]Channel{}}
	for _, c := range channels {
		s.channels[c.ID()] = c
	}
	return s
}

// Send renders a message and hands it to its channel, whose errors it passes
// on. A message without a channel waits for one: that is an error of the
// installation and not of the message.
func (s *Sender) Send(ctx context.Context, m domain.Message) error {
	r := s.renderer.Render(m)
	channel, ok := s.channels[r.Channel]
	if !ok {
		return fmt.Errorf("delivery: no channel for %s", r)
	}
	return channel.Send(ctx, r)
}

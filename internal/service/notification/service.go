// Package notification brings queued messages on their way.
package notification

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"example.org/kabinet/internal/clock"
	"example.org/kabinet/internal/domain"
)

// Transactor runs fn in one database transaction, which travels in the context.
type Transactor interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
}

// Messages keeps messages.
type Messages interface {
	Get(ctx context.Context, id uuid.UUID) (domain.Message, error)
	Update(ctx context.Context, id uuid.UUID, fn func(*domain.Message) error) (domain.Message, error)
}

// Audit keeps what happened.
type Audit interface {
	Record(ctx context.Context, e domain.AuditEvent) error
}

// Sender renders a message and hands it to a provider. Sending one message
// twice must reach the person once, as far as the provider allows. An error
// that wraps [domain.ErrUndeliverable] is final.
type Sender interface {
	// Providers names those that may carry a message, the first choice first.
	Providers(m domain.Message) []string
	// Send returns the name that the provider gave to the message, empty where
	// there are no receipts.
	Send(ctx context.Context, m domain.Message, provider string) (reference string, err error)
}

// Service is the use cases of notification.
type Service struct {
	tx       Transactor
	messages Messages
	audit    Audit
	sender   Sender
	clock    clock.Clock
}

// Parts is what a [Service] is made of.
type Parts struct {
	Tx       Transactor
	Messages Messages
	Audit    Audit
	Sender   Sender
	Clock    clock.Clock
}

// New returns the service.
func New(p Parts) *Service {
	return &Service{tx: p.Tx, messages: p.Messages, audit: p.Audit, sender: p.Sender, clock: p.Clock}
}

// Send sends a queued message; one that has left the queue is left alone, so
// that a repeated job changes nothing. A returned error means: try again
// later. On the last try the message is given up instead.
func (s *Service) Send(ctx context.Context, id uuid.UUID, last bool) error {
	m, err := s.messages.Get(ctx, id)
	if err != nil {
		return err
	}
	if m.Status != domain.MessageQueued {
		return nil
	}
	if m.Stale(s.clock.Now()) {
		return s.settle(ctx, id, domain.MessageExpire)
	}
	err = s.send(ctx, m)
	switch {
	case err == nil:
		return s.settle(ctx, id, domain.MessageDeliver)
	case last || errors.Is(err, domain.ErrUndeliverable):
		// While that is not noted, the job must not end.
		if failed := s.settle(ctx, id, domain.MessageGiveUp); failed != nil {
			return failed
		}
		return err
	default:
		return err
	}
}

// send tries the providers of a message in their order, until one has accepted it
// or says that none ever will.
func (s *Service) send(ctx context.Context, m domain.Message) error {
	failed := errNoProvider
	for _, provider := range s.sender.Providers(m) {
		_, err := s.sender.Send(ctx, m, provider)
		if err == nil || errors.Is(err, domain.ErrUndeliverable) {
			return err
		}
		failed = err
	}
	return failed
}

// errNoProvider is an error of the installation and not of the message, which
// waits.
var errNoProvider = errors.New("no provider for the message's channel")

func (s *Service) settle(ctx context.Context, id uuid.UUID, on domain.MessageEvent) error {
	return s.tx.InTx(ctx, func(ctx context.Context) error {
		m, err := s.messages.Update(ctx, id, func(m *domain.Message) error { return m.Settle(on) })
		if err != nil {
			return err
		}
		event := domain.NewAuditEvent("message."+string(on), m.ID, domain.Caller{}, s.clock.Now())
		return s.audit.Record(ctx, event)
	})
}

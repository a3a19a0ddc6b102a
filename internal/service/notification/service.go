// Package notification brings queued messages on their way, follows their receipts,
// and lets operators see to those in trouble.
package notification

import (
	"context"
	"time"

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
	// Lock also holds the message until the transaction at hand ends.
	Lock(ctx context.Context, id uuid.UUID) (domain.Message, error)
	Update(ctx context.Context, id uuid.UUID, fn func(*domain.Message) error) (domain.Message, error)
	// Requeue adds the job that sends a message which is in the queue again.
	Requeue(ctx context.Context, m domain.Message) error
	List(ctx context.Context, f domain.MessageFilter) ([]domain.Message, error)
	// Forget erases the content of messages that failed and cannot be sent again,
	// so many at most, and returns how many those were.
	Forget(ctx context.Context, now, failedBefore time.Time, most int) (int, error)
}

// Attempts keeps what was tried.
type Attempts interface {
	Add(ctx context.Context, a domain.MessageAttempt) error
	Change(ctx context.Context, a domain.MessageAttempt) error
	Of(ctx context.Context, message uuid.UUID) ([]domain.MessageAttempt, error)
	// ByReference finds an attempt, or returns [domain.ErrUnknownReference].
	ByReference(ctx context.Context, provider, reference string) (domain.MessageAttempt, error)
	ToPoll(ctx context.Context, now time.Time, most int) ([]domain.MessageAttempt, error)
}

// Journal keeps what a use case leaves behind in its own transaction.
type Journal interface {
	// Record adds a row to the audit log.
	Record(ctx context.Context, e domain.AuditEvent) error
	// Keep stores the outcome as the answer of a request with an
	// Idempotency-Key; without one it does nothing.
	Keep(ctx context.Context, outcome any) error
}

// Sender renders a message and hands it to a provider. Sending one message
// twice must reach the person once, as far as the provider allows. An error
// that wraps [domain.ErrUndeliverable] is final.
type Sender interface {
	// Providers names those that may carry a message now, the first choice first.
	Providers(m domain.Message) []string
	// Send returns the name that the provider gave to the message, empty where
	// there are no receipts.
	Send(ctx context.Context, m domain.Message, provider string) (reference string, err error)
	// Polled tells whether a provider has to be asked for its receipts.
	Polled(provider string) bool
	// Poll asks a provider for a receipt; pending means that there is none yet.
	Poll(ctx context.Context, provider, reference string) (r domain.MessageReceipt, pending bool, err error)
}

// Counter is told of every message that has got another status.
type Counter func(c domain.Channel, s domain.MessageStatus)

// Parts is what a [Service] is made of.
type Parts struct {
	Tx       Transactor
	Messages Messages
	Attempts Attempts
	Journal  Journal
	Sender   Sender
	Count    Counter
	Clock    clock.Clock
}

// Service is the use cases of notification.
type Service struct{ Parts }

// New returns the service.
func New(p Parts) *Service { return &Service{p} }

// move lets an event happen to a message, in the caller's transaction.
func (s *Service) move(ctx context.Context, id uuid.UUID, on domain.MessageEvent, failure string) (domain.Message, error) {
	now := s.Clock.Now()
	m, err := s.Messages.Update(ctx, id, func(m *domain.Message) error {
		m.Fail(failure)
		return m.Move(on, now)
	})
	if err != nil {
		return m, err
	}
	return m, s.Journal.Record(ctx, domain.NewAuditEvent("message."+string(on), m.ID, domain.Caller{}, now))
}

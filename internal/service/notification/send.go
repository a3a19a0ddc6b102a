package notification

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

const (
	// patience is how long one provider may take. Two of them take less than a job
	// may.
	patience = 12 * time.Second
	// noting is how long it may take to note what came of an attempt.
	noting = 5 * time.Second
)

// Send sends a queued message; one that has left the queue is left alone, so
// that a repeated job changes nothing. A returned error means: try again
// later. On the last try the message is given up instead.
func (s *Service) Send(ctx context.Context, id uuid.UUID, last bool) error {
	m, err := s.Messages.Get(ctx, id)
	switch {
	case errors.Is(err, apperr.New(apperr.NotFound)):
		return nil // it was over for so long that it is gone
	case err != nil:
		return err
	case m.Status != domain.MessageQueued:
		return nil
	case m.Stale(s.Clock.Now()):
		return s.settle(ctx, id, domain.MessageExpire, "")
	}
	providers := s.Sender.Providers(m)
	if len(providers) == 0 {
		return domain.ErrNoProvider
	}
	var failed error
	for _, provider := range providers {
		if failed = s.try(ctx, m, provider); !worthAnother(failed) {
			return left(failed)
		}
	}
	if !last {
		return failed
	}
	// While that is not noted, the job must not end.
	if err := s.settle(ctx, id, domain.MessageGiveUp, failed.Error()); err != nil {
		return err
	}
	return failed
}

// worthAnother tells whether the next provider may be tried.
func worthAnother(err error) bool {
	return err != nil && !errors.Is(err, domain.ErrUndeliverable) && !errors.Is(err, domain.ErrMessageBusy) &&
		!errors.Is(err, apperr.New(apperr.InvalidTransition))
}

// left is no error for a message that has left the queue meanwhile.
func left(err error) error {
	if errors.Is(err, apperr.New(apperr.InvalidTransition)) {
		return nil
	}
	return err
}

// try notes an attempt, hands the message to a provider, outside of any
// transaction, and notes what came of it.
func (s *Service) try(ctx context.Context, m domain.Message, provider string) error {
	a, err := s.begin(ctx, m.ID, provider)
	if err != nil {
		return err
	}
	asking, enough := context.WithTimeout(ctx, patience)
	defer enough()
	reference, err := s.Sender.Send(asking, m, provider)
	// The provider may have the message: to forget that because a process is asked
	// to stop, or was slow, would be to send it twice.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noting)
	defer cancel()
	now := s.Clock.Now()
	switch {
	case err == nil:
		a.Accept(reference, s.Sender.Polled(provider), now)
		return s.end(ctx, a, domain.MessageSend)
	case errors.Is(err, domain.ErrUndeliverable):
		a.Fail(domain.AttemptRefused, err.Error(), now)
		return errors.Join(err, s.end(ctx, a, domain.MessageGiveUp))
	default:
		a.Fail(domain.AttemptFailed, err.Error(), now)
		return errors.Join(err, s.failed(ctx, a))
	}
}

// begin notes that a provider is about to be asked. One attempt at a time is made,
// whatever the number of jobs.
func (s *Service) begin(ctx context.Context, id uuid.UUID, provider string) (a domain.MessageAttempt, err error) {
	a = domain.NewAttempt(id, provider, s.Clock.Now())
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		m, err := s.hold(ctx, id)
		if err != nil {
			return err
		}
		if m.Status != domain.MessageQueued {
			return apperr.New(apperr.InvalidTransition)
		}
		return s.Attempts.Add(ctx, a)
	})
	return a, err
}

// hold locks a message at which nobody is at work; [domain.ErrMessageBusy] if
// somebody is.
func (s *Service) hold(ctx context.Context, id uuid.UUID) (domain.Message, error) {
	m, err := s.Messages.Lock(ctx, id)
	if err != nil {
		return m, err
	}
	attempts, err := s.Attempts.Of(ctx, id)
	if err == nil && domain.UnderWay(attempts, s.Clock.Now(), patience+noting) {
		err = domain.ErrMessageBusy
	}
	return m, err
}

// end notes an attempt after which nothing more is tried. Where the message has been
// moved meanwhile, the attempt is noted all the same.
func (s *Service) end(ctx context.Context, a domain.MessageAttempt, on domain.MessageEvent) error {
	var m domain.Message
	var late error
	err := s.Tx.InTx(ctx, func(ctx context.Context) (err error) {
		m, err = s.move(ctx, a.MessageID, on, a.Reason)
		if errors.Is(err, apperr.New(apperr.InvalidTransition)) {
			late, err = err, nil
		}
		if err != nil {
			return err
		}
		return s.Attempts.Change(ctx, a)
	})
	if err == nil && late == nil {
		s.Count(m.Channel, m.Status)
	}
	return errors.Join(err, late)
}

// failed notes an attempt after which others may come.
func (s *Service) failed(ctx context.Context, a domain.MessageAttempt) error {
	return s.Tx.InTx(ctx, func(ctx context.Context) error {
		_, err := s.Messages.Update(ctx, a.MessageID, func(m *domain.Message) error {
			if m.Status == domain.MessageQueued {
				m.Fail(a.Reason)
			}
			return nil
		})
		if err != nil {
			return err
		}
		return s.Attempts.Change(ctx, a)
	})
}

// settle moves a message that no provider was asked to carry.
func (s *Service) settle(ctx context.Context, id uuid.UUID, on domain.MessageEvent, failure string) error {
	var m domain.Message
	err := s.Tx.InTx(ctx, func(ctx context.Context) (err error) {
		if _, err := s.hold(ctx, id); err != nil {
			return err
		}
		m, err = s.move(ctx, id, on, failure)
		return err
	})
	if err == nil {
		s.Count(m.Channel, m.Status)
	}
	return left(err)
}

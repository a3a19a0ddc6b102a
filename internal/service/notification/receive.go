package notification

import (
	"context"
	"errors"
	"time"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

const (
	// polls is how many receipts are asked for in one go.
	polls = 100
	// forgets is how many messages are forgotten at once.
	forgets = 500
)

// Receive notes what a provider says about a message that it had accepted. A
// receipt that says what is known changes nothing. [domain.ErrUnknownReference]
// means that there is no such message, or not yet: the provider's receipt may be
// faster than the note of its reference.
func (s *Service) Receive(ctx context.Context, r domain.MessageReceipt) error {
	a, err := s.Attempts.ByReference(ctx, r.Provider, r.Reference)
	if err != nil {
		return err
	}
	return s.receive(ctx, a, r)
}

func (s *Service) receive(ctx context.Context, a domain.MessageAttempt, r domain.MessageReceipt) error {
	var m domain.Message
	err := s.Tx.InTx(ctx, func(ctx context.Context) (err error) {
		m, err = s.move(ctx, a.MessageID, r.Event(), r.Reason)
		return err
	})
	switch {
	case err == nil:
		s.Count(m.Channel, m.Status)
	case errors.Is(err, apperr.New(apperr.InvalidTransition)), errors.Is(err, apperr.New(apperr.NotFound)):
		err = nil // it was known, or is gone
	}
	return err
}

// Sweep asks for the receipts that providers have to be asked for, and forgets
// messages that failed long ago. What fails for one is done for the others.
func (s *Service) Sweep(ctx context.Context) error {
	// To forget first: providers that hang leave no time.
	return errors.Join(s.forget(ctx), s.poll(ctx))
}

func (s *Service) poll(ctx context.Context) error {
	due, err := s.Attempts.ToPoll(ctx, s.Clock.Now(), polls)
	for _, a := range due {
		if ctx.Err() != nil {
			break
		}
		err = errors.Join(err, s.ask(ctx, a))
	}
	return err
}

// ask asks a provider for a receipt, outside of any transaction.
func (s *Service) ask(ctx context.Context, a domain.MessageAttempt) error {
	asking, enough := context.WithTimeout(ctx, patience)
	defer enough()
	r, pending, failed := s.Sender.Poll(asking, a.Provider, a.Reference)
	// One that hangs must not be the first to be asked again.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noting)
	defer cancel()
	if failed == nil && !pending {
		if err := s.receive(ctx, a, r); err != nil {
			return err
		}
		a.PollAfter = time.Time{}
	} else {
		a.Polled(s.Clock.Now())
	}
	return errors.Join(failed, s.Attempts.Change(ctx, a))
}

func (s *Service) forget(ctx context.Context) error {
	now := s.Clock.Now()
	for {
		n, err := s.Messages.Forget(ctx, now, now.Add(-domain.MessageResendable), forgets)
		if err != nil || n < forgets {
			return err
		}
	}
}

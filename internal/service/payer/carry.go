package payer

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"example.org/kabinet/internal/apperr"
	"example.org/kabinet/internal/domain"
)

// Carry sends an electronic document, and then follows its receipts. It returns
// how long to wait before the next look; zero when there is nothing more to come.
// Repeating it changes nothing. An error together with a wait tells why the
// exchange did not answer.
func (s *Service) Carry(ctx context.Context, job domain.CarryEDO) (time.Duration, error) {
	d, err := s.Documents.Get(ctx, job.DocumentID)
	if errors.Is(err, apperr.New(apperr.NotFound)) {
		return 0, nil // it was over for so long that it is gone
	}
	if err != nil {
		return 0, err
	}
	live := d.Status.Live()
	d.Refresh(s.Clock.Now())
	switch d.Status { //nolint:exhaustive // nothing comes of the others
	case domain.EDOExpired:
		if live {
			return 0, s.expireDocument(ctx, d.ID)
		}
		return 0, nil
	case domain.EDOQueued:
		err = s.send(ctx, d)
	case domain.EDOSent, domain.EDODelivered:
		err = s.receive(ctx, d)
	default:
		return 0, nil
	}
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	return s.nextLook(d), err
}

// expireDocument records that a document's time is over, and forgets its code.
func (s *Service) expireDocument(ctx context.Context, id uuid.UUID) error {
	return s.Tx.InTx(ctx, func(ctx context.Context) error {
		d, err := s.Documents.Update(ctx, id, func(d *domain.EDODocument) error {
			d.Refresh(s.Clock.Now())
			return nil
		})
		if err != nil {
			return err
		}
		return s.recordDocument(ctx, d, domain.EDOExpire)
	})
}

// nextLook is how long to wait before a document is looked at again: longer the
// older it is.
func (s *Service) nextLook(d domain.EDODocument) time.Duration {
	age := s.Clock.Now().Sub(d.CreatedAt)
	return min(max(age, s.Policies.CheckRetryAfter), s.Policies.CheckRetryAtMost)
}

// exchange is what attempts call the exchange.
const exchange = "edo"

// send notes an attempt, hands a document to the exchange, outside of any
// transaction, and notes what came of it.
func (s *Service) send(ctx context.Context, d domain.EDODocument) error {
	a := domain.NewAttempt(d.ID, exchange, s.Clock.Now())
	if err := s.Attempts.Add(ctx, a); err != nil {
		return err
	}
	err := s.Exchange.Send(ctx, d.Message)
	now := s.Clock.Now()
	switch {
	case errors.Is(err, domain.ErrUndeliverable):
		a.Fail(domain.AttemptRefused, err.Error(), now)
		return errors.Join(s.Attempts.Change(ctx, a), s.moveDocument(ctx, d.ID, domain.EDOReject, err.Error()))
	case err != nil:
		a.Fail(domain.AttemptFailed, err.Error(), now)
		return errors.Join(err, s.Attempts.Change(ctx, a))
	default:
		a.Accept("", false, now)
		return errors.Join(s.Attempts.Change(ctx, a), s.moveDocument(ctx, d.ID, domain.EDOSend, ""))
	}
}

// receive asks the exchange how far a document has come.
func (s *Service) receive(ctx context.Context, d domain.EDODocument) error {
	r, err := s.Exchange.Receipt(ctx, d.ID)
	if err != nil || r.Event() == "" {
		return err
	}
	return s.moveDocument(ctx, d.ID, r.Event(), r.Reason)
}

// moveDocument lets an event happen to a document, and its application follow. A
// receipt that says what is known changes nothing.
func (s *Service) moveDocument(ctx context.Context, id uuid.UUID, on domain.EDOEvent, reason string) error {
	err := s.Tx.InTx(ctx, func(ctx context.Context) error {
		d, err := s.Documents.Update(ctx, id, func(d *domain.EDODocument) error {
			d.Reason = reason
			return d.Move(on, s.Clock.Now())
		})
		if err != nil {
			return err
		}
		if err := s.recordDocument(ctx, d, on); err != nil {
			return err
		}
		switch on { //nolint:exhaustive // an application follows these alone
		case domain.EDOSend:
			return s.sent(ctx, d.ID, d.ExpiresAt)
		case domain.EDOReject:
			return s.failed(ctx, d.ID)
		}
		return nil
	})
	if errors.Is(err, apperr.New(apperr.InvalidTransition)) {
		return nil
	}
	return err
}

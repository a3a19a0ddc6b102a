package notification

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"example.org/kabinet/internal/domain"
)

// List is a page of the messages in trouble, of whatever place, newest first. Which
// ones were looked at is recorded.
func (s *Service) List(ctx context.Context, d domain.Desk, f domain.MessageFilter) (domain.MessageList, error) {
	now, limit := s.Clock.Now(), f.Page.Limit
	f.Page.Limit++
	f.StuckBefore = now.Add(-domain.MessageStuckAfter)
	found, err := s.Messages.List(ctx, f)
	if err != nil {
		return domain.MessageList{}, err
	}
	list, ids := domain.MessageList{More: len(found) > limit}, []string{}
	for _, m := range found[:min(limit, len(found))] {
		list.Messages = append(list.Messages, domain.MessageRecord{Message: m, SeenAt: now})
		ids = append(ids, m.ID.String())
	}
	event := domain.NewAuditEvent("message.list", d.Place.ID, d.Caller, now)
	return list, s.Journal.Record(ctx, event.By(d).Because(strings.Join(ids, " ")))
}

// Get is a message with everything that was tried. Looking at it is recorded.
func (s *Service) Get(ctx context.Context, d domain.Desk, id uuid.UUID) (domain.MessageRecord, error) {
	m, err := s.Messages.Get(ctx, id)
	if err != nil {
		return domain.MessageRecord{}, err
	}
	if err := s.Journal.Record(ctx, domain.NewAuditEvent("message.view", m.ID, d.Caller, s.Clock.Now()).By(d)); err != nil {
		return domain.MessageRecord{}, err
	}
	return s.withAttempts(ctx, m)
}

func (s *Service) withAttempts(ctx context.Context, m domain.Message) (domain.MessageRecord, error) {
	attempts, err := s.Attempts.Of(ctx, m.ID)
	return domain.MessageRecord{Message: m, SeenAt: s.Clock.Now(), Attempts: attempts}, err
}

// Resend has a message that failed or is stuck sent again, at once.
func (s *Service) Resend(ctx context.Context, in domain.MessageResending) (out domain.MessageRecord, err error) {
	now := s.Clock.Now()
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		m, err := s.Messages.Update(ctx, in.ID, func(m *domain.Message) error { return m.Resend(now) })
		if err != nil {
			return err
		}
		if err := s.Messages.Requeue(ctx, m); err != nil {
			return err
		}
		event := domain.NewAuditEvent("message."+string(domain.MessageResend), m.ID, in.Desk.Caller, now)
		if err := s.Journal.Record(ctx, event.By(in.Desk)); err != nil {
			return err
		}
		if out, err = s.withAttempts(ctx, m); err != nil {
			return err
		}
		return s.Journal.Keep(ctx, out)
	})
	if err == nil {
		s.Count(out.Message.Channel, out.Message.Status)
	}
	return out, err
}
